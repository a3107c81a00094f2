import { initialSettings, settingIds, settingName, type Setting } from '../wire/settings';
import type { DataStep, HeadersStep, OpenStep, Step } from '../connection/script';
import type { CallPlan, Plan } from '../grpc/call-plan';
import { MessageReader, prefixLength, type LengthPrefixedMessage } from '../grpc/length-prefixed-message';
import { noteRequestFields } from './request-field-features';
import { frameTypeName } from '../wire/describe-frame';
import { flags, frameTypes, type RawFrame } from '../wire/frame';
import { joinOctets } from '../wire/join-octets';

/**
 * What is unusual about the requests of a plan, as classes without generated values, each list sorted and without repetitions. `odd`: no client in good
 * order sends it. `rare`: legal, and few clients do. `plain`: what tells ordinary requests apart.
 */
export interface RequestFeatures {
  readonly odd: readonly string[];
  readonly rare: readonly string[];
  readonly plain: readonly string[];
}

/** Which of the three lists a feature belongs to. */
export type Rank = keyof RequestFeatures;

/** Notes one feature. */
export type Note = (rank: Rank, feature: string) => void;

/** The features of everything that a plan does for the sake of its rule; the fresh call afterwards and questions to the probe service are left out. */
export function featuresOf(plan: Plan): RequestFeatures {
  const found = { odd: new Set<string>(), rare: new Set<string>(), plain: new Set<string>() };
  const note: Note = (rank, feature) => found[rank].add(feature);
  const calls = plan.calls.filter(({ role }) => role === 'subject' || role === 'bystander');
  const steps = plan.steps.filter((step) => !isOfHelpers(step, plan));
  noteConnections(steps, note);
  for (const step of steps) noteStep(step, calls, note);
  const everywhere = fieldsOfHelpers(plan);
  for (const call of calls) noteCall(call, steps, everywhere, note);
  if (calls.length > 1) note('plain', 'several calls');
  noteDiscarded(calls, steps, note);
  const sorted = (features: ReadonlySet<string>): readonly string[] => [...features].sort();
  return { odd: sorted(found.odd), rare: sorted(found.rare), plain: sorted(found.plain) };
}

/** True for steps of calls that are not what the rule is about. */
function isOfHelpers(step: Step, { calls }: Plan): boolean {
  const own = 'stream' in step ? step.stream : step.do === 'frame' ? step.frame.streamId : undefined;
  if (own === undefined) return false;
  return calls.some(
    ({ role, connection, stream }) =>
      (role === 'afterwards' || role === 'probe' || role === 'earlier') &&
      'on' in step &&
      connection === step.on &&
      stream === own,
  );
}

/** What every call of the run carries, such as credentials, as `name: value`. */
function fieldsOfHelpers(plan: Plan): ReadonlySet<string> {
  const blocks = plan.steps.filter((step): step is HeadersStep => step.do === 'headers' && isOfHelpers(step, plan));
  return new Set(blocks.flatMap(({ fields }) => fields.map(({ name, value }) => `${name}: ${value}`)));
}

function noteConnections(steps: readonly Step[], note: Note): void {
  const opened = steps.filter((step): step is OpenStep => step.do === 'open');
  if (opened.length > 1) note('rare', 'several connections');
  for (const {
    settings = [],
    insteadOfPreface,
    awaitSettings,
    alpn,
    tls,
    clear,
    segments,
    housekeeping = {},
  } of opened) {
    noteSettings(settings, note);
    if (insteadOfPreface !== undefined) note('odd', 'other octets than the preface');
    if (awaitSettings === false) note('rare', 'no wait for SETTINGS');
    if (alpn !== undefined) note('rare', 'ALPN');
    if (tls !== undefined) note('rare', 'TLS handshake');
    if (clear === true) note('odd', 'no TLS');
    if (segments !== undefined) note('rare', 'cut TCP writes');
    if (housekeeping.ackSettings === false) note('rare', 'SETTINGS not acknowledged');
    if (housekeeping.ackPings === false) note('rare', 'PING not acknowledged');
    if (housekeeping.replenishStreams === false || housekeeping.replenishConnection === false)
      note('rare', 'closed windows');
  }
}

