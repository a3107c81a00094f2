import type { AnyProperty, Lane } from '../properties/property';
import type { RunPhase } from '../report/model';
import type { Part, Progress, PropertyPlayer } from './property-player';
import type { RunClock } from './run-clock';
import { Slots } from './slots';

/** True for a property that runs beside others. */
export const isShared = ({ lane }: Pick<AnyProperty, 'lane'>): boolean => lane === undefined || lane === 'shared';

/** The part of the time budget after which properties that share the target leave the rest to those that do not. */
const sharedPart = 0.75;

export interface LaneOptions {
  readonly clock: RunClock;
  /** Inputs played at the same time. */
  readonly concurrency: number;
  /** Told when properties begin that are played in another way than those before. */
  readonly onPhase: (phase: RunPhase, properties: number) => void;
}

/** Plays properties: first what must always be tried of each, then the rest of those that share the target, then those that disturb it, those that attack it, and those that end it. */
export async function playInLanes(
  properties: readonly AnyProperty[],
  player: PropertyPlayer,
  { clock, concurrency, onPhase }: LaneOptions,
): Promise<void> {
  const started = properties.map((property) => player.begin(property));
  const inLane = (lane: Lane): readonly Progress[] =>
    started.filter(({ property }) => (property.lane ?? 'shared') === lane);
  const shared = inLane('shared');
  clock.plan(properties.map((property) => player.runsOf(property)));
  clock.share(shared.length === properties.length ? 1 : sharedPart);
  onPhase('examples', shared.length);
  await playShared(shared, 'examples', player, concurrency);
  onPhase('search', shared.length);
  await playShared(shared, 'all', player, concurrency);
  clock.share(1);
  for (const lane of ['exclusive', 'hostile', 'restart'] as const) {
    const alone = inLane(lane);
    if (alone.length > 0) onPhase(lane, alone.length);
    for (const progress of alone) await playAlone(progress, player);
  }
}

/** Its inputs one after the other, nothing else beside them. */
export const playAlone = (progress: Progress, player: PropertyPlayer): Promise<void> =>
  player.play(progress, 'all', new Slots(1));

/** As many properties at a time as inputs: more would only keep generators waiting. */
async function playShared(
  properties: readonly Progress[],
  part: Part,
  player: PropertyPlayer,
  concurrency: number,
): Promise<void> {
  const waiting = [...properties];
  const worker = async (): Promise<void> => {
    for (let progress = waiting.shift(); progress !== undefined; progress = waiting.shift())
      await player.play(progress, part);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, properties.length) }, worker));
}
