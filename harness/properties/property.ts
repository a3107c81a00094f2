import type fc from 'fast-check';
import { describeAccepted, type Graded } from '../grpc/outcome';
import type { Observation } from '../grpc/observation';
import type { PlanJudging } from '../grpc/call-plan';
import type { PlanBuilder } from '../grpc/plan-builder';
import { requirementOf, type RowId } from '../catalogue';
import type { Requirement } from '../catalogue/requirement';
import type { AxisName } from '../axes/axes';
import type { TargetFacts, TargetLimits } from '../facts/target-facts';
import type { Need } from '../facts/need';
import type { Breach } from '../rules/violation';

/** Beside what the inputs of a property may run. */
export type Lane = NonNullable<PlanJudging['lane']>;

/**
 * One experiment: what the specification demands, what we generate, what we send, and how the answer is judged. Every property reads in this order.
 *
 * `script` only writes down what will be done (see {@link PlanBuilder}); the engine plays it. That makes the counterexample plain data: it shrinks,
 * it is stored, and `replay` plays it again without the generator.
 */
export interface Property<Input> {
  /** The row of the rule catalogue. Permanent: dashboards and baselines refer to it. */
  readonly id: string;
  readonly requirement: Requirement;
  /** What is generated, for the report: one sentence without a full stop. */
  readonly generates: string;
  /** Reactions that the property accepts, for the report: short phrases, e.g. `a status other than OK`, `RST_STREAM`. */
  readonly accepts: readonly string[];
  /** What the target must offer; if something is missing the verdict is `untestable`, with what would unlock it. */
  readonly needs?: readonly Need[];
  /**
   * `shared` (the default): runs beside other properties. `exclusive`: disturbs the server, so it runs alone and last. `hostile`: attacks the server, so it
   * runs alone, after those, and only where that is allowed (the need `hostile`). `restart`: ends the server's process, so it runs after all others and the
   * target is started again for each run.
   */
  readonly lane?: Lane;
  /** True when one input takes a second or more however fast the server is: `--quick` leaves it out, as it does what restarts the target. */
  readonly slow?: boolean;
  /** Part of `--runs` that is worth spending, above 0 and at most 1; below 1 for runs that are slow or whose input space is small. */
  readonly effort?: number;
  /** True when the rule is about time: a failing run is confirmed with everything else paused. */
  readonly timed?: boolean;
  /** False: the engine adds no fresh call on the same connection afterwards, because the script leaves it unusable by design. */
  readonly afterwards?: boolean;
  /** True: what earlier inputs have left in a process hides what it is about, so that each of its inputs has a new one where we start the target. */
  readonly startsFresh?: boolean;
  /** True: whether there is a connection at all is its subject, so that one which is not made is judged and not an error. */
  readonly aboutConnecting?: boolean;
  /** True: its scripts provoke a server to defend itself, so that GOAWAY(ENHANCE_YOUR_CALM) is an answer and no excuse. */
  readonly expectsDefence?: boolean;
  /** True: which calls a server refuses is its subject, so that a refused call is judged and not played again. */
  readonly aboutRefusals?: boolean;
  /** Limits of the target that its scripts go beyond on purpose: they are its subject. All others are kept. */
  readonly exceeds?: readonly (keyof TargetLimits)[];
  /**
   * Axes that the engine may draw for its inputs (harness/axes): how requests end, how fields are written, what the connection went through before, how octets
   * arrive. A rule that is about that very thing does not borrow it, nor one whose check reckons with it.
   */
  readonly borrows?: readonly AxisName[];
  /** Inputs must be plain JSON-like data (numbers, strings, booleans, arrays, objects): octets are generated as (length, seed). */
  readonly arbitrary: (facts: TargetFacts) => fc.Arbitrary<Input>;
  /** Values that are always tried first: boundaries, and inputs that once failed somewhere. */
  readonly examples?: (facts: TargetFacts) => readonly Input[];
  /**
   * Classes of the input space in which a bug could hide, in words, each with what belongs to it: at least three where there is something to vary. A run counts how
   * many judged inputs were of each, and the self-test fails where a run of the usual length may miss one (harness/engine/label-reach.ts).
   */
  readonly labels?: Readonly<Record<string, (input: Input, facts: TargetFacts) => boolean>>;
  /** Writes the script; touches no socket. */
  readonly script: (script: PlanBuilder, input: Input, facts: TargetFacts) => void;
  /**
   * Judges what the expectations of the script cannot say; absent where they say everything, which makes a failure file one that is judged without this code.
   * Pure: two transcripts and no server test it.
   */
  readonly check?: (seen: Observation, input: Input, facts: TargetFacts) => readonly Breach[];
}

