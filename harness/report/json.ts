import * as v from 'valibot';
import type { ProcessExit } from './events';
import {
  phaseMeanings,
  runSchemaVersion,
  verdictMeanings,
  type FindingRecord,
  type PropertyRecord,
  type PropertyVerdict,
  type RowRecord,
  type RunPhase,
  type RunRecord,
} from './model';
import { strengthMeanings, type Strength } from '../catalogue/requirement';
import { addCatalogueTexts } from './catalogue-texts';
import { count, duration, integer, list, measure, moment, name, text, timestamp } from './bounded-values';
import { parseDocument, type DocumentKind } from './read-json';
import { visibleJson } from './visible-json';
import { transcriptSchema } from './transcript-schema';

/** The text of run.json, documented in run-json.md. */
export function formatRun(run: RunRecord): string {
  return `${visibleJson(run)}\n`;
}

/** Reads run.json. `file` is for the message. @throws ConformError ERR_RUN_FILE when the text is no run of a version that we know. */
export function parseRun(content: string, file: string): RunRecord {
  return parseDocument(content, file, runDocument);
}

const level = v.picklist(['must', 'should', 'may', 'convention']);
const runVerdict = v.picklist(['pass', 'fail', 'error']);
const propertyVerdict = v.picklist(Object.keys(verdictMeanings) as PropertyVerdict[]);

const exitSchema: v.GenericSchema<unknown, ProcessExit> = v.object({
  code: v.nullable(integer),
  signal: v.nullable(text),
  output: text,
});

const findingSchema: v.GenericSchema<unknown, FindingRecord> = v.object({
  rule: name,
  level,
  verdict: v.picklist(['fail', 'warn', 'info', 'flaky', 'known', 'error']),
  gravity: v.optional(v.picklist(['fail', 'warn'])),
  mark: v.optional(v.picklist(['crash', 'hang'])),
  confirmed: v.object({ failed: count, of: count }),
  attempts: v.optional(list(v.object({ reaction: v.optional(text), milliseconds: duration }))),
  summary: text,
  sent: text,
  observed: text,
  expected: text,
  reaction: text,
  radius: v.picklist(['stream', 'connection', 'server']),
  inputsTried: count,
  shrinks: count,
  provokedBy: v.optional(text),
  alsoSeenIn: list(text),
  // JSON.stringify leaves out a value that JSON cannot hold.
  input: v.optional(v.unknown(), null),
  axes: v.optional(v.record(name, v.unknown())),
  seed: integer,
  path: text,
  script: list(text),
  firstFound: v.optional(v.object({ script: list(text), reaction: text })),
  transcript: transcriptSchema,
  at: v.optional(v.object({ connection: text, packet: count })),
  secondOpinion: v.optional(v.object({ clients: list(text), agrees: v.boolean(), text })),
  process: v.optional(exitSchema),
  printed: v.optional(list(v.object({ after: moment, output: text }))),
  failureFile: v.optional(text),
  corpusFile: v.optional(text),
  blocks: v.optional(list(text)),
  causeKey: v.optional(text),
  symptom: v.optional(
    v.object({
      reaction: text,
      telling: list(text),
      features: list(text),
      beside: v.optional(text),
      plainly: v.optional(text),
      isSure: v.optional(v.literal(true)),
    }),
  ),
  known: v.optional(v.object({ reason: text, link: v.optional(text), file: v.optional(text) })),
});

const propertySchema: v.GenericSchema<unknown, PropertyRecord> = v.object({
  id: name,
  area: name,
  level,
  rule: text,
  sources: list(
    v.object({
      document: text,
      section: text,
      url: text,
      strength: v.optional(v.picklist(Object.keys(strengthMeanings) as Strength[])),
    }),
  ),
  generates: text,
  accepts: list(text),
  verdict: propertyVerdict,
  runs: count,
  durationMs: duration,
  playedMs: v.optional(duration),
  waitedMs: v.optional(duration),
  reason: v.optional(text),
  unlock: v.optional(text),
  findings: list(findingSchema),
  isOurFault: v.optional(v.literal(true)),
  isSuiteFault: v.optional(v.literal(true)),
  reactions: v.optional(v.record(name, count)),
  answers: v.optional(v.record(name, count)),
  labels: v.optional(v.record(name, count)),
  sample: v.optional(v.object({ input: v.optional(v.unknown()), script: list(text), transcript: transcriptSchema })),
});

