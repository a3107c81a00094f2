import type { Plan } from '../grpc/call-plan';
import type { TargetFacts } from '../facts/target-facts';
import { joinOctets } from '../wire/join-octets';
import { decodeBase64, encodeBase64 } from './base64';
import type { RunEvent } from './events';
import type { FindingRecord, SampleRecord, SerializedTranscript } from './model';
import { redactOctets } from './redact-octets';
import { placeholderFields, withPlaceholders } from './secret-placeholders';
import type { CutEdges } from './find-pieces';
import { hideSecrets, secretsOf, type SecretField, type Secrets } from './secrets';

/** Takes the values of `-H` out of whatever is shown or stored. */
export interface Redactor {
  /** A text without them; where it is known to be cut, also without their rests. */
  readonly text: (text: string, edges?: CutEdges) => string;
  /** Plain data without them: every text in it, but for words that programs read. */
  readonly data: <T>(value: T) => T;
  readonly event: (event: RunEvent) => RunEvent;
  /** A transcript without them, octets included. */
  readonly transcript: (transcript: SerializedTranscript) => SerializedTranscript;
}

/** Keys under which words of our own stand, which stay as they are whatever a secret is called. */
const ownWords = new Set([
  'type',
  'kind',
  'do',
  'see',
  'id',
  'rule',
  'row',
  'level',
  'verdict',
  'gravity',
  'state',
  'need',
  'mark',
  'radius',
  'phase',
  'status',
  'area',
  'broken',
  'provokedBy',
  'alsoSeenIn',
  'blocks',
  'base64',
  'errorName',
  'by',
  'how',
]);

/** Nothing is hidden when there are no fields. */
export function makeRedactor(fields: readonly SecretField[]): Redactor {
  const secrets = secretsOf(fields);
  const text: Redactor['text'] = (given, edges) => hideSecrets(given, secrets, edges);
  const data = <T>(value: T): T => redactData(value, secrets) as T;
  // A finding comes with its own event and again with its property: large, and redacted once.
  const findings = new WeakMap<FindingRecord, FindingRecord>();
  const redactFinding = (finding: FindingRecord): FindingRecord => {
    const known = findings.get(finding);
    if (known !== undefined) return known;
    const { transcript, ...rest } = finding;
    const redacted = { ...data(rest), transcript: redactTranscript(data(transcript), secrets) };
    findings.set(finding, redacted);
    return redacted;
  };
  const redactSample = ({ transcript: octets, ...rest }: SampleRecord): SampleRecord => ({
    ...data(rest),
    transcript: redactTranscript(data(octets), secrets),
  });
  const event = (given: RunEvent): RunEvent => {
    if (fields.length === 0) return given;
    switch (given.type) {
      case 'finding':
        return {
          ...given,
          finding: redactFinding(given.finding),
          replay: redactReplay(given.replay, fields, data),
        };
      case 'property-finished': {
        const { findings: some, sample, ...rest } = given.property;
        return {
          ...given,
          property: {
            ...data(rest),
            findings: some.map(redactFinding),
            ...(sample === undefined ? {} : { sample: redactSample(sample) }),
          },
        };
      }
      default:
        return data(given);
    }
  };
  const transcript = (given: SerializedTranscript): SerializedTranscript =>
    fields.length === 0 ? given : redactTranscript(data(given), secrets);
  return { text, data: fields.length === 0 ? (value) => value : data, event, transcript };
}

/** The last words of a process end where the process ended, which may be within a word. */
const cutKeys: ReadonlySet<string> = new Set(['output']);

function redactData(value: unknown, secrets: Secrets, edges?: CutEdges): unknown {
  if (typeof value === 'string') return hideSecrets(value, secrets, edges);
  if (value instanceof Uint8Array) return maskedCopy(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => redactData(one, secrets));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      hideSecrets(key, secrets),
      ownWords.has(key) && isWords(inner) ? inner : redactData(inner, secrets, { end: cutKeys.has(key) }),
    ]),
  );
}

/** Objects under such a key are no words: the type of a field has a name, which is the target's. */
const isWords = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((one) => typeof one === 'string') : typeof value !== 'object';

function maskedCopy(octets: Uint8Array, secrets: Secrets): Uint8Array {
  const copy = octets.slice();
  redactOctets(copy, secrets);
  return copy;
}

/** What is played again gets placeholders that say which field goes there; octets that stand as they are lose their secrets. */
function redactReplay(
  { plan, facts }: { readonly plan: Plan; readonly facts: TargetFacts },
  fields: readonly SecretField[],
  data: <T>(value: T) => T,
): { readonly plan: Plan; readonly facts: TargetFacts } {
  const steps = plan.steps.map((step) =>
    step.do === 'headers' ? { ...step, fields: withPlaceholders(step.fields, fields) } : step,
  );
  return {
    plan: { ...plan, steps: data(steps), calls: data(plan.calls) },
    facts: { ...data(facts), metadata: placeholderFields(fields) },
  };
}

/** Octets behind something that was left out cannot be told into frames; reports do not show them, and here they go. */
function redactTranscript(transcript: SerializedTranscript, secrets: Secrets): SerializedTranscript {
  return {
    ...transcript,
    connections: transcript.connections.map(({ name, events }) => {
      const redacted = [...events];
      for (const direction of ['sent', 'received'] as const) {
        const kept: { readonly index: number; readonly octets: Uint8Array }[] = [];
        let isBroken = false;
        for (const [index, event] of events.entries()) {
          if (event.kind !== direction) continue;
          const octets = decodeBase64(event.octets.base64);
          const omitted = event.octets.omitted ?? 0;
          if (isBroken) redacted[index] = { ...event, octets: { base64: '', omitted: octets.length + omitted } };
          else kept.push({ index, octets });
          isBroken ||= omitted > 0;
        }
        const whole = joinOctets(kept.map(({ octets }) => octets));
        // What was received may end anywhere, also within a secret.
        redactOctets(whole, secrets, { end: true });
        let at = 0;
        for (const { index, octets } of kept) {
          const event = events[index];
          if (event?.kind === direction)
            redacted[index] = {
              ...event,
              octets: { ...event.octets, base64: encodeBase64(whole.subarray(at, at + octets.length)) },
            };
          at += octets.length;
        }
      }
      return { name, events: redacted };
    }),
  };
}
