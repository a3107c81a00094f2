import * as v from 'valibot';
import { nonceLength } from '../connection/nonces';
import { floodBounds, processFacts, type Step } from '../connection/script';
import { isBounded } from '../connection/flood';
import { strangerKinds } from '../connection/tls-choices';
import type { Plan } from '../grpc/call-plan';
import { decodeBinaryValue } from '../grpc/metadata';
import type { Expectation } from '../grpc/outcome';
import { unlocks, type Need } from '../facts/need';
import { maxFrameLength } from '../wire/settings';
import { decodeBase64, encodeBase64 } from './base64';
import { count, list, name, octet, setting, streamId, text, uint32, wait, wholeNumber, within } from './bounded-values';
import { printable } from './printable';
import { base64Schema } from './transcript-schema';

/** A {@link Plan} as JSON: octets are base64 and never cut, so that it can be played again byte for byte. */
export type SerializedPlan = WithBase64<Plan>;

type WithBase64<T> = T extends Uint8Array
  ? { readonly base64: string }
  : T extends readonly (infer E)[]
    ? readonly WithBase64<E>[]
    : T extends object
      ? { readonly [K in keyof T]: WithBase64<T[K]> }
      : T;

/** A plan as JSON. */
export function serializePlan(plan: Plan): SerializedPlan {
  return withBase64(plan) as SerializedPlan;
}

/** Plain data with every Uint8Array in it written as `{ base64 }`. */
export function withBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: encodeBase64(value) };
  if (Array.isArray(value)) return value.map(withBase64);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBase64(inner)]));
}

/** Milliseconds for which a script lets time pass: rules about time need seconds. */
const longestPause = 600_000;
/** Cuts of one field block or one request: twice what 8 MiB have at a KiB each. */
const mostCuts = 20_000;
/** Cuts of a whole plan: each is a frame. */
const mostFrames = 500_000;

/** Nonces of one script: one for each thing that its target keeps under a name. */
const mostNonces = 100;

const cuts = list(count, mostCuts);
const pause = within(longestPause);
const processFact = v.picklist(processFacts);
const octets = v.pipe(
  v.object({ base64: base64Schema }),
  v.transform(({ base64 }) => decodeBase64(base64)),
);
/** Names and values have one character per octet. */
const latin1 = v.pipe(
  text,
  v.check((value) => !/[^\p{ASCII}\u{80}-\u{ff}]/u.test(value), 'must have one character per octet'),
);
/** Of the length of what the player puts in its place. */
const nonce = v.pipe(latin1, v.length(nonceLength));
const settings = list(setting);
/** The octets of a PING (RFC 9113 §6.7). */
const opaque = v.pipe(
  octets,
  v.check(({ length }) => length === 8, 'must be 8 octets'),
);

const fieldSpec = v.object({
  name: latin1,
  value: latin1,
  representation: v.optional(v.picklist(['indexed', 'incremental', 'without-indexing', 'never-indexed'])),
  huffman: v.optional(
    v.union([v.boolean(), v.object({ name: v.optional(v.boolean()), value: v.optional(v.boolean()) })]),
  ),
  nameIndex: v.optional(v.union([v.picklist(['auto', 'literal']), uint32])),
  octets: v.optional(octets),
});

const rawFrame = v.object({
  type: octet,
  flags: octet,
  streamId,
  reserved: v.boolean(),
  payload: octets,
  length: v.optional(wholeNumber(maxFrameLength)),
});

const strayBits = v.optional(v.object({ flags: v.optional(octet), reserved: v.optional(v.boolean()) }));

const budget = v.union([v.picklist(['reply', 'close', 'quiet', 'cancel', 'connect']), wait]);

const orError = v.optional(v.literal(true));

const condition = v.variant('see', [
  v.object({ see: v.literal('headers'), stream: streamId }),
  v.object({ see: v.literal('messages'), stream: streamId, count }),
  v.object({ see: v.literal('data'), stream: streamId, octets: count }),
  v.object({ see: v.literal('connection-data'), octets: count }),
  v.object({ see: v.literal('credit-used'), stream: streamId }),
  v.object({ see: v.literal('end'), stream: streamId, orError }),
  v.object({ see: v.literal('reset'), stream: streamId, orError }),
  v.object({ see: v.literal('goaway'), final: v.optional(v.literal(true)) }),
  v.object({ see: v.literal('ping-ack'), opaque }),
  v.object({ see: v.literal('ping') }),
  v.object({ see: v.literal('server-flight') }),
  v.object({ see: v.literal('flooded') }),
  v.object({ see: v.literal('closed') }),
  v.object({ see: v.literal('connection-error') }),
  v.object({ see: v.literal('quiet') }),
]);

