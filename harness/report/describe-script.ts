import { describeCondition } from '../connection/describe-condition';
import {
  defaultTimes,
  lengthOf,
  type AwaitStep,
  type Budget,
  type DataStep,
  type FloodStep,
  type HeadersStep,
  type Housekeeping,
  type OpenStep,
  type Script,
  type Step,
  type Times,
  type ProcessFact,
} from '../connection/script';
import type { TlsChoices } from '../connection/tls-choices';
import type { Plan } from '../grpc/call-plan';
import { describeFrame, frameTypeName } from '../wire/describe-frame';
import { escapeOctets } from '../wire/escape-octets';
import { interpretFrame, type RawFrame } from '../wire/frame';
import { settingName, type Setting } from '../wire/settings';
import type { StrayBits } from '../wire/stray-bits';
import { printable } from './printable';
import { describeDuration } from './summary';

/**
 * A script in words, one line per step, safe to print. Connections are named only where there are several; the steps of the call that only asks whether the
 * connection still serves are marked.
 */
export function describeScript(script: Script & Partial<Plan>, times: Times = defaultTimes): readonly string[] {
  const { calls = [] } = script;
  const added = calls.filter(({ role }) => role === 'afterwards');
  const earlier = calls.filter(({ role }) => role === 'earlier');
  const isOf = (some: typeof calls, step: Step): boolean => {
    const stream = streamOf(step);
    return (
      stream !== undefined && 'on' in step && some.some((call) => call.stream === stream && call.connection === step.on)
    );
  };
  const opened = new Set(script.steps.flatMap((step) => (step.do === 'open' ? [step.on] : [])));
  const several = opened.size > 1;
  return script.steps.map((step) => {
    const line = describeStep(step, times);
    const placed = several && 'on' in step && step.do !== 'open' && step.do !== 'close' ? `${step.on}: ${line}` : line;
    const when = isOf(added, step) ? 'afterwards: ' : isOf(earlier, step) ? 'before: ' : '';
    return printable(`${when}${placed}`);
  });
}

/** The stream that a step is about. */
function streamOf(step: Step): number | undefined {
  if (step.do === 'await') return 'stream' in step.until ? step.until.stream : undefined;
  if (step.do === 'frame') return step.frame.streamId === 0 ? undefined : step.frame.streamId;
  return 'stream' in step ? step.stream : undefined;
}

function describeStep(step: Step, times: Times): string {
  switch (step.do) {
    case 'open':
      return describeOpen(step);
    case 'headers':
      return describeHeaders(step);
    case 'data':
      return describeData(step);
    case 'frame':
      return describeRawFrame(step.frame) + (step.unlessEnded === true ? ', unless it has ended' : '');
    case 'bytes':
      return `${count(step.octets.length, 'octet')} as they stand: ${preview(step.octets)}`;
    case 'settings':
      return step.settings.length === 0 ? 'SETTINGS without parameters' : `SETTINGS ${describeSettings(step.settings)}`;
    case 'grant':
      return `grant ${count(step.octets, 'octet')} of credit to ${step.stream === 0 ? 'the connection' : `stream ${step.stream}`}`;
    case 'flood':
      return describeFlood(step, times);
    case 'reading':
      return step.reads ? 'read on' : 'stop reading';
    case 'fence':
      return `fence: ${step.by === 'ping' ? 'PING' : step.settings === undefined ? 'empty SETTINGS' : `SETTINGS ${describeSettings(step.settings)}`}, and wait for its ACK${step.optional === true ? ', then go on' : ''}`;
    case 'await':
      return describeAwait(step, times);
    case 'pause':
      return `let ${describeDuration(step.milliseconds)} pass`;
    case 'close':
      return `close ${step.on} ${step.how === 'fin' ? 'with FIN' : 'with a TCP reset'}`;
    case 'renegotiate':
      return `ask for a TLS renegotiation on ${step.on}`;
    case 'acknowledge':
      return `acknowledge the PINGs of the target on ${step.on}${step.once === true ? ' so far' : ''}`;
    case 'control':
      return 'ask the target to stop gracefully';
    case 'sample':
      return `read ${factWords[step.what].name} of the target: ${step.label}`;
    case 'watch':
      if (step.returns === true)
        return `watch ${factWords[step.what].name} of the target until it has grown by no more than ${step.growth} ${factWords[step.what].unit} since ${step.from} (${describeDuration(step.within)} at most): ${step.label}`;
      return `watch ${factWords[step.what].name} of the target until it stands still or has grown by more than ${step.growth} ${factWords[step.what].unit} since ${step.from} (${describeDuration(step.within)} at most): ${step.label}`;
  }
}

