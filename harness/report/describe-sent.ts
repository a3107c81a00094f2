import type { DataStep, GrantStep, HeadersStep, OpenStep, Step } from '../connection/script';
import type { CallPlan, Plan } from '../grpc/call-plan';
import { describeGzip } from '../grpc/compression';
import { describeSizes } from '../grpc/describe-sizes';
import { MessageReader, prefixLength, type LengthPrefixedMessage } from '../grpc/length-prefixed-message';
import { describeRequestMessage, probeKeyName } from '../grpc/test-service';
import { listBriefly } from '../list-briefly';
import { quoted } from '../rules/quoted';
import type { Violation } from '../rules/violation';
import { countOf, hexOf } from '../wire/escape-octets';
import { frameTypes } from '../wire/frame';
import type { FieldSpec } from '../wire/hpack/encoder';
import type { Field } from '../wire/hpack/field';
import { joinOctets } from '../wire/join-octets';
import { settingIds, settingName } from '../wire/settings';
import { describeFraming, describeOpening, describeScript } from './describe-script';
import { printable } from './printable';
import { featuresOf } from './request-features';

/** Parts that fit a paragraph; the script has all. */
const mostParts = 6;

/**
 * What a plan sent for the sake of its rule, in one line: each call with its path, the fields and the layout that a plain call has not, and whatever else went
 * on the wire. The fresh call at the end and questions to the probe service are left out.
 * @param everywhere what every call of the run carries, such as credentials
 */
export function describeSent(plan: Plan, everywhere: readonly Field[] = []): string {
  const parts = joinAlike(partsOf(plan, everywhere));
  const shown = parts.length > mostParts ? parts.slice(0, mostParts - 1) : parts;
  const more = parts.length - shown.length;
  const unusual = layoutFeatures(plan);
  return printable(
    [
      shown.length === 0 ? 'the connection preface' : shown.join('; then '),
      ...(more > 0 ? [`; and ${more} more`] : []),
      ...(unusual.length > 0 ? [` (${unusual.join(', ')})`] : []),
    ].join(''),
  );
}

/** True when a plan asks a handler for something in the words of {@link describeSent}: `status DATA_LOSS (15)`. */
export const isAskedFor = (plan: Plan, words: string): boolean =>
  partsOf(plan, []).some(({ text }) => text.includes(words));

/**
 * The call that asked for what came as the answer to another one: `stream 3`; undefined where there is none. That an empty payload came says nothing: it may be what
 * is left of the right one.
 */
export function mixedUpWith(
  plan: Plan,
  { payload = 0, asker, call }: Pick<Violation, 'payload' | 'asker' | 'call'>,
): string | undefined {
  if (asker !== undefined) return `stream ${asker}`;
  if (payload === 0 || call === undefined) return undefined;
  const words = `asks for a message of ${countOf(payload, 'octet')}`;
  const asks = ({ where, text }: Part): boolean =>
    where !== '' && !where.endsWith(`stream ${call.stream}: `) && text.includes(words);
  return partsOf(plan, []).find(asks)?.where.replace(/: $/, '');
}

/** One call or one step: equal ones in a row are told once. */
interface Part {
  /** Names the stream, where there are several: that is no difference. */
  readonly where: string;
  readonly text: string;
}

