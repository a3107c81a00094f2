import { shortId } from '../../catalogue';
import type { Setting } from '../../wire/settings';
import { settingName } from '../../wire/settings';
import { describeTargetName } from '../describe-target';
import { isInTrouble } from '../describe-capabilities';
import { describeSize } from '../describe-limits';
import type { ServiceRecord, TargetRecord } from '../model';
import { printable } from '../printable';
import { describeDuration, tierNames, transportNames } from '../summary';
import { limitLines, troubleLines } from './header-lines';
import { count, labelled } from './layout';
import type { Palette } from './palette';

/** What `probe` found out, for people and, as JSON, for scripts. */
export interface ProbeRecord {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly target: TargetRecord;
  /** The target's first SETTINGS. */
  readonly settings: readonly (Setting & { readonly name: string })[];
  /** In octets; absent when not known. */
  readonly messageLimit?: number;
  /** Everything that properties need, with those that need it. */
  readonly needs: readonly {
    readonly need: string;
    readonly offered: boolean;
    readonly unlock: string;
    readonly properties: readonly string[];
  }[];
  /** Number of properties there are. */
  readonly properties: number;
  readonly warnings: readonly string[];
}

const column = 12;

/** What was found, grouped: the target, its services, and unless `brief` what can be tested, and what to type next. */
export function probeLines(probe: ProbeRecord, width: number, colors: Palette, brief = false): readonly string[] {
  const { target, tool } = probe;
  const row = (label: string, text: string): readonly string[] => labelled(label, printable(text), column, width);
  const tls =
    target.tls === undefined
      ? ''
      : ` (${target.tls.version}, ALPN ${target.tls.alpn || 'none'}, ${target.tls.cipher || 'unknown cipher'})`;
  const settings = probe.settings.map(({ id, value }) => `${settingName(id)}=${value}`).join(', ');
  return [
    colors.bold(`${tool.name} ${tool.version} probe`),
    '',
    ...row('target', describeTargetName(target)),
    ...(target.exec === undefined ? [] : row('started by', target.exec)),
    ...row('transport', `${transportNames[target.transport]}${tls}`),
    ...row('round trip', describeDuration(target.roundTripMs)),
    ...row('server', target.identification === '' ? 'does not say what it is' : target.identification),
    ...row('settings', settings === '' ? 'none but the initial ones of RFC 9113' : settings),
    ...probeLimitLines(probe, width),
    ...row('tier', `${target.tier} (${tierNames[target.tier]})`),
    ...troubleLines(target, width, colors),
    ...probe.warnings.flatMap((text) => row('warning', text)),
    '',
    ...serviceLines(target, width, colors),
    ...(brief ? [] : [...needLines(probe, width, colors), ...nextLines(probe, colors)]),
  ];
}

/** All limits; of a target that was asked for none, the size of messages. */
function probeLimitLines({ target, messageLimit }: ProbeRecord, width: number): readonly string[] {
  if (target.limits !== undefined || messageLimit === undefined) return limitLines(target, width);
  return labelled('limits', `messages of ${describeSize(messageLimit)}`, column, width);
}

function serviceLines({ schema }: TargetRecord, width: number, colors: Palette): readonly string[] {
  if (schema === undefined) return [];
  const { from, services, problems } = schema;
  const methods = services.flatMap((service) => service.methods);
  const longest = Math.max(0, ...methods.map(({ kind }) => kind.length));
  const lines = services.flatMap((service) => [
    `  ${printable(service.name)}${service.isUsers ? '' : '  (for tests and tools; needs no --method)'}`,
    ...service.methods.flatMap((method) =>
      labelled(method.kind, printable(describeMethod(method)), longest + 2, width, 4),
    ),
  ]);
  return [
    colors.bold(`Services (${printable(from)})`),
    ...(lines.length === 0 ? ['  none'] : lines),
    ...problems.flatMap((problem) => labelled('problem', printable(problem), column, width)),
    '',
  ];
}

function describeMethod({ name, input, output, kind, allowed, idempotent }: ServiceRecord['methods'][number]): string {
  const asks = kind === 'client-streaming' || kind === 'bidirectional-streaming' ? `stream ${input}` : input;
  const gets = kind === 'server-streaming' || kind === 'bidirectional-streaming' ? `stream ${output}` : output;
  const marks = [...(allowed ? ['may be called'] : []), ...(idempotent ? ['idempotent'] : [])];
  return `${name}(${asks}) returns (${gets})${marks.length === 0 ? '' : `  ${marks.join(', ')}`}`;
}

function needLines({ needs, target, properties }: ProbeRecord, width: number, colors: Palette): readonly string[] {
  const used = needs.filter((need) => need.properties.length > 0);
  const longest = Math.max(0, ...used.map(({ need }) => need.length));
  const rows = (offered: boolean): readonly string[] =>
    used
      .filter((need) => need.offered === offered)
      .flatMap((need) => [
        ...labelled(need.need, printable(describeNeed(need)), longest + 2, width, 4),
        ...(offered || isInTrouble(target, need.need)
          ? []
          : labelled('', printable(`to unlock: ${need.unlock}`), longest + 2, width, 4)),
      ]);
  return [
    colors.bold(`What can be tested: ${target.testable ?? 0} of ${count(properties, 'property', 'properties')}`),
    '  offered, with the properties that need it',
    ...(used.some(({ offered }) => offered) ? rows(true) : ['    nothing but HTTP/2']),
    ...(used.every(({ offered }) => offered) ? [] : ['  missing', ...rows(false)]),
    '',
  ];
}

const describeNeed = ({ properties }: ProbeRecord['needs'][number]): string =>
  `${properties.length}: ${properties.map(shortId).join(', ')}`;

/** What to type: only where something would be gained. */
function nextLines({ target }: ProbeRecord, colors: Palette): readonly string[] {
  const own = (target.schema?.services ?? []).filter(({ isUsers, methods }) => isUsers && methods.length > 0);
  const isAllowed = own.some(({ methods }) => methods.some(({ allowed }) => allowed));
  if (own.length === 0 || isAllowed) return [];
  return [
    colors.bold('To call methods of yours, say which'),
    ...own.slice(0, 3).map(({ name }) => `  --method '${printable(name)}/*'`),
    '',
  ];
}