/** What can be read of a process, in words. */
const factWords: Readonly<Record<ProcessFact, { readonly name: string; readonly unit: string }>> = {
  rss: { name: 'the resident memory', unit: 'octets' },
  descriptors: { name: 'the number of open descriptors', unit: 'descriptors' },
};

const describeOpen = (step: OpenStep): string =>
  [
    `open ${step.on}`,
    ...(step.settings === undefined || step.insteadOfPreface !== undefined
      ? []
      : [step.settings.length === 0 ? 'empty settings' : `settings ${describeSettings(step.settings)}`]),
    ...describeOpening(step),
  ].join('; ');

/** What is unusual about the opening of a connection apart from its SETTINGS, one clause each. */
export function describeOpening(step: Omit<OpenStep, 'settings'>): readonly string[] {
  const parts: string[] = [];
  if (step.insteadOfPreface !== undefined) {
    parts.push(
      `${count(step.insteadOfPreface.length, 'octet')} in place of the preface: ${preview(step.insteadOfPreface)}`,
    );
  }
  if (step.awaitSettings === false) parts.push('without waiting for the settings of the target');
  const off = Object.entries(housekeepingNames).filter(
    ([key]) => step.housekeeping?.[key as keyof Housekeeping] === false,
  );
  parts.push(...off.map(([, name]) => name));
  if (step.alpn !== undefined) parts.push(step.alpn.length === 0 ? 'no ALPN' : `ALPN ${step.alpn.join(', ')}`);
  if (step.clear === true) parts.push('no TLS');
  parts.push(...describeTls(step.tls ?? {}));
  if (step.segments !== undefined && step.segments.length > 0) {
    parts.push(
      `TCP writes of ${list(step.segments.map(String))} ${step.segments.length === 1 && step.segments[0] === 1 ? 'octet' : 'octets'}`,
    );
  }
  return parts;
}

function describeTls({
  versions,
  suites,
  groups,
  signatures,
  servername,
  resumes,
  certificate,
}: TlsChoices): readonly string[] {
  const [lowest, highest] = versions ?? [];
  return [
    ...(lowest === undefined ? [] : [lowest === highest ? lowest : `${lowest} to ${highest}`]),
    ...(suites === undefined ? [] : [`suites ${suites.join(', ')}`]),
    ...(groups === undefined ? [] : [`groups ${groups.join(', ')}`]),
    ...(signatures === undefined ? [] : [`signatures ${signatures.join(', ')}`]),
    ...(servername === undefined ? [] : [servername === '' ? 'no SNI' : `SNI ${servername}`]),
    ...(resumes === undefined ? [] : [`the TLS session of ${resumes}`]),
    ...(certificate === undefined
      ? []
      : [certificate === 'none' ? 'no client certificate' : `a client certificate that is ${certificate}`]),
  ];
}

const housekeepingNames: Readonly<Record<keyof Housekeeping, string>> = {
  ackSettings: 'SETTINGS are not acknowledged',
  ackPings: 'PING is not acknowledged',
  replenishStreams: 'no automatic credit for streams',
  replenishConnection: 'no automatic credit for the connection',
};

function describeHeaders(step: HeadersStep): string {
  const parts = [`HEADERS on stream ${step.stream}: ${count(step.fields.length, 'field')}`, ...describeFraming(step)];
  if (step.exceeds !== undefined && step.exceeds.length > 0) parts.push("beyond the target's limits on purpose");
  if (step.endStream) parts.push('END_STREAM');
  return parts.join(', ');
}

