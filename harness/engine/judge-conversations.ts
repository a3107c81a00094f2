import type { Need } from '../facts/need';
import type { Conversation } from '../launch/target';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import { judgeTraffic } from '../rules/judge';
import type { Level } from '../catalogue/requirement';
import type { TargetFacts } from '../facts/target-facts';
import type { Violation } from '../rules/violation';
import { condense } from './condense';
import { isPlainRefusal, judgeRun } from './judge-run';
import type { Experiment } from './executor';
import type { Failure } from './run-property';
import { attachProperty } from './standing-properties';
import { gravityOf, isAsBadAs, type Gravity } from './verdicts';

/** What the talk before a run showed of one rule. */
export interface AttachFailure {
  readonly failure: Failure;
  /** Capabilities that cannot be used because of it. */
  readonly breaks: readonly Need[];
  /** What was said. */
  readonly about: string;
}

/**
 * Judges everything that was said to a target before the run, by the rules of all traffic and, where it was the plain call of a capability, by the row about
 * such calls. One conversation has one cause: where it broke a rule of all traffic, what its row says besides is the consequence.
 */
export function judgeConversations(
  conversations: readonly Conversation[],
  rows: readonly CatalogueRow[],
  facts: TargetFacts,
  levelOf: (rule: string) => Level,
): readonly AttachFailure[] {
  const found = new Map<string, AttachFailure>();
  for (const conversation of conversations) {
    const { plain, about, plan, playback } = conversation;
    const own = rows.find(({ id }) => id === plain?.row)?.property;
    const property = own ?? attachProperty;
    const experiment = experimentOf(property, conversation, facts);
    if (experiment.judgement.kind !== 'judged') continue;
    // What belongs to no row is no violation: a wait of ours that ran out says nothing of who was asked.
    // Nor is the HTTP status by which a gateway or a router says that it knows no such method, or does not serve now.
    const violations = experiment.judgement.violations.filter(
      (violation) => violation.rule !== attachProperty.id && (plain !== undefined || !isPlainRefusal(violation)),
    );
    const causes = causesOf(
      violations,
      new Set(judgeTraffic(experiment.judgement.seen.connections, plan.calls).violations.map(keyOf)),
      levelOf,
    );
    const isBroken = plain?.state === 'broken';
    for (const [place, { violation, gravity }] of causes.entries()) {
      const breaks = isBroken && place === 0 && plain.need !== undefined ? [plain.need] : [];
      const failure: Failure = {
        property,
        rule: violation.rule,
        gravity,
        // What the plain calls of a run show is filed, whatever the baseline says of it.
        isKnown: false,
        index: 0,
        input: plain?.input ?? null,
        experiment: condense({ ...experiment, plan }, playback.cost),
      };
      const before = found.get(violation.rule);
      found.set(violation.rule, {
        failure: before !== undefined && isAsBadAs(before.failure.gravity, gravity) ? before.failure : failure,
        breaks: [...new Set([...(before?.breaks ?? []), ...breaks])],
        about: before?.about ?? about,
      });
    }
  }
  return [...found.values()].toSorted((a, b) => Number(b.breaks.length > 0) - Number(a.breaks.length > 0));
}

function experimentOf(property: AnyProperty, { plan, playback, plain }: Conversation, facts: TargetFacts): Experiment {
  const judgement = judgeRun(property, plan, playback, plain?.input ?? null, facts);
  const { startedAt, milliseconds } = playback;
  return { plan, judgement, startedAt, milliseconds, waited: 0, answered: true };
}

interface Cause {
  readonly violation: Violation;
  readonly gravity: Gravity;
}

/** The violations that are causes, the worst first: those of the rules of all traffic where one of them fails, else all. One for each rule. */
function causesOf(
  violations: readonly Violation[],
  grammar: ReadonlySet<string>,
  levelOf: (rule: string) => Level,
): readonly Cause[] {
  const graded = violations
    .map((violation) => ({ violation, gravity: gravityOf(violation, levelOf(violation.rule)) }))
    .filter(({ gravity }) => gravity !== 'info');
  const isGrammar = ({ violation }: Cause): boolean => grammar.has(keyOf(violation));
  const hasCause = graded.some((cause) => isGrammar(cause) && cause.gravity === 'fail');
  const causes = hasCause ? graded.filter(isGrammar) : graded;
  const worst = causes.toSorted((a, b) => Number(a.gravity !== 'fail') - Number(b.gravity !== 'fail'));
  return worst.filter(
    (cause, place) => worst.findIndex(({ violation }) => violation.rule === cause.violation.rule) === place,
  );
}

const keyOf = ({ rule, reaction, observed }: Violation): string => JSON.stringify([rule, reaction, observed]);