function partsOf(plan: Plan, everywhere: readonly Field[]): readonly Part[] {
  const calls = plan.calls.filter(({ role }) => role === 'subject' || role === 'bystander');
  const helpers = plan.calls.filter(({ role }) => role !== 'subject' && role !== 'bystander');
  const ordinary = ordinaryFields(plan, helpers, everywhere);
  const connections = plan.steps.filter((step) => step.do === 'open').length;
  const byStream = new Map(plan.calls.map((call) => [`${call.connection} ${call.stream}`, call] as const));
  const subjects = new Set(calls);
  const told = new Set<unknown>();
  // A script may have thousands of steps: its words are made once, and only when they are wanted.
  let lines: readonly string[] | undefined;
  const lineOf = (index: number): string => (lines ??= describeScript(plan))[index] ?? '';
  return plan.steps.flatMap((step, index): readonly Part[] => {
    const stream = 'stream' in step ? step.stream : step.do === 'frame' ? step.frame.streamId : undefined;
    const call = 'on' in step && stream !== undefined ? byStream.get(`${step.on} ${stream}`) : undefined;
    if (call !== undefined && !subjects.has(call)) return [];
    if (call !== undefined && (step.do === 'headers' || step.do === 'data')) {
      if (told.has(call)) return [];
      told.add(call);
      const where = calls.length > 1 ? `${connections > 1 ? `${call.connection}, ` : ''}stream ${call.stream}: ` : '';
      return [{ where, text: describeCall(call, plan, ordinary) }];
    }
    if (step.do === 'grant') {
      const key = `credit ${step.on} ${step.stream}`;
      if (told.has(key)) return [];
      told.add(key);
      return describeCredit(step, plan).map((text) => ({ where: '', text }));
    }
    return describeOther(step, () => lineOf(index)).map((text) => ({ where: '', text }));
  });
}

/** `3 × stream 1, 3, 5: …` for parts that say the same in a row. */
function joinAlike(parts: readonly Part[]): readonly string[] {
  const groups: { readonly text: string; readonly where: string[] }[] = [];
  for (const { text, where } of parts) {
    const last = groups.at(-1);
    if (last?.text === text) last.where.push(where);
    else groups.push({ text, where: [where] });
  }
  return groups.map(({ text, where }) => {
    const [first = ''] = where;
    if (where.length === 1) return `${first}${text}`;
    if (first === '') return `${where.length} × ${text}`;
    const streams = where.map((one) => one.replace(/^.*stream |: $/g, ''));
    return `streams ${listBriefly(streams, 8)}, each: ${text}`;
  });
}

/** Steps that put something on the wire and belong to no call. */
function describeOther(step: Step, line: () => string): readonly string[] {
  if (step.do === 'open') return describeOpened(step);
  if (step.do === 'frame' && step.frame.type === frameTypes.PING && step.frame.payload.length === 8)
    return [`PING ${hexOf(step.frame.payload)}`];
  if (step.do === 'fence' && step.settings !== undefined) return [line()];
  const isSpeaking = ['headers', 'data', 'frame', 'bytes', 'settings', 'close', 'control'].includes(step.do);
  return isSpeaking ? [line()] : [];
}

/** What is unusual about an opening; a plain one goes without saying. */
function describeOpened(step: OpenStep): readonly string[] {
  const { settings = [], insteadOfPreface } = step;
  const told = settings.filter(({ id, value }) => !(id === settingIds.ENABLE_PUSH && value === 0));
  const parts = [
    ...(insteadOfPreface === undefined ? told.map(({ id, value }) => `${settingName(id)}=${value}`) : []),
    ...describeOpening(step),
  ];
  return parts.length === 0 ? [] : [`a connection with ${parts.join(', ')}`];
}

/** All credit that a script gives by hand on one level, told once. */
function describeCredit({ on, stream }: GrantStep, { steps, calls }: Plan): readonly string[] {
  const grants = steps.filter(
    (step): step is GrantStep => step.do === 'grant' && step.on === on && step.stream === stream,
  );
  // The fresh call brings credit for the connection, in the steps behind its header.
  const added = calls.find(({ role, connection }) => role === 'afterwards' && connection === on);
  const end = steps.findIndex((step) => step.do === 'headers' && step.on === on && step.stream === added?.stream);
  const own = end === -1 ? grants : grants.filter((grant) => steps.indexOf(grant) < end);
  if (own.length === 0) return [];
  const sum = own.reduce((total, { octets }) => total + octets, 0);
  const pieces = own.length === 1 ? '' : ` in ${own.length} pieces`;
  return [`credit of ${countOf(sum, 'octet')}${pieces} for ${stream === 0 ? 'the connection' : `stream ${stream}`}`];
}

