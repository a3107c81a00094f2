import fc from 'fast-check';

/** What a generator is tested for, beside yielding equal values for equal seeds and nothing but plain data. */
export interface GeneratorExpectations<T> {
  /** True for everything that the generator claims; also asked of every value met while shrinking. */
  readonly isCorrect: (value: T) => boolean;
  /** Values that must come up within a thousand, each with the reason. */
  readonly reaches?: Readonly<Record<string, (value: T) => boolean>>;
  /** Faults: what a server would stumble over, and the input that the user should be shown for it. */
  readonly shrinks?: readonly { readonly fault: (value: T) => boolean; readonly to: T }[];
  /** A value as a property's examples would give it, with a fault and what it should shrink to. */
  readonly shrinksExample?: { readonly from: T; readonly fault: (value: T) => boolean; readonly to: T };
}

/** The budget that the engine grants the shrinking of one finding. */
const shrinkBudget = 200;

/** Declares the tests of one generator. */
export function checkGenerator<T>(
  name: string,
  generator: fc.Arbitrary<T>,
  { isCorrect, reaches = {}, shrinks = [], shrinksExample }: GeneratorExpectations<T>,
): void {
  const sample = (numRuns: number, seed: number) => fc.sample(generator, { numRuns, seed });

  describe(name, () => {
    test('yields equal values for equal seeds', () => {
      expect(sample(100, 7)).toStrictEqual(sample(100, 7));
    });

    test('yields plain data', () => {
      const values = sample(100, 1);
      expect(JSON.parse(JSON.stringify(values))).toStrictEqual(values);
    });

    test('yields correct values only, also while shrinking', () => {
      const wrong = sample(1000, 2).filter((value) => !isCorrect(value));
      for (let seed = 0; seed < 20; seed++) {
        fc.check(
          fc.property(generator, (value) => {
            if (!isCorrect(value)) wrong.push(value);
            return false;
          }),
          { seed, numRuns: 1 },
        );
      }
      expect(wrong).toEqual([]);
    });

    for (const [what, wanted] of Object.entries(reaches)) {
      test(`reaches ${what}`, () => {
        expect(sample(1000, 3).some(wanted)).toBe(true);
      });
    }

    for (const { fault, to } of shrinks) {
      test(`shrinks to ${JSON.stringify(to)}`, () => {
        for (let seed = 0; seed < 5; seed++) {
          const { counterexample, attempts } = shrink(generator, fault, { seed, numRuns: 2000 });
          expect(counterexample).toEqual(to);
          expect(attempts).toBeLessThan(shrinkBudget);
        }
      });
    }

    if (shrinksExample === undefined) return;
    const { from, fault, to } = shrinksExample;
    test(`shrinks the example ${JSON.stringify(from)}`, () => {
      const { counterexample } = shrink(generator, fault, { seed: 1, numRuns: 1, examples: [[from]] });
      expect(counterexample).toEqual(to);
    });
  });
}

function shrink<T>(generator: fc.Arbitrary<T>, fault: (value: T) => boolean, parameters: fc.Parameters<[T]>) {
  let failed = false;
  let attempts = 0;
  const details = fc.check(
    fc.property(generator, (value) => {
      if (failed) attempts++;
      const broken = fault(value);
      failed ||= broken;
      return !broken;
    }),
    parameters,
  );
  return { counterexample: details.counterexample?.[0], attempts };
}
