import fc from 'fast-check';

/** Objects as JSON knows them: every key is there, and the prototype is the ordinary one. */
export function record<T extends object>(model: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model as { [K in keyof T]: fc.Arbitrary<T[K]> }, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

export interface ListConstraints {
  /** @defaultValue 0 */
  readonly minCount?: number;
  readonly maxCount: number;
}

/** Lists of every length between the bounds; fast-check's own default would stop at ten elements. */
export function list<T>(
  element: fc.Arbitrary<T>,
  { minCount = 0, maxCount }: ListConstraints,
): fc.Arbitrary<readonly T[]> {
  return fc.array(element, { minLength: minCount, maxLength: maxCount, size: 'max' });
}

/** The same lists without what exceeds a total: the longest beginning that stays within it, and at least `minCount` elements. */
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
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength, size: 'max' });
}