const tlsVersion = v.picklist(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
/** OpenSSL's names of suites, groups and signature algorithms. */
const tlsNames = list(v.pipe(v.string(), v.regex(/^[\w+.-]{1,80}$/)), 100);

const tlsChoices = v.object({
  versions: v.optional(v.tuple([tlsVersion, tlsVersion])),
  suites: v.optional(tlsNames),
  groups: v.optional(tlsNames),
  signatures: v.optional(tlsNames),
  servername: v.optional(v.pipe(v.string(), v.maxLength(255))),
  resumes: v.optional(name),
  certificate: v.optional(v.picklist(['none', ...strangerKinds])),
});

const stepSchema: v.GenericSchema<unknown, Step> = v.variant('do', [
  v.object({
    do: v.literal('open'),
    on: name,
    settings: v.optional(settings),
    insteadOfPreface: v.optional(octets),
    awaitSettings: v.optional(v.boolean()),
    housekeeping: v.optional(
      v.object({
        ackSettings: v.optional(v.boolean()),
        ackPings: v.optional(v.boolean()),
        replenishStreams: v.optional(v.boolean()),
        replenishConnection: v.optional(v.boolean()),
      }),
    ),
    // RFC 7301 §3.1: 1 to 255 octets each.
    alpn: v.optional(list(v.pipe(latin1, v.minLength(1), v.maxLength(255)), 100)),
    tls: v.optional(tlsChoices),
    clear: v.optional(v.boolean()),
    segments: v.optional(list(wholeNumber(2 ** 31 - 1, 1), 64)),
  }),
  v.object({
    do: v.literal('headers'),
    on: name,
    stream: streamId,
    fields: list(fieldSpec),
    endStream: v.boolean(),
    cuts: v.optional(cuts),
    padLength: v.optional(octet),
    priority: v.optional(v.object({ exclusive: v.boolean(), dependency: streamId, weight: wholeNumber(256, 1) })),
    sizeUpdates: v.optional(list(uint32)),
    exceeds: v.optional(list(v.picklist(['streams', 'headerList']), 2)),
    afterGoaway: v.optional(v.picklist(['within', 'beyond'])),
    whenFull: v.optional(v.literal('skip')),
    endHeaders: v.optional(v.boolean()),
    strayBits,
  }),
  v.object({
    do: v.literal('data'),
    on: name,
    stream: streamId,
    octets,
    endStream: v.boolean(),
    cuts: v.optional(cuts),
    padLengths: v.optional(list(wholeNumber(255, -1), mostCuts)),
    padOctet: v.optional(octet),
    endStreamOnEmptyFrame: v.optional(v.boolean()),
    unsentAfter: v.optional(wholeNumber(60_000)),
    strayBits,
  }),
  v.object({ do: v.literal('frame'), on: name, frame: rawFrame, unlessEnded: v.optional(v.boolean()) }),
  v.object({ do: v.literal('bytes'), on: name, octets }),
  v.object({ do: v.literal('settings'), on: name, settings }),
  v.object({ do: v.literal('grant'), on: name, stream: streamId, octets: wholeNumber(2 ** 31 - 1) }),
  v.pipe(
    v.object({
      do: v.literal('flood'),
      on: name,
      frames: list(rawFrame, 1000, 1),
      times: wholeNumber(floodBounds.frames, 1),
      streamStep: v.optional(wholeNumber(2 ** 16)),
      perWrite: v.optional(wholeNumber(floodBounds.frames, 1)),
      within: budget,
    }),
    v.check((flood) => isBounded(flood), 'must be a flood of fewer frames and octets'),
  ),
  v.object({ do: v.literal('reading'), on: name, reads: v.boolean() }),
  v.object({
    do: v.literal('fence'),
    on: name,
    by: v.picklist(['settings', 'ping']),
    opaque: v.optional(opaque),
    settings: v.optional(settings),
    optional: v.optional(v.boolean()),
  }),
  v.object({
    do: v.literal('await'),
    on: name,
    until: condition,
    within: budget,
    optional: v.optional(v.boolean()),
  }),
  v.object({ do: v.literal('pause'), milliseconds: pause }),
  v.object({ do: v.literal('close'), on: name, how: v.picklist(['fin', 'reset']) }),
  v.object({ do: v.literal('renegotiate'), on: name }),
  v.object({ do: v.literal('acknowledge'), on: name, once: v.optional(v.literal(true)) }),
  v.object({ do: v.literal('control'), action: v.literal('graceful-stop') }),
  v.object({ do: v.literal('sample'), what: processFact, label: name }),
  v.object({
    do: v.literal('watch'),
    what: processFact,
    from: name,
    label: name,
    growth: count,
    within: pause,
    returns: v.optional(v.boolean()),
  }),
]);

/** Outcomes that one expectation accepts; there are thirteen kinds, each in three grades. */
const mostOutcomes = 39;
/** Expectations of one script: one for each of its calls at most. */
const mostExpectations = 10_000;

const grade = v.optional(v.picklist(['warn', 'info']));

const answer = v.variant('of', [
  v.object({ of: v.literal('empty') }),
  v.object({ of: v.literal('payload'), octets: count }),
  v.object({ of: v.literal('sum'), octets: count }),
  v.object({ of: v.literal('stream'), sizes: list(count) }),
]);

const outcome = v.variant('is', [
  v.object({ is: v.literal('served'), answer, grade }),
  v.object({
    is: v.literal('status'),
    codes: list(uint32, 100, 1),
    text: v.optional(text),
    after: v.optional(list(count)),
    grade,
  }),
  v.object({ is: v.literal('rejected'), grade }),
  v.object({ is: v.literal('http'), status: v.optional(count), grade }),
  v.object({ is: v.literal('answered'), on: v.optional(v.literal('trailers')), grade }),
  v.object({ is: v.literal('ended'), grade }),
  v.object({ is: v.literal('in-place'), grade }),
  v.object({ is: v.literal('unechoed'), grade }),
  v.pipe(
    v.object({ is: v.literal('echoed'), in: v.picklist(['headers', 'trailers']), values: list(latin1), grade }),
    v.check(
      (echo) => echo.in === 'headers' || echo.values.every((value) => decodeBinaryValue(value) !== undefined),
      'must have values in base64 for the trailers',
    ),
  ),
  v.object({ is: v.literal('stream-error'), grade }),
  v.object({ is: v.literal('connection-error'), grade }),
  v.object({ is: v.literal('open'), grade }),
  v.object({ is: v.literal('ignored'), grade }),
  v.object({ is: v.literal('unsent'), grade }),
]);

const expectation: v.GenericSchema<unknown, Expectation> = v.object({
  on: v.object({ connection: name, stream: v.optional(streamId) }),
  row: v.optional(name),
  accepts: v.pipe(
    list(outcome, mostOutcomes, 1),
    v.check((accepts) => accepts.some((one) => one.grade === undefined), 'must have one outcome of full grade'),
  ),
});

const judging = v.object({
  needs: v.optional(list(v.picklist(Object.keys(unlocks) as Need[]), 100)),
  lane: v.optional(v.picklist(['shared', 'exclusive', 'hostile', 'restart'])),
  aboutConnecting: v.optional(v.boolean()),
  expectsDefence: v.optional(v.boolean()),
  aboutRefusals: v.optional(v.boolean()),
});

/** A plan as files hold it, read back with its octets. */
export const planSchema: v.GenericSchema<unknown, Plan> = v.pipe(
  v.object({
    steps: list(stepSchema, undefined, 1),
    nonces: v.optional(list(nonce, mostNonces)),
    calls: list(
      v.object({
        connection: name,
        stream: streamId,
        label: v.optional(name),
        kind: v.picklist(['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming', 'unknown']),
        path: text,
        legal: v.boolean(),
        acceptEncoding: v.optional(list(text)),
        hasDeadline: v.optional(v.boolean()),
        role: v.picklist(['subject', 'bystander', 'afterwards', 'probe', 'earlier']),
      }),
    ),
    expects: v.optional(list(expectation, mostExpectations)),
    judging: v.optional(judging),
  }),
  v.check(
    (plan) => findFault(plan) === undefined,
    ({ input }) => findFault(input) ?? '',
  ),
);

/** What may be expected where no call is made. */
const withoutCall: readonly Expectation['accepts'][number]['is'][] = [
  'connection-error',
  'open',
  'stream-error',
  'ignored',
];

/** What makes a plan one that cannot be played, as a clause that begins with a verb. */
function findFault({ steps, calls, expects = [] }: Plan): string | undefined {
  const opened = new Set<string>();
  let frames = 0;
  for (const [index, step] of steps.entries()) {
    if ('cuts' in step) frames += step.cuts?.length ?? 0;
    if (!('on' in step)) continue;
    if (step.do === 'open') {
      if (opened.has(step.on)) return `opens the connection ${printable(step.on)} twice, at steps.${index} again`;
      opened.add(step.on);
    } else if (!opened.has(step.on)) {
      return `uses the connection ${printable(step.on)} at steps.${index} and has not opened it`;
    }
  }
  if (opened.size === 0) return 'opens no connection';
  if (frames > mostFrames) return `has more than ${mostFrames} cuts`;
  const lost = calls.find(({ connection }) => !opened.has(connection));
  if (lost !== undefined) return `has a call on the connection ${printable(lost.connection)}, which it does not open`;
  const made = new Set(calls.map(({ connection, stream }) => `${stream} ${connection}`));
  for (const { on, accepts } of expects) {
    if (!opened.has(on.connection))
      return `expects something of the connection ${printable(on.connection)}, which it does not open`;
    const isAboutCall = accepts.some(({ is }) => !withoutCall.includes(is));
    if (isAboutCall && !made.has(`${on.stream ?? ''} ${on.connection}`))
      return `expects an answer on the connection ${printable(on.connection)} where it makes no call`;
  }
  return undefined;
}
