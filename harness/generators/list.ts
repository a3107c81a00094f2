import fc from 'fast-check';

export interface ListConstraints {
  /** @defaultValue 0 */
  readonly minCount?: number;
  readonly maxCount: number;
}

/**
 * Lists of every length between the bounds: as short or as long as allowed now and then, otherwise spread over all lengths or over all orders of
 * magnitude. (fast-check's own arrays stop at ten elements unless told otherwise, and keep elements that the fault does not need when there is a
 * minimum.)
 *
 * Shrinks by dropping runs of elements, long runs first, then element by element. An example shrinks as well, as long as the element generator can do it.
 */
export function list<T>(element: fc.Arbitrary<T>, constraints: ListConstraints): fc.Arbitrary<readonly T[]> {
  return new List(element, constraints);
}

/** Where shrinking goes on: everything before it is as small as it gets. */
type Progress =
  /** Runs of `run` elements are dropped, the next one at `at`. */
  | { readonly phase: 'drop'; readonly run: number; readonly at: number }
  /** Elements are shrunk, the next one at `at`. */
  | { readonly phase: 'element'; readonly at: number };

interface Context<T> {
  readonly elements: readonly fc.Value<T>[];
  readonly progress: Progress;
}

class List<T> extends fc.Arbitrary<readonly T[]> {
  readonly #element: fc.Arbitrary<T>;
  readonly #min: number;
  readonly #max: number;

  constructor(element: fc.Arbitrary<T>, { minCount = 0, maxCount }: ListConstraints) {
    super();
    this.#element = element;
    this.#min = minCount;
    this.#max = maxCount;
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<readonly T[]> {
    const count = this.#count(random);
    return this.#value(
      Array.from({ length: count }, () => this.#element.generate(random, biasFactor)),
      { phase: 'drop', run: count, at: 0 },
    );
  }

  override canShrinkWithoutContext(value: unknown): value is readonly T[] {
    return (
      Array.isArray(value) &&
      value.length >= this.#min &&
      value.length <= this.#max &&
      value.every((element) => this.#element.canShrinkWithoutContext(element))
    );
  }

  override shrink(value: readonly T[], context: unknown): fc.Stream<fc.Value<readonly T[]>> {
    const known = context as Context<T> | undefined;
    const elements = known?.elements ?? value.map((element) => new fc.Value(element, undefined));
    return fc.stream(this.#smaller(elements, known?.progress ?? { phase: 'drop', run: value.length, at: 0 }));
  }

  *#smaller(elements: readonly fc.Value<T>[], progress: Progress): IterableIterator<fc.Value<readonly T[]>> {
    if (progress.phase === 'drop') {
      let { run, at } = progress;
      for (; run > 0; run = Math.floor(run / 2), at = 0) {
        for (; at < elements.length && elements.length - run >= this.#min; at += run) {
          yield this.#value(elements.toSpliced(at, run), { phase: 'drop', run, at });
        }
      }
    }
    for (let at = progress.phase === 'element' ? progress.at : 0; at < elements.length; at++) {
      const { value, context } = elements[at]!;
      for (const smaller of this.#element.shrink(value, context)) {
        yield this.#value(elements.with(at, smaller), { phase: 'element', at });
      }
    }
  }

  #value(elements: readonly fc.Value<T>[], progress: Progress): fc.Value<readonly T[]> {
    const context: Context<T> = { elements, progress };
    return new fc.Value(
      elements.map(({ value }) => value),
      context,
    );
  }

  #count(random: fc.Random): number {
    const span = this.#max - this.#min;
    const kind = random.nextInt(0, 7);
    if (kind === 0 || span === 0) return this.#min;
    if (kind === 1) return this.#max;
    if (kind < 5) return this.#min + random.nextInt(0, span);
    // First how many bits the distance from the minimum has, then the distance.
    const bits = random.nextInt(1, Math.ceil(Math.log2(span + 1)));
    return this.#min + random.nextInt(2 ** (bits - 1), Math.min(span, 2 ** bits - 1));
  }
}
