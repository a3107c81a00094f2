import { cutMark, keepEnd } from '../cut-text';
import type { Plan } from '../grpc/call-plan';
import { describeScript } from '../report/describe-script';
import { describeSent } from '../report/describe-sent';
import { processEnded, stoppedServing, stopsServing } from '../rules/alive';
import type { TargetFacts } from '../facts/target-facts';
import type { Violation } from '../rules/violation';
import type { ProcessExit } from '../report/events';
import type { FindingRecord, SerializedTranscript } from '../report/model';
import type { Downfall, UnaskedExit } from './executor';

/** Letters kept of all last words together. */
const longestWords = 64 * 1024;

/** Names of properties that fit a sentence. */
const mostNames = 6;

/** A finding about a whole run, and the plan that plays it again. */
export interface StandingFinding {
  readonly finding: FindingRecord;
  readonly plan: Plan;
}

/**
 * The process ended though nobody asked, and no single input ends it each time.
 * @param exits at least one
 */
export function exitFinding(exits: readonly UnaskedExit[], facts: TargetFacts): StandingFinding {
  const last = exits.at(-1)!;
  const during = exits.map(
    ({ calls, during: ids }) => `after ${calls} calls, with inputs of ${nameSome(ids)} under way`,
  );
  return standingFinding({
    violation: processEnded(exits.map(({ exit }) => exit)),
    times: exits.length,
    sent: `Everything that the process was given: it ended ${[...new Set(during)].slice(0, 3).join('; ')}.`,
    plan: last.sequence,
    transcript: { connections: [], samples: {} },
    process: { ...last.exit, output: lastWords(exits.map(({ exit }) => exit)) },
    facts,
  });
}

/**
 * The target stopped serving, though its process goes on or is none of ours: after one input, where that is known, or after a sequence.
 * @param downfalls at least one
 */
export function downfallFinding(downfalls: readonly Downfall[], facts: TargetFacts): StandingFinding {
  const last = downfalls.at(-1)!;
  const freezes = downfalls.flatMap(({ freeze }) => (freeze === undefined ? [] : [freeze]));
  const [first] = freezes;
  if (first !== undefined && freezes.length === downfalls.length) {
    const { suspect, plan, of, confirmed, trouble, transcript } = first;
    return standingFinding({
      violation: stopsServing(trouble),
      times: confirmed,
      sent: `${describeSent(suspect, facts.metadata)}; then the plain call that worked at the start, in a process that was given nothing else.`,
      plan,
      transcript,
      script: describeScript(plan, facts.times),
      provokedBy: of,
      alsoSeenIn: [...new Set(freezes.map((freeze) => freeze.of))].filter((id) => id !== of),
      facts,
    });
  }
  return standingFinding({
    violation: stoppedServing(last.calls, last.trouble),
    times: last.attempts,
    sent: `${last.calls} calls, the last ones of ${nameSome(last.during)}; then the plain call that worked at the start, ${last.attempts} times.`,
    plan: last.sequence,
    transcript: last.heartbeat.transcript,
    facts,
  });
}

function standingFinding(found: {
  readonly violation: Violation;
  /** How often it was seen. */
  readonly times: number;
  readonly sent: string;
  readonly plan: Plan;
  readonly transcript: SerializedTranscript;
  readonly process?: ProcessExit;
  /** Its steps, where they are few enough to be read. */
  readonly script?: readonly string[];
  /** The property whose input it is, and others of which one does the same. */
  readonly provokedBy?: string;
  readonly alsoSeenIn?: readonly string[];
  readonly facts: TargetFacts;
}): StandingFinding {
  const { violation, times, sent, plan, transcript, process, provokedBy, script, alsoSeenIn = [] } = found;
  const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  const connections = plan.steps.filter((step) => step.do === 'open').length;
  const finding: FindingRecord = {
    rule: violation.rule,
    level: 'convention',
    verdict: 'fail',
    gravity: 'fail',
    ...(violation.mark === undefined ? {} : { mark: violation.mark }),
    confirmed: { failed: times, of: times },
    summary: `${sentence(violation.observed)}; the rule wants ${violation.expected}.`,
    sent: sentence(sent),
    observed: `${sentence(violation.observed)}.`,
    expected: `${sentence(violation.expected)}.`,
    reaction: violation.reaction,
    radius: 'server',
    inputsTried: 0,
    shrinks: 0,
    ...(provokedBy === undefined ? {} : { provokedBy }),
    alsoSeenIn,
    input: null,
    seed: 0,
    path: '',
    script: script ?? [
      `${connections} connections one after the other, ${plan.steps.length} steps; the last is a plain call`,
    ],
    transcript,
    ...(process === undefined ? {} : { process }),
  };
  return { finding, plan };
}

/** What the process said before each of its ends, where that differs. */
function lastWords(exits: readonly ProcessExit[]): string {
  // What a process said last may be half a word.
  const ending = ({ output }: ProcessExit): string =>
    `${output.trimEnd()}${output.trim() === '' || /\n\s*$/.test(output) ? '' : cutMark}`;
  const different = [...new Set(exits.map(ending))].filter((text) => text !== '');
  if (different.length < 2) return different[0] ?? '';
  const joined = different
    .map((text, index) => `— ${index + 1} of ${different.length} different endings —\n${text}`)
    .join('\n');
  return keepEnd(joined, longestWords);
}

function nameSome(ids: readonly string[]): string {
  const more = ids.length - mostNames;
  if (ids.length === 0) return 'no property';
  return `${ids.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
