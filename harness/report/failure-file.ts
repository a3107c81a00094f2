import * as v from 'valibot';
import { ConformError } from '../error';
import type { Plan } from '../grpc/call-plan';
import type { TargetFacts } from '../properties/target-facts';
import type { FindingRecord, RunHeader, SerializedTranscript } from './model';
import { planSchema, serializePlan, type SerializedPlan } from './plan-json';
import { printable } from './printable';
import { describeIssues, parseJson } from './read-json';
import { targetFactsSchema } from './target-facts-schema';
import { transcriptSchema } from './transcript-schema';

/** Version of the failure file; raised when a field is removed or changes its meaning. */
export const failureSchemaVersion = 1;

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
  readonly schemaVersion: typeof failureSchemaVersion;
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
  const { rule, level, seed, path, input, script, transcript } = finding;
  return {
    schemaVersion: failureSchemaVersion,
    tool: header.tool,
    property: finding.provokedBy ?? filedUnder,
    rule,
    level,
    seed,
    path,
    input,
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
  return `${JSON.stringify({ ...file, plan }, undefined, 2)}\n`;
}

/** Reads a failure file. `fileName` is for the message. @throws ConformError ERR_FAILURE_FILE when the text is none of a version that we know. */
export function parseFailure(text: string, fileName: string): FailureFile {
  const json = parseJson(text);
  if (!json.ok) throw failureFileError(fileName, json.reason);
  const { value } = json;
  if (
    typeof value === 'object' &&
    value !== null &&
    'schemaVersion' in value &&
    value.schemaVersion !== failureSchemaVersion
  ) {
    const theirs = printable(String(value.schemaVersion));
    throw failureFileError(fileName, `its schemaVersion is ${theirs}, this program reads ${failureSchemaVersion}`);
  }
  const result = v.safeParse(failureSchema, value);
  if (!result.success) throw failureFileError(fileName, describeIssues(result.issues));
  return result.output;
}

function failureFileError(fileName: string, reason: string): ConformError {
  return new ConformError('ERR_FAILURE_FILE', `${fileName} is no failure file of this program: ${reason}.`);
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const failureSchema: v.GenericSchema<unknown, FailureFile> = v.object({
  schemaVersion: v.literal(failureSchemaVersion),
  tool: v.object({ name: v.string(), version: v.string() }),
  property: v.string(),
  rule: v.string(),
  level: v.picklist(['must', 'should', 'may', 'convention']),
  seed: v.number(),
  path: v.string(),
  input: v.optional(v.unknown(), null),
  facts: targetFactsSchema,
  plan: planSchema,
  script: v.array(v.string()),
  finding: v.object({
    verdict: v.picklist(['fail', 'warn', 'info', 'flaky', 'known', 'error']),
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
  }),
  transcript: transcriptSchema,
});
