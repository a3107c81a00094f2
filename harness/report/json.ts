import * as v from 'valibot';
import { ConformError } from '../error';
import type { ProcessExit } from './events';
import {
  runSchemaVersion,
  verdictMeanings,
  type FindingRecord,
  type PropertyRecord,
  type PropertyVerdict,
  type RunRecord,
} from './model';
import { strengthMeanings, type Strength } from '../catalogue/requirement';
import { printable } from './printable';
import { describeIssues, parseJson } from './read-json';
import { transcriptSchema } from './transcript-schema';

/** The text of run.json, documented in run-json.md. */
export function formatRun(run: RunRecord): string {
  return `${JSON.stringify(run)}\n`;
}

/** Reads run.json. `fileName` is for the message. @throws ConformError ERR_RUN_FILE when the text is no run of a version that we know. */
export function parseRun(text: string, fileName: string): RunRecord {
  const json = parseJson(text);
  if (!json.ok) throw runFileError(fileName, json.reason);
  const { value } = json;
  if (
    typeof value === 'object' &&
    value !== null &&
    'schemaVersion' in value &&
    value.schemaVersion !== runSchemaVersion
  ) {
    throw runFileError(
      fileName,
      `its schemaVersion is ${printable(String(value.schemaVersion))}, this program reads ${runSchemaVersion}`,
    );
  }
  const result = v.safeParse(runSchema, value);
  if (!result.success) throw runFileError(fileName, describeIssues(result.issues));
  return result.output;
}

function runFileError(fileName: string, reason: string): ConformError {
  return new ConformError('ERR_RUN_FILE', `${fileName} is no run.json of this program: ${reason}.`);
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const duration = v.pipe(v.number(), v.finite(), v.minValue(0));
const level = v.picklist(['must', 'should', 'may', 'convention']);
const runVerdict = v.picklist(['pass', 'fail', 'error']);
const propertyVerdict = v.picklist(Object.keys(verdictMeanings) as PropertyVerdict[]);

const exitSchema: v.GenericSchema<unknown, ProcessExit> = v.object({
  code: v.nullable(v.number()),
  signal: v.nullable(v.string()),
  output: v.string(),
});

const findingSchema: v.GenericSchema<unknown, FindingRecord> = v.object({
  rule: v.string(),
  level,
  verdict: v.picklist(['fail', 'warn', 'info', 'flaky', 'known', 'error']),
  gravity: v.optional(v.picklist(['fail', 'warn'])),
  mark: v.optional(v.picklist(['crash', 'hang'])),
  confirmed: v.object({ failed: count, of: count }),
  summary: v.string(),
  sent: v.string(),
  observed: v.string(),
  expected: v.string(),
  reaction: v.string(),
  radius: v.picklist(['stream', 'connection', 'server']),
  inputsTried: count,
  shrinks: count,
  provokedBy: v.optional(v.string()),
  alsoSeenIn: v.array(v.string()),
  // JSON.stringify leaves out a value that JSON cannot hold.
  input: v.optional(v.unknown(), null),
  seed: v.number(),
  path: v.string(),
  script: v.array(v.string()),
  transcript: transcriptSchema,
  at: v.optional(v.object({ connection: v.string(), packet: count })),
  secondOpinion: v.optional(v.object({ clients: v.array(v.string()), agrees: v.boolean(), text: v.string() })),
  process: v.optional(exitSchema),
  failureFile: v.optional(v.string()),
  blocks: v.optional(v.array(v.string())),
  causeKey: v.optional(v.string()),
  known: v.optional(v.object({ reason: v.string(), link: v.optional(v.string()) })),
});

const propertySchema: v.GenericSchema<unknown, PropertyRecord> = v.object({
  id: v.string(),
  area: v.string(),
  level,
  rule: v.string(),
  sources: v.array(
    v.object({
      document: v.string(),
      section: v.string(),
      url: v.string(),
      strength: v.optional(v.picklist(Object.keys(strengthMeanings) as Strength[])),
    }),
  ),
  generates: v.string(),
  accepts: v.array(v.string()),
  verdict: propertyVerdict,
  runs: count,
  durationMs: duration,
  reason: v.optional(v.string()),
  unlock: v.optional(v.string()),
  findings: v.array(findingSchema),
  reactions: v.optional(v.record(v.string(), count)),
});

const targetSchema = v.object({
  name: v.string(),
  byDefault: v.optional(v.boolean()),
  transport: v.picklist(['tcp', 'tls', 'unix', 'unix+tls']),
  tls: v.optional(v.object({ version: v.string(), alpn: v.string(), cipher: v.string() })),
  tier: v.picklist([0, 1, 2]),
  identification: v.string(),
  offers: v.array(v.string()),
  missing: v.array(v.object({ need: v.string(), unlock: v.string(), properties: count })),
  testable: v.optional(count),
  locked: v.optional(v.array(v.object({ unlock: v.string(), properties: count }))),
  capabilities: v.optional(
    v.array(
      v.object({
        need: v.string(),
        state: v.picklist(['offered', 'absent', 'broken', 'unkept', 'denied']),
        why: v.optional(v.string()),
      }),
    ),
  ),
  denied: v.optional(v.object({ answer: v.string(), unlock: v.string() })),
  limits: v.optional(v.array(v.object({ name: v.string(), value: count, from: v.string() }))),
  roundTripMs: duration,
  exec: v.optional(v.string()),
  schema: v.optional(
    v.object({
      from: v.string(),
      services: v.array(
        v.object({
          name: v.string(),
          isUsers: v.boolean(),
          methods: v.array(
            v.object({
              name: v.string(),
              kind: v.picklist(['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming']),
              input: v.string(),
              output: v.string(),
              allowed: v.boolean(),
              idempotent: v.boolean(),
            }),
          ),
        }),
      ),
      problems: v.array(v.string()),
    }),
  ),
});

const headerSchema = v.object({
  tool: v.object({ name: v.string(), version: v.string() }),
  startedAt: v.string(),
  commandLine: v.array(v.string()),
  seed: v.number(),
  runs: count,
  target: targetSchema,
  baseline: v.optional(v.object({ file: v.string(), entries: count })),
  lost: v.optional(v.array(v.object({ need: v.string(), because: v.string(), unlock: v.string() }))),
  selected: v.array(v.string()),
  options: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});

const runSchema: v.GenericSchema<unknown, RunRecord> = v.object({
  schemaVersion: v.literal(runSchemaVersion),
  status: v.picklist(['complete', 'incomplete']),
  reason: v.optional(v.string()),
  verdict: runVerdict,
  exitCode: v.optional(count),
  seed: v.number(),
  header: headerSchema,
  target: targetSchema,
  properties: v.array(propertySchema),
  warnings: v.array(v.string()),
  exits: v.array(exitSchema),
  durationMs: duration,
});