const rowSchema: v.GenericSchema<unknown, RowRecord> = v.object({
  row: name,
  verdict: v.picklist([...(Object.keys(verdictMeanings) as PropertyVerdict[]), 'not-seen']),
  inputs: count,
  calls: count,
  connections: count,
  judged: count,
});

const targetSchema = v.object({
  name,
  byDefault: v.optional(v.boolean()),
  transport: v.picklist(['tcp', 'tls', 'unix', 'unix+tls']),
  tls: v.optional(v.object({ version: text, alpn: text, cipher: text })),
  tier: v.picklist([0, 1, 2]),
  identification: text,
  offers: list(text),
  missing: list(v.object({ need: name, unlock: text, properties: count })),
  testable: v.optional(count),
  locked: v.optional(list(v.object({ unlock: text, properties: count }))),
  capabilities: v.optional(
    list(
      v.object({
        need: name,
        state: v.picklist(['offered', 'absent', 'broken', 'unkept', 'denied']),
        why: v.optional(text),
      }),
    ),
  ),
  denied: v.optional(v.object({ answer: text, unlock: text })),
  limits: v.optional(list(v.object({ name, value: count, from: text }))),
  roundTripMs: duration,
  exec: v.optional(text),
  schema: v.optional(
    v.object({
      from: text,
      services: list(
        v.object({
          name,
          isUsers: v.boolean(),
          methods: list(
            v.object({
              name,
              kind: v.picklist(['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming']),
              input: text,
              output: text,
              allowed: v.boolean(),
              idempotent: v.boolean(),
            }),
          ),
        }),
      ),
      problems: list(text),
    }),
  ),
});

const headerSchema = v.object({
  tool: v.object({ name, version: text }),
  startedAt: timestamp,
  commandLine: list(text),
  invocation: v.optional(list(text)),
  seed: integer,
  runs: count,
  target: targetSchema,
  baseline: v.optional(
    v.object({
      file: text,
      entries: count,
      layers: v.optional(list(v.object({ file: text, entries: count }))),
    }),
  ),
  lost: v.optional(list(v.object({ need: name, because: text, file: v.optional(text), unlock: text }))),
  selected: list(text),
  options: v.record(name, v.union([text, measure, v.boolean()])),
  given: v.optional(v.record(name, text)),
});

const changedRows = list(v.object({ id: name, text }));

/** A whole run.json. */
export const runSchema: v.GenericSchema<unknown, RunRecord> = v.object({
  schemaVersion: v.literal(runSchemaVersion),
  status: v.picklist(['complete', 'incomplete']),
  reason: v.optional(text),
  verdict: runVerdict,
  exitCode: v.optional(count),
  seed: integer,
  header: headerSchema,
  target: targetSchema,
  properties: list(propertySchema),
  rows: v.optional(list(rowSchema)),
  warnings: list(text),
  exits: list(exitSchema),
  durationMs: duration,
  phases: v.optional(
    list(
      v.object({
        phase: v.picklist(Object.keys(phaseMeanings) as RunPhase[]),
        properties: count,
        startedMs: duration,
      }),
    ),
  ),
  hashes: v.optional(v.object({ asked: text, found: text })),
  change: v.optional(
    v.object({
      since: v.object({ file: text, startedAt: timestamp, verdict: text }),
      worse: changedRows,
      better: changedRows,
      notes: list(text),
    }),
  ),
});

/** run.json, as it is read again. */
export const runDocument: DocumentKind<RunRecord> = {
  name: 'run',
  code: 'ERR_RUN_FILE',
  versions: [runSchemaVersion],
  // Published runs leave to the catalogue what it says.
  schema: v.pipe(v.unknown(), v.transform(addCatalogueTexts), runSchema),
};
