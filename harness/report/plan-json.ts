import * as v from 'valibot';
import type { Step } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import { decodeBase64, encodeBase64 } from './base64';
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

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const counts = v.array(count);
const name = v.string();
const octets = v.pipe(
  v.object({ base64: base64Schema }),
  v.transform(({ base64 }) => decodeBase64(base64)),
);
/** Names and values have one character per octet. */
const latin1 = v.pipe(
  v.string(),
  v.check((text) => !/[^\p{ASCII}\u{80}-\u{ff}]/u.test(text), 'expected one character per octet'),
);
const setting = v.object({ id: count, value: count });

const fieldSpec = v.object({
  name: latin1,
  value: latin1,
  representation: v.optional(v.picklist(['indexed', 'incremental', 'without-indexing', 'never-indexed'])),
  huffman: v.optional(
    v.union([v.boolean(), v.object({ name: v.optional(v.boolean()), value: v.optional(v.boolean()) })]),
  ),
  nameIndex: v.optional(v.union([v.picklist(['auto', 'literal']), count])),
});

const rawFrame = v.object({
  type: count,
  flags: count,
  streamId: count,
  reserved: v.boolean(),
  payload: octets,
  length: v.optional(count),
});

const budget = v.union([
  v.picklist(['reply', 'close', 'quiet', 'cancel', 'connect']),
  v.pipe(v.number(), v.finite(), v.minValue(0)),
]);

const condition = v.variant('see', [
  v.object({ see: v.literal('headers'), stream: count }),
  v.object({ see: v.literal('messages'), stream: count, count }),
  v.object({ see: v.literal('data'), stream: count, octets: count }),
  v.object({ see: v.literal('connection-data'), octets: count }),
  v.object({ see: v.literal('end'), stream: count }),
  v.object({ see: v.literal('reset'), stream: count }),
  v.object({ see: v.literal('goaway') }),
  v.object({ see: v.literal('ping-ack'), opaque: octets }),
  v.object({ see: v.literal('closed') }),
  v.object({ see: v.literal('connection-error') }),
  v.object({ see: v.literal('quiet') }),
]);

const stepSchema: v.GenericSchema<unknown, Step> = v.variant('do', [
  v.object({
    do: v.literal('open'),
    on: name,
    settings: v.optional(v.array(setting)),
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
    alpn: v.optional(v.array(v.string())),
    segments: v.optional(counts),
  }),
  v.object({
    do: v.literal('headers'),
    on: name,
    stream: count,
    fields: v.array(fieldSpec),
    endStream: v.boolean(),
    cuts: v.optional(counts),
    padLength: v.optional(count),
    priority: v.optional(v.object({ exclusive: v.boolean(), dependency: count, weight: count })),
    sizeUpdates: v.optional(counts),
    exceeds: v.optional(v.array(v.picklist(['streams', 'headerList']))),
    whenFull: v.optional(v.literal('skip')),
    endHeaders: v.optional(v.boolean()),
  }),
  v.object({
    do: v.literal('data'),
    on: name,
    stream: count,
    octets,
    endStream: v.boolean(),
    cuts: v.optional(counts),
    padLengths: v.optional(v.array(v.pipe(v.number(), v.integer(), v.minValue(-1)))),
    endStreamOnEmptyFrame: v.optional(v.boolean()),
  }),
  v.object({ do: v.literal('frame'), on: name, frame: rawFrame, unlessEnded: v.optional(v.boolean()) }),
  v.object({ do: v.literal('bytes'), on: name, octets }),
  v.object({ do: v.literal('settings'), on: name, settings: v.array(setting) }),
  v.object({ do: v.literal('grant'), on: name, stream: count, octets: count }),
  v.object({ do: v.literal('fence'), on: name, by: v.picklist(['settings', 'ping']), opaque: v.optional(octets) }),
  v.object({
    do: v.literal('await'),
    on: name,
    until: condition,
    within: budget,
    optional: v.optional(v.boolean()),
  }),
  v.object({ do: v.literal('pause'), milliseconds: v.pipe(v.number(), v.finite(), v.minValue(0)) }),
  v.object({ do: v.literal('close'), on: name, how: v.picklist(['fin', 'reset']) }),
  v.object({ do: v.literal('control'), action: v.literal('graceful-stop') }),
  v.object({ do: v.literal('sample'), what: v.literal('rss'), label: v.string() }),
  v.object({
    do: v.literal('watch'),
    what: v.literal('rss'),
    from: v.string(),
    label: v.string(),
    growth: count,
    within: count,
  }),
]);

/** A plan as files hold it, read back with its octets. */
export const planSchema: v.GenericSchema<unknown, Plan> = v.object({
  steps: v.array(stepSchema),
  calls: v.array(
    v.object({
      connection: name,
      stream: count,
      kind: v.picklist(['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming', 'unknown']),
      path: v.string(),
      legal: v.boolean(),
      acceptEncoding: v.optional(v.array(v.string())),
      role: v.picklist(['subject', 'bystander', 'afterwards', 'probe']),
    }),
  ),
});
