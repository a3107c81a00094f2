import { BorrowedInput } from '../axes/borrowing';
import type { Plan } from '../grpc/call-plan';
import type { TargetFacts } from '../facts/target-facts';
import { isConformError } from '../error';
import { isOwnId } from '../properties/own-row';
import type { AnyProperty, Property } from '../properties/property';
import type { FailureFile } from '../report/failure-file';
import type { ProcessExit } from '../report/events';
import type { Violation } from '../rules/violation';
import { subSeed } from './sub-seed';
import type { Experiment } from './executor';
import { findCrashes } from './find-crashes';
import { findRefusal } from './find-refusal';
import { carriedBy, flakyAttempts, withExpectations } from './replay';
import { replayOptions, type FilingContext } from './run-context';
import { reduceFailure, type Failure } from './run-property';
import type { Draft } from './run-records';
import type { Slots } from './slots';
import { gravityOf, isAsBadAs } from './verdicts';

/** An input that once failed, with the file that it is from, without its folder. */
export interface CorpusInput {
  readonly name: string;
  readonly file: Omit<FailureFile, 'transcript'>;
}

/** The inputs of a run's corpus, and who is told what became of each. */
export interface Corpus {
  readonly inputs: readonly CorpusInput[];
  /** `why`: what kept an input from being judged, a clause. */
  readonly note: (name: string, outcome: 'held' | 'failed' | 'unjudged', why?: string) => void;
}

/** What an input of the corpus showed: the violation of the rule that its file is about. */
interface Shown {
  readonly input: CorpusInput;
  readonly property: AnyProperty;
  readonly failure: Failure;
  readonly violation: Violation;
}

/**
 * Plays what the corpus has of a property, octet for octet, and judges it as `replay` does. What fails becomes a finding of the row that it breaks, one for each
 * reaction.
 *
 * @returns ends of the process that an input of it was found for.
 */
export async function playCorpus(
  property: AnyProperty,
  context: FilingContext,
  slots: Slots,
): Promise<readonly ProcessExit[]> {
  const { corpus } = context.run;
  const inputs = corpus?.inputs.filter(({ file }) => file.property === property.id) ?? [];
  if (corpus === undefined || inputs.length === 0) return [];
  const explained: ProcessExit[] = [];
  const shown = await Promise.all(
    inputs.map((input) => playInput(input, property, context, slots, (exit) => void explained.push(exit))),
  );
  const { records } = context;
  const filed = new Map<string, Shown>();
  for (const one of shown) {
    if (one === undefined) continue;
    const key = JSON.stringify([one.failure.rule, one.violation.reaction]);
    const isDouble = filed.has(key) || records.find(one.failure.rule)?.findings.some(isOf(one)) === true;
    if (isDouble) corpus.note(one.input.name, 'failed');
    else if (await fileShown(one, context)) filed.set(key, one);
  }
  // Where the rule is another row than that of the property, nobody else says the last word on it.
  for (const { failure } of filed.values())
    if (failure.rule !== property.id) records.conclude(records.ofRow(failure.rule));
  return explained;
}

const isOf =
  ({ failure, violation }: Shown) =>
  ({ rule, reaction }: Draft['findings'][number]): boolean =>
    rule === failure.rule && reaction === violation.reaction;

async function playInput(
  input: CorpusInput,
  given: AnyProperty,
  context: FilingContext,
  places: Slots,
  onExplained: (exit: ProcessExit) => void,
): Promise<Shown | undefined> {
  const { executor, levelOf, isKnown, slots, run } = context;
  const { name } = input;
  const note = (outcome: 'held' | 'failed' | 'unjudged', why?: string): undefined => {
    run.corpus?.note(name, outcome, why);
    return undefined;
  };
  const prepared = prepare(input, given, executor.facts);
  if ('why' in prepared) return note('unjudged', prepared.why);
  const { property, plan, file } = prepared;
  const borrowed = file.axes === undefined ? file.input : new BorrowedInput(file.input, file.axes);
  const isFlaky = file.finding.confirmed.failed < file.finding.confirmed.of;
  for (let attempt = 1; ; attempt++) {
    if (executor.aborted || context.clock.whyOver !== undefined) return note('unjudged', 'the run was over');
    const play = (): Promise<Experiment> => executor.playPlan(property, plan, borrowed);
    const played = await (property.timed === true ? places.alone(play) : places.one(play));
    const experiment: Experiment = file.axes === undefined ? played : { ...played, axes: file.axes };
    const { judgement, exit } = experiment;
    const failures = violationsOf(experiment, file.rule);
    run.listener({
      type: 'input-judged',
      id: property.id,
      index: attempt - 1,
      phase: 'corpus',
      broken: [...new Set(failures.map(({ rule }) => rule))],
      milliseconds: experiment.milliseconds,
    });
    if (exit !== undefined && property.lane !== 'restart') {
      const crash = await findCrashes(property, [{ index: 0, input: borrowed, exit, plan }], executor, slots);
      if (crash === undefined) return note('unjudged', "the target's process ended, and not because of it");
      onExplained(exit);
      onExplained(crash.exit);
      const [violation] =
        crash.failure.experiment.judgement.kind === 'judged' ? crash.failure.experiment.judgement.violations : [];
      return violation && { input, property, failure: crash.failure, violation };
    }
    if (judgement.kind !== 'judged')
      return note('unjudged', judgement.kind === 'cut-short' ? 'the run was over' : judgement.reason);
    const recorded = failures.find(({ reaction }) => reaction === file.finding.reaction);
    const violation = recorded ?? failures[0];
    if (violation !== undefined) {
      const refusal = await findRefusal(judgement.seen, run.target, run.signal);
      if (refusal !== undefined) return note('unjudged', refusal);
      const weight = { gravity: gravityOf(violation, levelOf(violation.rule)), isKnown: isKnown(violation) };
      const failure: Failure = { property, rule: file.rule, ...weight, index: 0, input: borrowed, experiment };
      return { input, property, failure, violation };
    }
    if (!isFlaky || attempt >= flakyAttempts) return note('held');
  }
}

