import * as v from 'valibot';
import type { SerializedTranscript } from './model';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(v.number(), v.finite());

/** Canonical base64 with padding: anything else would not decode to the octets that were written. */
export const base64Schema = v.pipe(
  v.string(),
  v.check((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), 'expected base64'),
);

const octetsSchema = v.object({ base64: base64Schema, omitted: v.optional(count) });

const eventSchema = v.variant('kind', [
  v.object({
    kind: v.literal('connected'),
    at: time,
    tls: v.optional(v.object({ alpn: v.string(), version: v.string(), cipher: v.string() })),
  }),
  v.object({ kind: v.literal('connect-failed'), at: time, reason: v.string(), errorName: v.string() }),
  v.object({
    kind: v.literal('sent'),
    at: time,
    octets: octetsSchema,
    by: v.union([count, v.literal('housekeeping')]),
  }),
  v.object({ kind: v.literal('received'), at: time, octets: octetsSchema }),
  v.object({
    kind: v.literal('overflow'),
    at: time,
    limit: count,
    bound: v.optional(v.object({ name: v.picklist(['run', 'connection', 'unasked']), octets: count })),
  }),
  v.object({
    kind: v.literal('closed'),
    at: time,
    by: v.picklist(['target', 'peer']),
    how: v.picklist(['fin', 'reset']),
  }),
  v.object({ kind: v.literal('timeout'), at: time, step: count, waitedFor: v.string() }),
  v.object({ kind: v.literal('fenced'), at: time, step: count }),
  v.object({ kind: v.literal('skipped'), at: time, step: count }),
]);

/** A transcript as files hold it. */
export const transcriptSchema: v.GenericSchema<unknown, SerializedTranscript> = v.object({
  connections: v.array(v.object({ name: v.string(), events: v.array(eventSchema) })),
  samples: v.record(v.string(), v.number()),
  abandoned: v.optional(
    v.object({ step: count, waitedFor: v.string(), milliseconds: time, limit: v.optional(v.string()) }),
  ),
});