function describeCall(call: CallPlan, plan: Plan, ordinary: ReadonlySet<string>): string {
  const own = plan.steps.filter(
    (step): step is HeadersStep | DataStep =>
      (step.do === 'headers' || step.do === 'data') && step.on === call.connection && step.stream === call.stream,
  );
  const blocks = own.filter((step) => step.do === 'headers');
  const bodies = own.filter((step) => step.do === 'data');
  const [first, ...further] = blocks;
  const isEnded = own.some(({ endStream }) => endStream);
  const parts = [
    // The path as it was sent, which may be another than the one that was meant.
    first?.fields.find(({ name }) => name === ':path')?.value ?? call.path,
    ...(first === undefined ? [] : [...describeFields(first.fields, ordinary), ...describeFraming(first)]),
    ...further.map((block) => `a second HEADERS${block.endStream ? ' with END_STREAM' : ''}`),
    ...describeBody(call, bodies),
    ...(isEnded ? [] : ['no END_STREAM']),
  ];
  return parts.join(', ');
}

/** Pseudo-header and other fields that every request of ours has, in whatever value. */
const expectedNames = [':method', ':scheme', ':path', ':authority', 'te', 'content-type'];

/** `name: value` of the fields of a plain call of this run: those say nothing. */
function ordinaryFields(
  { steps }: Plan,
  helpers: readonly CallPlan[],
  everywhere: readonly Field[],
): ReadonlySet<string> {
  const blocks = steps.filter(
    (step): step is HeadersStep =>
      step.do === 'headers' &&
      helpers.some(({ connection, stream }) => step.on === connection && step.stream === stream),
  );
  const plain = [':method: POST', ':scheme: http', ':scheme: https', 'te: trailers', 'content-type: application/grpc'];
  const carried = [...everywhere, ...blocks.flatMap(({ fields }) => fields)];
  return new Set([...plain, ...carried.map(({ name, value }) => `${name}: ${value}`)]);
}

/** Fields that are named, at most. */
const mostFields = 5;

function describeFields(fields: readonly FieldSpec[], ordinary: ReadonlySet<string>): readonly string[] {
  const names = fields.map(({ name }) => name);
  const isRepeated = (name: string): boolean => names.filter((other) => other === name).length > 1;
  const told = fields.filter(
    ({ name, value, nameIndex, octets }) =>
      typeof nameIndex !== 'number' &&
      octets === undefined &&
      name !== probeKeyName &&
      ((name !== ':path' && name !== ':authority' && !ordinary.has(`${name}: ${value}`)) ||
        (expectedNames.includes(name) && isRepeated(name))),
  );
  const missing = expectedNames.filter((name) => !names.includes(name) && name !== ':authority');
  const more = told.length - mostFields;
  return [
    ...missing.map((name) => `no ${name}`),
    ...told.slice(0, mostFields).map(({ name, value }) => `${name}: ${quoted(value)}`),
    ...(more > 0 ? [`${more} more fields`] : []),
    ...describeRepresentations(fields),
  ];
}

/** How fields are written in the block, where the script chose it. */
function describeRepresentations(fields: readonly FieldSpec[]): readonly string[] {
  const written = fields.flatMap(({ octets }) => (octets === undefined ? [] : [octets]));
  const byHand = fields.filter(({ nameIndex, octets }) => typeof nameIndex === 'number' && octets === undefined);
  if (written.length > 0) return written.map((octets) => `the octets ${hexOf(octets)} in place of a field`);
  if (byHand.length > 0) {
    return byHand.map(({ representation = 'indexed', nameIndex }) =>
      representation === 'indexed'
        ? `an indexed field with index ${nameIndex}`
        : `a ${literalNames[representation]} whose name has index ${nameIndex}`,
    );
  }
  const groups = new Map<string, string[]>();
  for (const { name, representation, huffman } of fields) {
    if (representation === undefined) continue;
    const isPlain = typeof huffman === 'object' && huffman.name === false && huffman.value === false;
    const how = `${representation === 'indexed' ? 'indexed' : `as ${literalNames[representation].replace('literal', 'literals')}`}${isPlain ? ' without Huffman' : ''}`;
    groups.set(how, [...(groups.get(how) ?? []), name]);
  }
  return [...groups].map(
    ([how, names]) => `${names.length === fields.length ? 'all fields' : listBriefly(names)} ${how}`,
  );
}

const literalNames: Readonly<Record<Exclude<NonNullable<FieldSpec['representation']>, 'indexed'>, string>> = {
  incremental: 'literal with incremental indexing',
  'without-indexing': 'literal without indexing',
  'never-indexed': 'never-indexed literal',
};

