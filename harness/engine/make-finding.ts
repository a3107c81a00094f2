import type { Step } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import type { TargetFacts } from '../properties/target-facts';
import type { Level } from '../catalogue/requirement';
import type { ProcessExit } from '../report/events';
import { causeKeyOf } from '../report/cause-key';
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
  readonly blocks?: readonly string[];
  readonly secondOpinion?: FindingRecord['secondOpinion'];
}

/** The record of a finding, without what the baseline says about it. */
export function makeFinding(context: FindingContext): FindingRecord {
  const { sighting, counterexample, level, facts } = context;
  const { violation, experiment, confirmed } = counterexample;
  const script = describeScript(experiment.plan, facts.times);
  const sent = `${describeSent(experiment.plan, script)}${describeInput(counterexample.input)}`;
  const isSteady = confirmed.failed === confirmed.of;
  return {
    rule: sighting.rule,
    level,
    verdict: isSteady ? (sighting.gravity === 'fail' ? 'fail' : 'warn') : 'flaky',
    gravity: sighting.gravity === 'fail' ? 'fail' : 'warn',
    ...(violation.mark === undefined ? {} : { mark: violation.mark }),
    confirmed,
    summary: `${capitalize(violation.observed)}; the rule wants ${violation.expected}.`,
    sent,
    observed: `${capitalize(violation.observed)}.`,
    expected: `${capitalize(violation.expected)}.`,
    reaction: violation.reaction,
    causeKey: causeKeyOf(experiment.plan, { ...violation, rule: sighting.rule }),
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
    ...(context.blocks === undefined ? {} : { blocks: context.blocks }),
  };
}

/** What was sent, in one sentence: the steps that put something on the wire for the sake of the rule. */
function describeSent({ steps, calls }: Plan, script: readonly string[]): string {
  const added = calls.filter(({ role }) => role === 'afterwards' || role === 'probe');
  const said = script.filter((_, index) => {
    const step = steps[index];
    if (step === undefined || !speaking.has(step.do)) return false;
    return !added.some((call) => 'stream' in step && step.stream === call.stream && step.on === call.connection);
  });
  const shown = said.slice(0, 4).join('; then ');
  const more = said.length > 4 ? `; and ${said.length - 4} more steps` : '';
  return said.length === 0 ? 'The connection preface.' : `${capitalize(shown)}${more}.`;
}

/** What it was made from, when that is short enough to read. */
function describeInput(input: unknown): string {
  const text = JSON.stringify(input) ?? '';
  return text.length > longestInput ? '' : ` Made from ${text}.`;
}

/** Characters of two lines on a screen. */
const longestInput = 160;

/** Steps that say something, apart from opening. */
const speaking: ReadonlySet<Step['do']> = new Set([
  'headers',
  'data',
  'frame',
  'bytes',
  'settings',
  'grant',
  'close',
  'control',
]);

/** Field names and values keep their case. */
const capitalize = (text: string): string =>
  /^[a-z]+[-:]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