function noteSettings(settings: readonly Setting[], note: Note): void {
  for (const { id, value } of settings) {
    if (id === settingIds.ENABLE_PUSH && value === 0) continue;
    if (id === settingIds.INITIAL_WINDOW_SIZE && value < initialSettings.INITIAL_WINDOW_SIZE)
      note('rare', 'closed windows');
    else
      note(
        'rare',
        `SETTINGS with ${Object.values<number>(settingIds).includes(id) ? settingName(id) : 'an unknown identifier'}`,
      );
  }
}

/** What may be wrong with a frame by hand beside its type and its stream: many rows send one on an idle stream. */
function noteLengths({ type, flags: bits, length, payload }: RawFrame, note: Note): void {
  if (length !== undefined && length !== payload.length) note('odd', 'a frame of which only a part was sent');
  if (payload.length > initialSettings.MAX_FRAME_SIZE) note('odd', 'a long frame');
  const mayBePadded = type === frameTypes.HEADERS || type === frameTypes.DATA;
  if (mayBePadded && (bits & flags.PADDED) !== 0) note('odd', `padded ${frameTypeName(type)} by hand`);
}

function noteStep(step: Step, calls: readonly CallPlan[], note: Note): void {
  switch (step.do) {
    case 'headers':
      return noteFraming(step, note);
    case 'frame': {
      const { frame } = step;
      const type = frameTypeName(frame.type);
      const on =
        frame.streamId === 0
          ? 'stream 0'
          : calls.some(({ stream, connection }) => stream === frame.streamId && connection === step.on)
            ? 'a stream in use'
            : 'an idle stream';
      noteLengths(frame, note);
      return note(type === 'RST_STREAM' && on === 'a stream in use' ? 'rare' : 'odd', `${type} on ${on}`);
    }
    case 'bytes':
      return note('odd', 'raw octets');
    case 'fence':
      if (step.settings === undefined) return;
      note('rare', 'SETTINGS in mid-connection');
      return noteSettings(step.settings, note);
    case 'settings':
      note('rare', 'SETTINGS in mid-connection');
      return noteSettings(step.settings, note);
    case 'grant':
      return note('rare', 'credit by hand');
    case 'close':
      return note('rare', `${step.how} by us`);
    case 'control':
      return note('rare', step.action);
    case 'sample':
    case 'watch':
      return note('rare', 'memory');
    case 'open':
    case 'data':
    case 'await':
    case 'pause':
      return;
  }
}

/** How field blocks are cut, padded and represented. */
function noteFraming(
  { cuts = [], padLength, priority, sizeUpdates = [], endHeaders, fields }: HeadersStep,
  note: Note,
): void {
  if (cuts.length > 0) note('rare', 'CONTINUATION');
  if (new Set(cuts).size < cuts.length) note('rare', 'empty CONTINUATION');
  if (padLength !== undefined) note('rare', 'padded HEADERS');
  if (priority !== undefined) note('rare', 'priority fields');
  if (sizeUpdates.length > 0) note('rare', 'table size updates');
  if (endHeaders === false) note('odd', 'no END_HEADERS');
  for (const { representation, nameIndex, octets } of fields) {
    if (octets !== undefined) note('odd', 'octets by hand');
    if (representation !== undefined) note('rare', `${representation} field`);
    if (typeof nameIndex === 'number') note('odd', 'index by hand');
  }
}

function noteCall(call: CallPlan, steps: readonly Step[], everywhere: ReadonlySet<string>, note: Note): void {
  const own = ownSteps(call, steps);
  const blocks = own.filter((step) => step.do === 'headers');
  const bodies = own.filter((step) => step.do === 'data');
  note('plain', `${call.kind} call`);
  const [request, ...further] = blocks;
  if (request !== undefined) noteRequestFields(request.fields, everywhere, note);
  if (further.length > 0) note('odd', 'a second field block');
  const isEnded = own.some(({ endStream }) => endStream);
  if (!isEnded) note('plain', 'no half-close');
  noteBody(bodies, isEnded, note);
  const length = octetsOf(bodies);
  if (length > largeBody) note('rare', 'a large request');
}

