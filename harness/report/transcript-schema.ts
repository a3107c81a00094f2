import * as v from 'valibot';
import { count, list, measure, moment, name, text } from './bounded-values';
import type { SerializedTranscript } from './model';

/** Events of a connection; serializeTranscript keeps fewer. */
const mostEvents = 1_000_000;

/** Canonical base64 with padding: anything else would not decode to the octets that were written. */
export const base64Schema = v.pipe(
  v.string(),
  v.check((value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value), 'must be base64'),
);

const octetsSchema = v.object({ base64: base64Schema, omitted: v.optional(count) });

const eventSchema = v.variant('kind', [
  v.object({
    kind: v.literal('connected'),
    at: moment,
    tls: v.optional(v.object({ alpn: name, version: name, cipher: name, resumed: v.optional(v.boolean()) })),
    clear: v.optional(v.boolean()),
  }),
  v.object({ kind: v.literal('connect-failed'), at: moment, reason: text, errorName: name }),
  v.object({
    kind: v.literal('sent'),
    at: moment,
    octets: octetsSchema,
    by: v.union([count, v.literal('housekeeping')]),
  }),
  v.object({ kind: v.literal('received'), at: moment, octets: octetsSchema }),
  v.object({
    kind: v.literal('overflow'),
    at: moment,
    limit: count,
    bound: v.optional(v.object({ name: v.picklist(['run', 'connection', 'unasked']), octets: count })),
  }),
  v.object({
    kind: v.literal('closed'),
    at: moment,
    by: v.pipe(
      // Files of before 2026-11-29 call the client a peer.
      v.picklist(['target', 'client', 'peer']),
      v.transform((by): 'target' | 'client' => (by === 'peer' ? 'client' : by)),
    ),
    how: v.picklist(['fin', 'reset']),
  }),
  v.object({ kind: v.literal('renegotiated'), at: moment, by: v.picklist(['target', 'client']) }),
  v.object({ kind: v.literal('timeout'), at: moment, step: count, waitedFor: text }),
  v.object({ kind: v.literal('fenced'), at: moment, step: count }),
  v.object({
    kind: v.literal('flood'),
    at: moment,
    step: count,
    frames: count,
    octets: count,
    ended: v.optional(v.picklist(['sent', 'closed', 'refused', 'stalled', 'late'])),
  }),
  v.object({ kind: v.literal('skipped'), at: moment, step: count }),
]);

/** A transcript as files hold it. */
export const transcriptSchema: v.GenericSchema<unknown, SerializedTranscript> = v.object({
  connections: list(v.object({ name, events: list(eventSchema, mostEvents) })),
  samples: v.record(name, measure),
  abandoned: v.optional(v.object({ step: count, waitedFor: text, milliseconds: moment, limit: v.optional(text) })),
});
