import { posix } from 'node:path';
import { base64Octets } from '../report/base64';
import { dropCatalogueTexts } from '../report/catalogue-texts';
import { keepTranscriptsWithin } from '../report/html/page-data';
import type { FindingRecord, PropertyRecord, RunRecord, SerializedTranscript } from '../report/model';
import { noDate } from '../report/bounded-values';
import { visibleJson } from '../report/visible-json';
import type { ServerManifest } from './manifest';

/** Characters of JSON that the transcripts of a published run may take together, since it stands in version control. */
const publishedTranscriptBudget = 50_000;

/** Characters that must not be published, and what stands for them. */
export interface Secret {
  readonly text: string;
  readonly instead: string;
}

/** What the target of a published run is called. */
export const publishedName = ({ name, version }: Pick<ServerManifest, 'name' | 'version'>): string =>
  `${name} ${version}`;

/**
 * A run as it is published: named after its server, with no date, no port and nothing of the machine. Octets that hold a secret are left out, since other
 * octets in their place would be no transcript.
 */
export function publishableRun(record: RunRecord, manifest: ServerManifest, secrets: readonly Secret[]): RunRecord {
  const target = { ...record.target, name: publishedName(manifest) };
  // How this machine starts the program is nobody else's way.
  const { invocation: _ours, given: _here, ...header } = record.header;
  const named: RunRecord = {
    ...record,
    target,
    header: { ...header, startedAt: noDate, target },
    properties: record.properties.map(({ sample: _plain, ...property }) => ({
      ...property,
      findings: property.findings.map((finding) => ({
        ...finding,
        transcript: withoutSecretOctets(finding.transcript, secrets),
        // From the root of the repository, where the command that plays it again is typed.
        ...(finding.failureFile === undefined
          ? {}
          : { failureFile: posix.join('grpc-conform-report', manifest.name, finding.failureFile) }),
      })),
    })),
  };
  return hideSecrets(named, secrets);
}

/**
 * The same without times and what a process printed: ids, verdicts, and of each finding the evidence, so far as it has room. What is left out of the octets,
 * the failure files of a run have.
 */
export function summarizeRun(record: RunRecord): RunRecord {
  const target = { ...record.target, roundTripMs: 0 };
  const cut = keepTranscriptsWithin(record, publishedTranscriptBudget);
  return {
    ...cut,
    target,
    header: { ...record.header, target },
    properties: cut.properties.map(summarizeProperty),
    exits: record.exits.map((exit) => ({ ...exit, output: '' })),
    durationMs: 0,
  };
}

function summarizeProperty(property: PropertyRecord): PropertyRecord {
  return {
    ...property,
    // How often what was seen is chance; what a server chose is not.
    reactions: property.verdict === 'info' ? property.reactions : undefined,
    sources: [],
    generates: '',
    accepts: [],
    durationMs: 0,
    playedMs: undefined,
    waitedMs: undefined,
    findings: property.findings.map((finding) => ({
      ...finding,
      // Times, and reactions that are those of the finding.
      attempts: undefined,
      ...(finding.process === undefined ? {} : { process: { ...finding.process, output: '' } }),
    })),
  };
}

/**
 * The text of a published run: one line for each row, so that a difference in version control names the rows that changed. It leaves out what the catalogue
 * says, and is read as any run.json.
 */
export function formatPublished(record: RunRecord): string {
  const { properties, ...head } = dropCatalogueTexts(record) as { readonly properties: readonly object[] };
  const rows = properties.map((property) => `    ${visibleJson(property)}`).join(',\n');
  return `${visibleJson(head, 2).replace(/\n\}$/, '')},\n  "properties": [\n${rows}\n  ]\n}\n`;
}

/** True when two runs say the same of a server: all that counts of them is alike, though times, ports and generated values in their words may differ. */
export const saysTheSame = (a: RunRecord, b: RunRecord): boolean => statement(a) === statement(b);

function statement({ header, target, properties, status }: RunRecord): string {
  const { tool, seed, runs, selected, options } = header;
  const { name, transport, tier, identification, offers, missing } = target;
  return JSON.stringify([
    { tool, seed, runs, selected, options, status },
    { name, transport, tier, identification, offers, missing },
    properties.map(({ id, level, rule, verdict, reason, unlock, findings, reactions = {} }) => ({
      row: { id, level, rule, verdict, reason, unlock },
      choices: verdict === 'info' ? Object.keys(reactions).sort() : [],
      findings: findings.map(describeFinding).sort(),
    })),
  ]);
}

function describeFinding({ rule, verdict, mark, reaction, radius, known }: FindingRecord): string {
  return JSON.stringify({ rule, verdict, mark, reaction, radius, known });
}

/** Every text in a value, secrets replaced. */
function hideSecrets<T>(value: T, secrets: readonly Secret[]): T {
  const hide = (text: string): string =>
    secrets.reduce((before, secret) => before.replaceAll(secret.text, secret.instead), text);
  // Through JSON, since records are nothing else; octets are base64, which holds no path as it is.
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
    typeof part === 'string' ? hide(part) : part,
  ) as T;
}

function withoutSecretOctets(transcript: SerializedTranscript, secrets: readonly Secret[]): SerializedTranscript {
  const isSecret = (base64: string): boolean => {
    const octets = Buffer.from(base64, 'base64').toString('latin1');
    return secrets.some(({ text }) => octets.includes(text));
  };
  return {
    ...transcript,
    connections: transcript.connections.map((connection) => ({
      ...connection,
      events: connection.events.map((event) => {
        if ((event.kind !== 'sent' && event.kind !== 'received') || !isSecret(event.octets.base64)) return event;
        const omitted = base64Octets(event.octets.base64) + (event.octets.omitted ?? 0);
        return { ...event, octets: { base64: '', omitted } };
      }),
    })),
  };
}