/** Confirms what an input showed, and files it. @returns true when there is a finding. */
async function fileShown({ input, failure, violation }: Shown, context: FilingContext): Promise<boolean> {
  const { executor, filer, records, heartbeat, run } = context;
  const search = replayOptions(context, subSeed(run.options.seed, failure.property.id));
  const hasServed = heartbeat.watch();
  const counterexample = await reduceFailure(failure, executor, { ...search, shrinkMs: 0 });
  const { confirmed, unjudged } = counterexample;
  const isNoise = failure.property.timed === true && confirmed.failed === 0;
  if (confirmed.of === 0 || isNoise || !(await hasServed())) {
    run.corpus?.note(input.name, 'unjudged', unjudged ?? 'it could not be confirmed');
    return false;
  }
  const isCrash = violation.mark === 'crash';
  await filer.file(
    records.ofRow(failure.rule),
    failure,
    { ...counterexample, path: input.file.path },
    { corpus: { file: input.name, seed: input.file.seed }, ...(isCrash ? { radius: 'server' as const } : {}) },
  );
  run.corpus?.note(input.name, 'failed');
  return true;
}

/** What an input showed of the rule of its file, as far as that is more than a free choice. */
const violationsOf = ({ judgement, exit }: Experiment, wanted: string): readonly Violation[] =>
  judgement.kind === 'judged' && exit === undefined
    ? judgement.violations.filter(({ rule, severity }) => rule === wanted && severity !== 'info')
    : [];

/** An input as it is played against the target at hand, with a property that judges it as its file says; or why it is not. */
function prepare(
  { file: given }: CorpusInput,
  named: AnyProperty,
  facts: TargetFacts,
):
  | { readonly property: AnyProperty; readonly plan: Plan; readonly file: CorpusInput['file'] }
  | { readonly why: string } {
  try {
    const whole = { ...given, transcript: { connections: [], samples: {} } };
    const carried = carriedBy(whole);
    const file = carried === undefined ? withExpectations(whole, named) : whole;
    const why = whyNotHere(file, carried?.needs ?? named.needs ?? [], facts);
    if (why !== undefined) return { why };
    const { check } = named as unknown as Property<unknown>;
    const judge: typeof check =
      carried !== undefined || check === undefined ? undefined : (seen, input) => check(seen, input, file.facts);
    const { check: _, ...rest } = named;
    const property = {
      ...rest,
      ...carried,
      ...(judge === undefined ? {} : { check: judge }),
    } as unknown as AnyProperty;
    return { property, plan: aimAt(file.plan, file.facts, facts), file };
  } catch (error) {
    if (isConformError(error)) return { why: error.sentence };
    throw error;
  }
}

/** Why an input says nothing about this target, or may not be played against it: a clause. */
function whyNotHere(
  { plan, facts: before, property }: CorpusInput['file'],
  needs: readonly string[],
  facts: TargetFacts,
): string | undefined {
  const missing = needs.filter((need) => !(facts.offers as readonly string[]).includes(need));
  if (missing.length > 0) return `the target does not offer ${missing.join(', ')}`;
  if (before.offers.includes('unary') !== facts.offers.includes('unary'))
    return 'it is about a target that offers other methods';
  // Nothing of the user's is called that this run does not allow.
  const allowed = new Set(facts.schema?.methods.map(({ path }) => path));
  const forbidden = plan.calls.find(({ path, kind }) => kind !== 'unknown' && !isOfTests(path) && !allowed.has(path));
  if (forbidden !== undefined && !isOwnId(property)) return `this run does not allow ${forbidden.path} with --method`;
  return undefined;
}

const isOfTests = (path: string): boolean => /^\/(?:grpc|grpcconform)\./.test(path);

/** A plan that was made for another address names this one: no server need serve what it is not called. */
function aimAt(plan: Plan, before: TargetFacts, facts: TargetFacts): Plan {
  const steps = plan.steps.map((step) =>
    step.do !== 'headers'
      ? step
      : {
          ...step,
          fields: step.fields.map((field) => {
            if (field.name === ':authority' && field.value === before.authority)
              return { ...field, value: facts.authority };
            if (field.name === ':scheme' && field.value === before.scheme) return { ...field, value: facts.scheme };
            return field;
          }),
        },
  );
  return { ...plan, steps };
}

/** True when a row has a finding that says as much as this one: the corpus has shown it already. */
export const isTold = (
  { findings }: Pick<Draft, 'findings'>,
  { rule, gravity }: Pick<Failure, 'rule' | 'gravity'>,
  { reaction }: Pick<Violation, 'reaction'>,
): boolean =>
  findings.some(
    (finding) =>
      finding.corpusFile !== undefined &&
      finding.rule === rule &&
      finding.reaction === reaction &&
      finding.verdict !== 'flaky' &&
      isAsBadAs(finding.gravity ?? 'fail', gravity),
  );
