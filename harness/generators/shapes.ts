import fc from 'fast-check';
import { list, type ListConstraints } from './list';

/** Objects as JSON knows them: every key is there, and the prototype is the ordinary one. */
export function record<T extends object>(model: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

/** Lists without what exceeds a total: the longest beginning that stays within it, and at least `minCount` elements. */
export function listWithin<T>(
  element: fc.Arbitrary<T>,
  {
    minCount = 0,
    maxCount,
    maxTotal,
    sizeOf,
  }: ListConstraints & { readonly maxTotal: number; readonly sizeOf: (element: T) => number },
): fc.Arbitrary<readonly T[]> {
  const trim = (elements: readonly T[]): readonly T[] => {
    let total = 0;
    const end = elements.findIndex((one, index) => {
      total += sizeOf(one);
      return index >= minCount && total > maxTotal;
    });
    return end === -1 ? elements : elements.slice(0, end);
  };
  return list(element, { minCount, maxCount }).map(trim, (value) => value as readonly T[]);
}

/** Numbers in ascending order. */
export function sorted(numbers: fc.Arbitrary<readonly number[]>): fc.Arbitrary<readonly number[]> {
  return numbers.map(
    (values) => values.toSorted((a, b) => a - b),
    (value) => value as readonly number[],
  );
}

/** Strings over an alphabet; they shrink towards its first character. */
export function text(
  alphabet: string,
  { minLength = 0, maxLength }: { readonly minLength?: number; readonly maxLength: number },
): fc.Arbitrary<string> {
  return joined(fc.constantFrom(...alphabet), { minCount: minLength, maxCount: maxLength });
}

/** Strings of so many parts, each of one character at least. */
export function joined(part: fc.Arbitrary<string>, constraints: ListConstraints): fc.Arbitrary<string> {
  return list(part, constraints).map(
    (parts) => parts.join(''),
    (value) => {
      if (typeof value !== 'string') throw new Error('not a text');
      return [...value];
    },
  );
}

/** One of several; shrinks within the one it came from, and to the first. */
export function oneOf<T>(
  ...choices: readonly { readonly arbitrary: fc.Arbitrary<T>; readonly weight: number }[]
): fc.Arbitrary<T> {
  return fc.oneof({ withCrossShrink: true }, ...choices);
}

/** What one generator makes, shrunk as a value of another; the second must be able to shrink whatever the first makes. */
export function shrunkAs<T>(generator: fc.Arbitrary<T>, shrinker: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return new ShrunkAs(generator, shrinker);
}

class ShrunkAs<T> extends fc.Arbitrary<T> {
  readonly #generator: fc.Arbitrary<T>;
  readonly #shrinker: fc.Arbitrary<T>;

  constructor(generator: fc.Arbitrary<T>, shrinker: fc.Arbitrary<T>) {
    super();
    this.#generator = generator;
    this.#shrinker = shrinker;
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<T> {
    return new fc.Value(this.#generator.generate(random, biasFactor).value, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.#shrinker.canShrinkWithoutContext(value);
  }

  override shrink(value: T, context: unknown): fc.Stream<fc.Value<T>> {
    return this.#shrinker.shrink(value, context);
  }
}