/** DATA that no handler reads takes credit of the connection all the same. */
function noteDiscarded(calls: readonly CallPlan[], steps: readonly Step[], note: Note): void {
  const discarded = calls
    .filter(({ kind }) => kind === 'unknown')
    .flatMap((call) => ownSteps(call, steps).filter((step) => step.do === 'data'));
  if (octetsOf(discarded) > largeBody) note('rare', 'much DATA that no handler reads');
}

const octetsOf = (bodies: readonly DataStep[]): number => bodies.reduce((sum, { octets }) => sum + octets.length, 0);

const ownSteps = ({ connection, stream }: CallPlan, steps: readonly Step[]): readonly (HeadersStep | DataStep)[] =>
  steps.filter(
    (step): step is HeadersStep | DataStep =>
      (step.do === 'headers' || step.do === 'data') && step.on === connection && step.stream === stream,
  );

/** Sizes in octets from which on a request is large: the initial window, which any request that stays below fits into without credit. */
const largeBody = initialSettings.INITIAL_WINDOW_SIZE;

function noteBody(bodies: readonly DataStep[], isEnded: boolean, note: Note): void {
  const octets = joinOctets(bodies.map((step) => step.octets));
  const { messages, prefixes, isWhole } = readMessages(octets);
  if (messages.length !== 1) note('plain', messages.length === 0 ? 'no message' : 'several messages');
  if (messages.some((message) => message.octets.length === 0)) note('plain', 'an empty message');
  if (messages.some(({ compressedFlag }) => compressedFlag > 1)) note('odd', 'a bad Compressed-Flag');
  if (messages.some(({ compressedFlag }) => compressedFlag === 1)) note('rare', 'a compressed message');
  if (!isWhole && isEnded) note('odd', 'an unfinished message');
  if (bodies.some(({ padLengths = [] }) => padLengths.some((length) => length >= 0))) note('rare', 'padded DATA');
  const frames = bodies.flatMap(framesOf);
  let at = 0;
  let empty = 0;
  for (const { length, isLast } of frames) {
    // An empty frame that ends the stream is how many clients end it.
    empty = length > 0 ? 0 : isLast && empty === 0 ? 0 : empty + 1;
    if (empty === 1) note('rare', 'an empty DATA frame');
    if (empty > 1) note('odd', 'empty DATA frames in a row');
    at += length;
    if (at === 0 || at === octets.length) continue;
    const inPrefix = prefixes.some((start) => at > start && at < start + prefixLength);
    if (inPrefix) note('rare', 'DATA cut in a message prefix');
    else if (!prefixes.includes(at)) note('plain', 'DATA cut in a message');
  }
}

/** The DATA frames of a step, as far as the script decides them. */
function framesOf({ octets, cuts = [], endStream, endStreamOnEmptyFrame }: DataStep): readonly {
  readonly length: number;
  readonly isLast: boolean;
}[] {
  const edges = [0, ...cuts.filter((cut) => cut >= 0 && cut <= octets.length).toSorted((a, b) => a - b), octets.length];
  const lengths = edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0));
  if (endStream && endStreamOnEmptyFrame === true) lengths.push(0);
  return lengths.map((length, index) => ({ length, isLast: endStream && index === lengths.length - 1 }));
}

/** The messages in a body, and the offsets at which their prefixes begin; `isWhole` is false when the last one is not all there. */
function readMessages(octets: Uint8Array): {
  readonly messages: readonly LengthPrefixedMessage[];
  readonly prefixes: readonly number[];
  readonly isWhole: boolean;
} {
  const messages = new MessageReader().feed(octets);
  const prefixes: number[] = [];
  let at = 0;
  for (const message of messages) {
    prefixes.push(at);
    at += prefixLength + message.octets.length;
  }
  const isWhole = at === octets.length;
  return { messages, prefixes: isWhole ? prefixes : [...prefixes, at], isWhole };
}
