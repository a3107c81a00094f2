import type { TargetFacts } from '../properties/target-facts';
import type { Level } from '../properties/requirement';
import type { ProcessExit } from '../report/events';
import { describeScript } from '../report/describe-script';
import type { FindingRecord } from '../report/model';
import { serializeTranscript } from '../report/serialize';
import type { Counterexample, Sighting } from './run-property';

/** What the engine knows about a confirmed counterexample beside the counterexample itself. */
export interface FindingContext {
  readonly sighting: Sighting;
  readonly counterexample: Counterexample;
  readonly level: Level;
  readonly facts: TargetFacts;
  readonly seed: number;
  readonly radius: FindingRecord['radius'];
  readonly alsoSeenIn: readonly string[];
  readonly process?: ProcessExit;
  readonly secondOpinion?: FindingRecord['secondOpinion'];
}

/** The record of a finding, without what the baseline says about it. */
export function makeFinding(context: FindingContext): FindingRecord {
  const { sighting, counterexample, level, facts } = context;
  const { violation, experiment, confirmed } = counterexample;
  const script = describeScript(experiment.plan, facts.times);
  const sent = describeSent(experiment.plan.steps.length, script);
  const isSteady = confirmed.failed === confirmed.of;
  return {
    rule: sighting.rule,
    level,
    verdict: isSteady ? (sighting.gravity === 'fail' ? 'fail' : 'warn') : 'flaky',
    ...(violation.mark === undefined ? {} : { mark: violation.mark }),
    confirmed,
    summary: `${capitalize(violation.observed)}; the rule wants ${violation.expected}.`,
    sent,
    observed: `${capitalize(violation.observed)}.`,
    expected: `${capitalize(violation.expected)}.`,
    reaction: violation.reaction,
    radius: context.radius,
    inputsTried: sighting.index + 1,
    shrinks: counterexample.shrinks,
    ...(sighting.property.id === sighting.rule ? {} : { provokedBy: sighting.property.id }),
    alsoSeenIn: context.alsoSeenIn,
    input: counterexample.input,
    seed: context.seed,
    path: counterexample.path,
    script,
    transcript: serializeTranscript(experiment.judgement.seen.transcript),
    ...(violation.at === undefined ? {} : { at: violation.at }),
    ...(context.secondOpinion === undefined ? {} : { secondOpinion: context.secondOpinion }),
    ...(context.process === undefined ? {} : { process: context.process }),
  };
}

/** What was sent, in one sentence: the steps that put something on the wire, the opening and the waits left out. */
function describeSent(steps: number, script: readonly string[]): string {
  const said = script.filter((line) => !/^(\w+: )?(open|wait|fence|pause|close)\b/i.test(line));
  const shown = said.slice(0, 4).join('; then ');
  const more = said.length > 4 ? `; and ${said.length - 4} more steps` : '';
  return said.length === 0 ? `A script of ${steps} steps.` : `${capitalize(shown)}${more}.`;
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