function describeBody(call: CallPlan, bodies: readonly DataStep[]): readonly string[] {
  if (bodies.length === 0) return ['no DATA'];
  const octets = joinOctets(bodies.map((step) => step.octets));
  const messages = new MessageReader().feed(octets);
  const whole = messages.reduce((sum, message) => sum + prefixLength + message.octets.length, 0);
  const rest = octets.length - whole;
  const said = [
    ...(messages.length === 0 ? [] : [describeSizes(messages.map((message) => message.octets.length))]),
    ...(rest > 0 ? [`${countOf(rest, 'octet')} of an unfinished message`] : []),
    ...(octets.length === 0 ? ['no message'] : []),
  ];
  const asked = describeAsked(call, messages);
  return [`${said.join(' and ')}${describeFrames(bodies, messages.length)}${asked === undefined ? '' : ` (${asked})`}`];
}

/** How a body is laid out: nothing for one message in one frame that ends the request. */
function describeFrames(bodies: readonly DataStep[], messages: number): string {
  const frames = bodies.reduce((sum, step) => sum + framesOf(step), 0);
  const last = bodies.at(-1);
  if (frames === 1 && messages < 2 && last?.endStream === true) return '';
  const cuts = bodies.length === 1 ? (last?.cuts ?? []) : [];
  const at = cuts.length === 0 ? '' : `, cut at ${listBriefly(cuts.map(String), 6)}`;
  const isPadded = bodies.some(({ padLengths = [] }) => padLengths.some((length) => length >= 0));
  const isEndEmpty = last !== undefined && (last.endStreamOnEmptyFrame === true || last.octets.length === 0);
  const end =
    last?.endStream === true && messages !== 1 ? ` with END_STREAM${isEndEmpty ? ' on an empty one' : ''}` : '';
  return ` in ${countOf(frames, 'DATA frame')}${end}${at}${isPadded ? ', padded' : ''}`;
}

/** DATA frames of a step as far as the script decides them. */
const framesOf = ({ cuts = [], endStream, endStreamOnEmptyFrame }: DataStep): number =>
  cuts.length + 1 + (endStream && endStreamOnEmptyFrame === true ? 1 : 0);

/** What messages ask of the handler and how they are compressed: `no. 1 to 3 ask for no message, no. 4 asks for a message of 1 octet`. */
function describeAsked({ path }: CallPlan, messages: readonly LengthPrefixedMessage[]): string | undefined {
  const asked = messages.map(({ octets, compressedFlag }) =>
    compressedFlag === 0 ? describeRequestMessage(path, octets) : describeFlag(octets, compressedFlag),
  );
  const ranges: { readonly from: number; to: number; readonly text: string | undefined }[] = [];
  for (const [index, text] of asked.entries()) {
    const last = ranges.at(-1);
    if (last !== undefined && last.text === text) last.to = index + 1;
    else ranges.push({ from: index + 1, to: index + 1, text });
  }
  const told = ranges.filter(({ text }) => text !== undefined);
  if (told.length === 0) return undefined;
  const [only] = ranges;
  if (ranges.length === 1 && only?.text !== undefined) return asked.length === 1 ? only.text : `each ${only.text}`;
  const parts = told.map(({ from, to, text = '' }) =>
    from === to ? `no. ${from} ${text}` : `no. ${from} to ${to} ${text.replace(/^asks/, 'ask')}`,
  );
  return listBriefly(parts, 4);
}

function describeFlag(octets: Uint8Array, flag: number): string {
  return flag === 1 ? `Compressed-Flag 1, ${describeGzip(octets) ?? 'not gzip'}` : `Compressed-Flag ${flag}`;
}

/** What is unusual about fields and layout and does not show in sizes and values. */
function layoutFeatures(plan: Plan): readonly string[] {
  const { odd, rare } = featuresOf(plan);
  return [...odd, ...rare].filter((feature) =>
    /^(?:metadata before|a pseudo-header|DATA cut|an? empty DATA|empty DATA|a name that|an uppercase)/.test(feature),
  );
}
