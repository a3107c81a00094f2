import * as v from 'valibot';
import { unlocks, type Need } from '../facts/need';
import type { TargetFacts } from '../facts/target-facts';
import { reflectionVersions } from '../schema/reflection-versions';
import { scalarTypes } from '../schema/schema';
import { count, duration, integer, list, name, setting, text, wait } from './bounded-values';

const fieldTypeSchema = v.variant('kind', [
  v.object({ kind: v.literal('scalar'), scalar: v.picklist(scalarTypes) }),
  v.object({ kind: v.literal('enum'), name }),
  v.object({ kind: v.literal('message'), name, delimited: v.boolean() }),
]);

const schemaSchema = v.object({
  methods: list(
    v.object({
      path: text,
      kind: v.picklist(['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming']),
      input: text,
      output: text,
      idempotent: v.boolean(),
    }),
  ),
  messages: list(
    v.object({
      name,
      fields: list(
        v.object({
          number: count,
          name,
          type: fieldTypeSchema,
          cardinality: v.picklist(['optional', 'required', 'repeated']),
          hasPresence: v.boolean(),
          packed: v.boolean(),
          verifiesUtf8: v.boolean(),
          oneof: v.optional(name),
        }),
      ),
      extensions: list(v.tuple([count, count])),
      mapEntry: v.boolean(),
    }),
  ),
  enums: list(v.object({ name, numbers: list(integer), closed: v.boolean() })),
  unusable: list(v.object({ path: text, reason: text })),
});

/** What was known of a target, as failure files hold it. */
export const targetFactsSchema: v.GenericSchema<unknown, TargetFacts> = v.object({
  authority: text,
  scheme: v.picklist(['http', 'https']),
  metadata: list(v.object({ name, value: text })),
  offers: list(v.picklist(Object.keys(unlocks) as Need[])),
  settings: list(setting),
  messageLimit: v.optional(count),
  limits: v.optional(
    v.object({
      streams: v.optional(count),
      handlers: v.optional(count),
      message: v.optional(count),
      body: v.optional(count),
      headerList: v.optional(count),
      callsPerConnection: v.optional(count),
      emptyFrames: v.optional(count),
      age: v.optional(duration),
      idle: v.optional(duration),
    }),
  ),
  claims: v.optional(
    v.object({
      keepaliveTime: v.optional(duration),
      keepaliveTimeout: v.optional(duration),
      maxAge: v.optional(duration),
      maxAgeGrace: v.optional(duration),
      maxIdle: v.optional(duration),
    }),
  ),
  denials: v.optional(list(text)),
  acceptedEncodings: v.optional(list(text)),
  reflected: v.optional(
    v.object({
      versions: list(v.picklist(reflectionVersions)),
      services: list(name),
      symbols: list(name),
      files: list(name),
    }),
  ),
  schema: v.optional(schemaSchema),
  idempotent: v.optional(list(text)),
  certificateNames: v.optional(list(text)),
  roundTrip: duration,
  times: v.object({
    reply: wait,
    close: wait,
    quiet: wait,
    cancel: wait,
    connect: wait,
    roundTrip: v.optional(duration),
  }),
});