/** A property whose input type is nobody's business: what suites and the engine hold. */
// The input type is existential: the engine passes a property's own inputs back to it and never looks inside.
export type AnyProperty = Property<never> & Pick<Property<unknown>, 'id'>;

/** A property of a suite. Its id is a row of the catalogue, which says what is demanded. */
export function property<Input>(
  definition: Omit<Property<Input>, 'requirement'> & { readonly id: RowId },
): AnyProperty {
  return unlistedProperty({ ...definition, requirement: requirementOf(definition.id) });
}

/** A property with a demand of its own, for what is played outside of the suites. Lets the input type be inferred in writing order. */
export function unlistedProperty<Input>(definition: Property<Input>): AnyProperty {
  const { lane, needs = [] } = definition;
  const needed: readonly Need[] = lane === 'hostile' && !needs.includes('hostile') ? ['hostile', ...needs] : needs;
  return { ...definition, ...(needed.length === 0 ? {} : { needs: needed }) } as unknown as AnyProperty;
}

/** What an experiment accepts: outcomes, or words where it depends on the input which of them. */
export type Accepted = Graded | string;

/** An experiment on a row, or on several of them: {@link Property} with what it accepts as outcomes, its script saying what must come of it. */
export interface Experiment<Input> extends Omit<Property<Input>, 'id' | 'requirement' | 'accepts'> {
  readonly accepts: readonly Accepted[];
}

/** What a simple row is: one stimulus, and one class of outcomes. */
export interface Stimulus<Input> extends Omit<Experiment<Input>, 'arbitrary' | 'script' | 'check'> {
  /** What is sent, as {@link Property.arbitrary}. */
  readonly sends: Property<Input>['arbitrary'];
  /** Writes it down, as {@link Property.script}; the wait for a connection error, and what must come, are added unless it has said so itself. */
  readonly write: Property<Input>['script'];
}

/** A rich row: its script says what must come, with `expect`, and `check` what cannot be said so. */
export function experiment<Input>(id: RowId, { accepts, ...definition }: Experiment<Input>): AnyProperty {
  return property({ id, accepts: describeAll(accepts), ...definition });
}

/** A simple row: what is sent to whom, and what may come of the first call, or of the connection. */
export function stimulus<Input>(id: RowId, definition: Stimulus<Input>): AnyProperty {
  return experiment<Input>(id, fromStimulus(definition));
}

/** A stimulus and its outcomes, said as an experiment. */
export function fromStimulus<Input>({ sends, write, accepts, ...about }: Stimulus<Input>): Experiment<Input> {
  const outcomes = accepts.filter((one) => typeof one !== 'string');
  return {
    ...about,
    accepts,
    arbitrary: sends,
    script: (script, input, facts) => {
      write(script, input, facts);
      if (!script.hasExpectations) script.expectSubject(outcomes);
    },
  };
}

/** What is accepted, in words, each once. */
export const describeAll = (accepts: readonly Accepted[]): readonly string[] => [
  ...new Set(accepts.flatMap((one) => (typeof one === 'string' ? [one] : describeAccepted([one])))),
];

/** What judging the scripts of a property needs of it; undefined where that is a check of its own. */
export function judgingOf(one: AnyProperty): PlanJudging | undefined {
  if (one.check !== undefined) return undefined;
  const { needs, lane, aboutConnecting, expectsDefence, aboutRefusals } = one;
  return {
    ...(needs === undefined ? {} : { needs }),
    ...(lane === undefined ? {} : { lane }),
    ...(aboutConnecting === undefined ? {} : { aboutConnecting }),
    ...(expectsDefence === undefined ? {} : { expectsDefence }),
    ...(aboutRefusals === undefined ? {} : { aboutRefusals }),
  };
}
