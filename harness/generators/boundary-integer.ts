import fc from 'fast-check';

export interface BoundaryIntegerConstraints {
  /** Smallest value. @defaultValue 0 */
  readonly min?: number;
  /** Largest value. */
  readonly max: number;
  /** Values worth half of the attempts; those outside the range are left out. `min` and `max` always count. */
  readonly boundaries?: readonly number[];
}

/**
 * Integers that hit the listed boundaries every other time and are spread over all orders of magnitude otherwise, so that 10 is as likely as 10,000.
 *
 * Any value, listed or not and ours or a user's, shrinks by bisection towards `min`: a fault that starts at 16,385 is reported at 16,385.
 */
export function boundaryInteger({ min = 0, max, boundaries = [] }: BoundaryIntegerConstraints): fc.Arbitrary<number> {
  return new BoundaryInteger(min, max, boundaries);
}

class BoundaryInteger extends fc.Arbitrary<number> {
  private readonly range: fc.Arbitrary<number>;
  private readonly listed: readonly number[];

  constructor(
    private readonly min: number,
    private readonly max: number,
    boundaries: readonly number[],
  ) {
    super();
    this.range = fc.integer({ min, max });
    this.listed = [...new Set([min, max, ...boundaries.filter((value) => value > min && value < max)])];
  }

  override generate(random: fc.Random): fc.Value<number> {
    const listed = random.nextInt(0, 1) === 0;
    return new fc.Value(
      listed ? this.listed[random.nextInt(0, this.listed.length - 1)]! : this.spread(random),
      undefined,
    );
  }

  override canShrinkWithoutContext(value: unknown): value is number {
    return this.range.canShrinkWithoutContext(value);
  }

  override shrink(value: number, context: unknown): fc.Stream<fc.Value<number>> {
    return this.range.shrink(value, context);
  }

  /** First how many bits the distance from `min` has, then the distance. */
  private spread(random: fc.Random): number {
    const span = this.max - this.min;
    const bits = random.nextInt(0, Math.ceil(Math.log2(span + 1)));
    return this.min + random.nextInt(0, Math.min(span, 2 ** bits - 1));
  }
}
