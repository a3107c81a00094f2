import { labelsOf } from '../axes/axes';
import { splitInput } from '../axes/borrowing';
import { cutLines } from '../cut-lines';
import { describeObserved, missingIn } from '../rules/describe-observed';
import type { TargetFacts } from '../facts/target-facts';
import type { Level } from '../catalogue/requirement';
import type { ProcessExit } from '../report/events';
import { keyOf } from '../report/cause-key';
import { symptomOf } from '../report/symptom';
import { describeScript } from '../report/describe-script';
import { describeSent, mixedUpWith } from '../report/describe-sent';
import type { Plan } from '../grpc/call-plan';
import type { Violation } from '../rules/violation';
import type { FindingRecord } from '../report/model';
import { recordTranscript } from './condense';
import { isSteady, type Counterexample, type Failure } from './run-property';

/** What the engine knows about a confirmed counterexample beside the counterexample itself. */
export interface FindingContext {
  readonly failure: Failure;
  readonly counterexample: Counterexample;
  readonly level: Level;
  readonly facts: TargetFacts;
  readonly seed: number;
  readonly radius: FindingRecord['radius'];
  readonly alsoSeenIn: readonly string[];
  readonly process?: ProcessExit;
  readonly printed?: FindingRecord['printed'];
  readonly blocks?: readonly string[];
  readonly secondOpinion?: FindingRecord['secondOpinion'];
}

/** The record of a finding, without what the baseline says about it. */
export function makeFinding(context: FindingContext): FindingRecord {
  const { failure, counterexample, level, facts } = context;
  const { violation, experiment, confirmed } = counterexample;
  const { seen } = experiment.judgement;
  const observed = capitalize(`${describeObserved(violation, seen)}${describeMixUp(violation, experiment.plan)}`);
  const { axes } = experiment;
  const symptom = symptomOf(experiment.plan, { ...violation, rule: failure.rule }, missingIn(violation, seen));
  const labels = labelsOf(axes ?? {});
  return {
    rule: failure.rule,
    level,
    verdict: isSteady(counterexample) ? (failure.gravity === 'fail' ? 'fail' : 'warn') : 'flaky',
    gravity: failure.gravity === 'fail' ? 'fail' : 'warn',
    ...(violation.mark === undefined ? {} : { mark: violation.mark }),
    confirmed,
    ...(counterexample.attempts === undefined ? {} : { attempts: counterexample.attempts }),
    summary: `${observed}; the rule wants ${violation.expected}.`,
    sent: `${capitalize(describeSent(experiment.plan, facts.metadata))}${describeAxes(labels)}.`,
    observed: `${observed}.`,
    expected: `${capitalize(violation.expected)}.`,
    reaction: violation.reaction,
    causeKey: keyOf(symptom),
    symptom,
    radius: context.radius,
    inputsTried: failure.index + 1,
    shrinks: counterexample.shrinks,
    ...(failure.property.id === failure.rule ? {} : { provokedBy: failure.property.id }),
    alsoSeenIn: context.alsoSeenIn,
    input: splitInput(counterexample.input).input,
    ...(axes === undefined ? {} : { axes }),
    seed: context.seed,
    path: counterexample.path,
    script: describeScript(experiment.plan, facts.times),
    ...(counterexample.firstReaction === undefined || failure.experiment.plan.steps.length === 0
      ? {}
      : {
          firstFound: {
            script: cutLines(describeScript(failure.experiment.plan, facts.times), mostLines),
            reaction: counterexample.firstReaction,
          },
        }),
    transcript: experiment.transcript ?? recordTranscript(seen),
    ...(violation.at === undefined ? {} : { at: violation.at }),
    ...(context.secondOpinion === undefined ? {} : { secondOpinion: context.secondOpinion }),
    ...(context.printed === undefined ? {} : { printed: context.printed }),
    ...(context.process === undefined ? {} : { process: context.process }),
    ...(context.blocks === undefined ? {} : { blocks: context.blocks }),
  };
}

/** An answer that another call asked for. */
function describeMixUp(violation: Violation, plan: Plan): string {
  const other = mixedUpWith(plan, violation);
  return other === undefined ? '' : `, as ${other} asks for`;
}

/** Lines of the script that was found first, before it was made smaller. */
const mostLines = 60;

/** What the engine added to the script of the property and could not leave out. */
const describeAxes = (labels: readonly string[]): string => (labels.length === 0 ? '' : ` (${labels.join('; ')})`);

/** Field names and values keep their case. */
const capitalize = (text: string): string =>
  /^[a-z]+[-:]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
