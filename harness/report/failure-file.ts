import * as v from 'valibot';
import type { Plan } from '../grpc/call-plan';
import type { TargetFacts } from '../facts/target-facts';
import { count, integer, list, name, text } from './bounded-values';
import type { FindingRecord, RunHeader, SerializedTranscript } from './model';
import { planSchema, serializePlan, type SerializedPlan } from './plan-json';
import { parseDocument, type DocumentKind } from './read-json';
import { targetFactsSchema } from './target-facts-schema';
import { transcriptSchema } from './transcript-schema';
import { visibleJson } from './visible-json';

/**
 * Version of the failure file; raised when a field is removed or changes its meaning. In version 2 a plan may carry what is expected of it, and is judged by that.
 * Version 1 is judged by the property that it names.
 */
const failureSchemaVersion = 2;
const readVersions = [1, failureSchemaVersion] as const;

/** What is said about the finding, for people and for comparing a replay with it. */
export type FailureSummary = Pick<
  FindingRecord,
  | 'verdict'
  | 'mark'
  | 'confirmed'
  | 'summary'
  | 'sent'
  | 'observed'
  | 'expected'
  | 'reaction'
  | 'radius'
  | 'inputsTried'
  | 'shrinks'
  | 'provokedBy'
>;

/** A counterexample that can be played again with no generator involved, and checked in beside a fix. */
export interface FailureFile {
  readonly schemaVersion: (typeof readVersions)[number];
  readonly tool: RunHeader['tool'];
  /** The property whose script this is. */
  readonly property: string;
  /** The catalogue row that was broken; often that of the property. */
  readonly rule: string;
  readonly level: FindingRecord['level'];
  readonly seed: number;
  /** fast-check's path to the input. */
  readonly path: string;
  readonly input: unknown;
  /** Axes on which the plan is not the plainest; absent when there is none, and in files of older versions. */
  readonly axes?: FindingRecord['axes'];
  readonly facts: TargetFacts;
  /** Byte for byte what was sent: never cut. */
  readonly plan: Plan;
  /** The plan in words, one line per step. */
  readonly script: readonly string[];
  readonly finding: FailureSummary;
  /** What was seen, with long octets cut. */
  readonly transcript: SerializedTranscript;
}

/** The failure file of a finding. `filedUnder` is the property that the finding is filed under. */
export function makeFailureFile(
  header: Pick<RunHeader, 'tool'>,
  filedUnder: string,
  finding: FindingRecord,
  replay: { readonly plan: Plan; readonly facts: TargetFacts },
): FailureFile {
  const { rule, level, seed, path, input, axes, script, transcript } = finding;
  return {
    schemaVersion: failureSchemaVersion,
    tool: header.tool,
    property: finding.provokedBy ?? filedUnder,
    rule,
    level,
    seed,
    path,
    input,
    ...(axes === undefined ? {} : { axes }),
    facts: replay.facts,
    plan: replay.plan,
    script,
    finding: {
      verdict: finding.verdict,
      mark: finding.mark,
      confirmed: finding.confirmed,
      summary: finding.summary,
      sent: finding.sent,
      observed: finding.observed,
      expected: finding.expected,
      reaction: finding.reaction,
      radius: finding.radius,
      inputsTried: finding.inputsTried,
      shrinks: finding.shrinks,
      provokedBy: finding.provokedBy,
    },
    transcript,
  };
}

/** The text of a failure file: indented, because people read it and keep it in repositories. */
export function formatFailure(file: FailureFile): string {
  const plan: SerializedPlan = serializePlan(file.plan);
  return `${visibleJson({ ...file, plan }, 2)}\n`;
}

/** Reads a failure file. `file` is for the message. @throws ConformError ERR_FAILURE_FILE when the text is none of a version that we know. */
export function parseFailure(content: string, file: string): FailureFile {
  return parseDocument(content, file, failureDocument);
}

const failureSchema: v.GenericSchema<unknown, FailureFile> = v.object({
  schemaVersion: v.picklist(readVersions),
  tool: v.object({ name, version: name }),
  property: name,
  rule: name,
  level: v.picklist(['must', 'should', 'may', 'convention']),
  seed: integer,
  path: text,
  input: v.optional(v.unknown(), null),
  axes: v.optional(v.record(name, v.unknown())),
  facts: targetFactsSchema,
  plan: planSchema,
  script: list(text),
  finding: v.object({
    verdict: v.picklist(['fail', 'warn', 'info', 'flaky', 'known', 'error']),
    mark: v.optional(v.picklist(['crash', 'hang'])),
    confirmed: v.object({ failed: count, of: count }),
    summary: text,
    sent: text,
    observed: text,
    expected: text,
    reaction: text,
    radius: v.picklist(['stream', 'connection', 'server']),
    inputsTried: count,
    shrinks: count,
    provokedBy: v.optional(text),
  }),
  transcript: transcriptSchema,
});

/** A failure file, as it is read again. */
export const failureDocument: DocumentKind<FailureFile> = {
  name: 'failure',
  code: 'ERR_FAILURE_FILE',
  versions: readVersions,
  schema: failureSchema,
};
