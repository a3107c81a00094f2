import type { Plan } from '../grpc/call-plan';
import type { SerializedTranscript } from '../report/model';
import type { History } from './history';

/** How often the input is played again, each time against a new process that was given nothing before. */
const freezeConfirmations = 3;

/** So many after which the plain call fails, and not when they are played alone, mean that it is how many there are. */
const mostInNumber = 2;

/** What was played of one suspect, and of the plain call behind it. */
export interface Aftermath {
  /** The plain call was answered. */
  readonly serves: boolean;
  /** Plays both. */
  readonly plan: Plan;
  readonly transcript: SerializedTranscript;
  /** What the plain call ended with where it was not answered, as a clause. */
  readonly trouble: string;
}

/** An input after which a target serves no more. */
export interface Freeze extends Omit<Aftermath, 'serves'> {
  /** The property that it is of, and what was played of it. */
  readonly of: string;
  readonly suspect: Plan;
  readonly confirmed: number;
}

export interface FreezeHunt {
  /** The target has a new process now. */
  readonly restart: () => Promise<unknown>;
  /** Plays a plan, then the plain call. */
  readonly play: (plan: Plan) => Promise<Aftermath>;
  readonly isOver: () => boolean;
}

/**
 * Finds the input that stopped a target, when it was one: plays the suspects one after the other against a process that is not given anything else. The one after
 * which the plain call fails is played again alone, by itself in new processes.
 *
 * @returns undefined when none of them does it each time: that takes more than one input
 */
export async function findFreeze(
  suspects: History['suspects'],
  { restart, play, isOver }: FreezeHunt,
): Promise<Freeze | undefined> {
  let inNumber = 0;
  for (const { plan, of } of suspects) {
    if (isOver() || inNumber === mostInNumber) return undefined;
    if ((await play(plan)).serves) continue;
    let confirmed = 0;
    let last: Aftermath | undefined;
    while (confirmed < freezeConfirmations && !isOver()) {
      await restart();
      last = await play(plan);
      if (last.serves) break;
      confirmed++;
    }
    await restart();
    if (confirmed < freezeConfirmations || last === undefined) {
      inNumber++;
      continue;
    }
    return { of, suspect: plan, confirmed, plan: last.plan, transcript: last.transcript, trouble: last.trouble };
  }
  return undefined;
}