/** How a field block is put into frames, where that is not the plainest way: one clause each. */
export function describeFraming(step: HeadersStep): readonly string[] {
  const parts: string[] = [];
  const cuts = step.cuts?.length ?? 0;
  if (cuts > 0) parts.push(`cut into ${count(cuts + 1, 'frame')} at ${list((step.cuts ?? []).map(String))}`);
  if (step.sizeUpdates !== undefined && step.sizeUpdates.length > 0) {
    parts.push(
      `${step.sizeUpdates.length === 1 ? 'table size update' : 'table size updates'} ${list(step.sizeUpdates.map(String))}`,
    );
  }
  if (step.padLength !== undefined) parts.push(`pad length ${step.padLength}`);
  if (step.priority !== undefined) {
    const { exclusive, dependency, weight } = step.priority;
    parts.push(`depends on stream ${dependency}${exclusive ? ' exclusively' : ''}, weight ${weight}`);
  }
  if (step.endHeaders === false) parts.push('without END_HEADERS');
  return [...parts, ...describeStrayBits(step.strayBits)];
}

function describeData(step: DataStep): string {
  const cuts = step.cuts ?? [];
  const frames = cuts.length + 1 + (step.endStream && step.endStreamOnEmptyFrame === true ? 1 : 0);
  const octets = count(step.octets.length, 'octet');
  const parts = [`DATA on stream ${step.stream}: ${frames === 1 ? octets : `${octets} in ${frames} frames`}`];
  if (cuts.length > 0) parts.push(`cut at ${list(cuts.map(String))}`);
  if (step.padLengths?.some((length) => length >= 0) === true) {
    parts.push(`pad lengths ${list(step.padLengths.map((length) => (length < 0 ? 'none' : String(length))))}`);
  }
  if (step.padOctet !== undefined && step.padOctet !== 0) parts.push(`padding octets of ${step.padOctet}`);
  if (step.unsentAfter === 0) parts.push('as far as the windows allow');
  else if (step.unsentAfter !== undefined)
    parts.push(`as far as credit comes within ${describeDuration(step.unsentAfter)}`);
  if (step.endStream) parts.push(step.endStreamOnEmptyFrame === true ? 'END_STREAM on an empty frame' : 'END_STREAM');
  return [...parts, ...describeStrayBits(step.strayBits)].join(', ');
}

/** Frames of a flood that are told one by one. */
const mostTold = 4;

function describeFlood({ frames, times: repeated, streamStep = 0, within }: FloodStep, times: Times): string {
  const told = frames
    .slice(0, mostTold)
    .map((frame) => `${describeRawFrame(frame)} (${count(frame.payload.length, 'octet')})`);
  const more = frames.length > mostTold ? [`${frames.length - mostTold} more`] : [];
  const streams = streamStep === 0 ? '' : `, each time on stream ids that are higher by ${streamStep}`;
  return `${repeated} times, meanwhile going on: ${[...told, ...more].join('; ')}${streams} (${describeBudget(within, times)} at most)`;
}

const describeStrayBits = ({ flags = 0, reserved = false }: StrayBits = {}): readonly string[] => [
  ...(flags === 0 ? [] : [`undefined flags among 0x${flags.toString(16)}`]),
  ...(reserved ? ['the reserved bit set'] : []),
];

function describeRawFrame(frame: RawFrame): string {
  // What the payload would mean; that the length field lies is said at the end.
  const text = describeFrame(interpretFrame({ ...frame, length: undefined }));
  const known = frameTypeName(frame.type);
  const named = known.startsWith('0x') ? `a frame of type ${text}` : text;
  return frame.length === undefined ? named : `${named}, length field ${frame.length}`;
}

function describeAwait({ until, within, optional }: AwaitStep, times: Times): string {
  const most = describeBudget(within, times);
  if (until.see === 'quiet') return `let ${most} pass and see whether anything comes`;
  const hint = optional === true ? ', then go on' : '';
  return `wait for ${describeCondition(until)} (${most} at most${hint})`;
}

/** `5 s`, `400 ms`: a round number of seconds without its zeros. */
function describeBudget(budget: Budget, times: Times): string {
  const milliseconds = lengthOf(budget, times);
  return milliseconds >= 1000 && milliseconds % 100 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}

const describeSettings = (settings: readonly Setting[]): string =>
  list(settings.map(({ id, value }) => `${settingName(id)}=${value}`));

// 40 octets: enough to recognise a request line, and one line of a terminal.
const preview = (octets: Uint8Array): string => `"${escapeOctets(octets, 40)}"`;

/** `1`, `1 and 4`, `1, 4 and 9`; of long lists the first eight. */
function list(items: readonly string[]): string {
  if (items.length > 8) return `${items.slice(0, 8).join(', ')} and ${items.length - 8} more`;
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
