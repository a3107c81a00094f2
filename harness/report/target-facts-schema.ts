import * as v from 'valibot';
import { unlocks, type Need } from '../properties/need';
import type { TargetFacts } from '../properties/target-facts';
import { scalarTypes } from '../schema/schema';

const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const fieldTypeSchema = v.variant('kind', [
  v.object({ kind: v.literal('scalar'), scalar: v.picklist(scalarTypes) }),
  v.object({ kind: v.literal('enum'), name: v.string() }),
  v.object({ kind: v.literal('message'), name: v.string(), delimited: v.boolean() }),
]);

const schemaSchema = v.object({
  methods: v.array(
    v.object({
      path: v.string(),
      kind: v.picklist(['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming']),
      input: v.string(),
      output: v.string(),
      idempotent: v.boolean(),
    }),
  ),
  messages: v.array(
    v.object({
      name: v.string(),
      fields: v.array(
        v.object({
          number: count,
          name: v.string(),
          type: fieldTypeSchema,
          cardinality: v.picklist(['optional', 'required', 'repeated']),
          hasPresence: v.boolean(),
          packed: v.boolean(),
          verifiesUtf8: v.boolean(),
          oneof: v.optional(v.string()),
        }),
      ),
      extensions: v.array(v.tuple([count, count])),
      mapEntry: v.boolean(),
    }),
  ),
  enums: v.array(
    v.object({ name: v.string(), numbers: v.array(v.pipe(v.number(), v.integer())), closed: v.boolean() }),
  ),
  unusable: v.array(v.object({ path: v.string(), reason: v.string() })),
});

/** What was known of a target, as failure files hold it. */
export const targetFactsSchema: v.GenericSchema<unknown, TargetFacts> = v.object({
  authority: v.string(),
  scheme: v.picklist(['http', 'https']),
  metadata: v.array(v.object({ name: v.string(), value: v.string() })),
  offers: v.array(v.picklist(Object.keys(unlocks) as Need[])),
  settings: v.array(v.object({ id: count, value: count })),
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
      age: v.optional(milliseconds),
      idle: v.optional(milliseconds),
    }),
  ),
  denials: v.optional(v.array(v.string())),
  acceptedEncodings: v.optional(v.array(v.string())),
  schema: v.optional(schemaSchema),
  idempotent: v.optional(v.array(v.string())),
  roundTrip: milliseconds,
  times: v.object({
    reply: milliseconds,
    close: milliseconds,
    quiet: milliseconds,
    cancel: milliseconds,
    connect: milliseconds,
    roundTrip: v.optional(milliseconds),
  }),
});
