import fc from 'fast-check';
import { list } from './list';

/**
 * Choices that stand for an order, to be turned into one by {@link interleave} or {@link permute}. They mean something for any number of things, shrink to
 * none at all, and no choices mean the order as written.
 */
export function choices({ maxCount }: { readonly maxCount: number }): fc.Arbitrary<readonly number[]> {
  return list(fc.nat(255), { maxCount });
}

/**
 * One sequence out of several that keeps the order within each: at every place the choice says how many of the queues that still hold something are skipped.
 * When the choices end, the queues follow one after the other.
 */
export function interleave<T>(queues: readonly (readonly T[])[], picks: readonly number[]): readonly T[] {
  const waiting = queues.map((queue) => ({ queue, next: 0 })).filter(({ queue }) => queue.length > 0);
  const sequence: T[] = [];
  for (let place = 0; waiting.length > 0; place++) {
    const index = (picks[place] ?? 0) % waiting.length;
    const taken = waiting[index]!;
    sequence.push(taken.queue[taken.next++]!);
    if (taken.next === taken.queue.length) waiting.splice(index, 1);
  }
  return sequence;
}

/** The same things in another order: at every place the choice says how many of those left are skipped. */
export function permute<T>(things: readonly T[], picks: readonly number[]): readonly T[] {
  const left = [...things];
  return things.map((_, place) => left.splice((picks[place] ?? 0) % left.length, 1)[0]!);
}
