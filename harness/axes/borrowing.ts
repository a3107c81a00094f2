import fc from 'fast-check';
import { axisNames, axisOf, labelsOf, type AxisName, type AxisValues } from './axes';

/** One in so many inputs has another value than the plainest on an axis; the rest is what it would be without. */
const rarity = 8;

/** One in so many of those is an example of the property in place of a generated input: what is known to matter, said in another way. */
const examplesAgain = 6;

/** An input of a property with the values of the axes that it borrows. */
export class BorrowedInput {
  readonly input: unknown;
  readonly axes: AxisValues;

  constructor(input: unknown, axes: AxisValues = {}) {
    this.input = input;
    this.axes = axes;
  }
}

/** The input that a property knows, and the values of its axes; all plainest when it was given as it stands. */
export function splitInput(given: unknown): { readonly input: unknown; readonly axes: AxisValues } {
  return given instanceof BorrowedInput ? given : { input: given, axes: {} };
}

/**
 * Wraps the inputs of a property into {@link BorrowedInput}. What is drawn for the property stays what it was without axes; they are drawn behind it. Shrinks the axes
 * away first, all at once and one by one, then what they say, and only then the input.
 * @param examples inputs that are tried again with other axes
 */
export function borrowing(
  input: fc.Arbitrary<unknown>,
  names: readonly AxisName[],
  examples: readonly unknown[] = [],
): fc.Arbitrary<BorrowedInput> {
  return new Borrowing(input, names, examples);
}

type Drawn = ReadonlyMap<AxisName, fc.Value<unknown>>;

interface Context {
  readonly input: fc.Value<unknown>;
  readonly drawn: Drawn;
  /** The input did not come from the generator, which may be able to shrink it all the same. */
  readonly isExample: boolean;
  /** The axes are as small as they get. */
  readonly isAboutInput: boolean;
}

class Borrowing extends fc.Arbitrary<BorrowedInput> {
  readonly #input: fc.Arbitrary<unknown>;
  readonly #names: readonly AxisName[];
  readonly #examples: readonly unknown[];

  constructor(input: fc.Arbitrary<unknown>, names: readonly AxisName[], examples: readonly unknown[]) {
    super();
    this.#input = input;
    this.#names = axisNames.filter((name) => names.includes(name));
    this.#examples = examples;
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<BorrowedInput> {
    const input = this.#input.generate(random, biasFactor);
    const drawn = new Map<AxisName, fc.Value<unknown>>();
    for (const name of this.#names) {
      if (random.nextInt(1, rarity) !== 1) continue;
      const value = axisOf(name).arbitrary.generate(random, biasFactor);
      if (!isPlainest(name, value.value)) drawn.set(name, value);
    }
    const isExample = drawn.size > 0 && this.#examples.length > 0 && random.nextInt(1, examplesAgain) === 1;
    const used = isExample
      ? new fc.Value(this.#examples[random.nextInt(0, this.#examples.length - 1)], undefined)
      : input;
    return valueOf({ input: used, drawn, isExample, isAboutInput: false });
  }

  override canShrinkWithoutContext(value: unknown): value is BorrowedInput {
    return value instanceof BorrowedInput && this.#input.canShrinkWithoutContext(value.input);
  }

  override shrink(value: BorrowedInput, context: unknown): fc.Stream<fc.Value<BorrowedInput>> {
    const known = context as Context | undefined;
    return fc.stream(this.#smaller(known ?? contextOf(value)));
  }

  *#smaller(context: Context): IterableIterator<fc.Value<BorrowedInput>> {
    const { input, drawn, isExample, isAboutInput } = context;
    if (!isAboutInput) {
      if (drawn.size > 1) yield valueOf({ ...context, drawn: new Map(), isAboutInput: true });
      for (const name of drawn.keys()) {
        const rest = new Map(drawn);
        rest.delete(name);
        yield valueOf({ ...context, drawn: rest });
      }
      for (const [name, one] of drawn) {
        for (const smaller of axisOf(name).arbitrary.shrink(one.value, one.context)) {
          if (!isPlainest(name, smaller.value)) yield valueOf({ ...context, drawn: new Map(drawn).set(name, smaller) });
        }
      }
    }
    if (isExample && !this.#input.canShrinkWithoutContext(input.value)) return;
    for (const smaller of this.#input.shrink(input.value, input.context)) {
      yield valueOf({ input: smaller, drawn, isExample: false, isAboutInput: true });
    }
  }
}

/** An input that was given as an example has contexts that nobody knows. */
function contextOf({ input, axes }: BorrowedInput): Context {
  const drawn = new Map<AxisName, fc.Value<unknown>>();
  for (const name of axisNames) {
    if (axes[name] !== undefined) drawn.set(name, new fc.Value<unknown>(axes[name], undefined));
  }
  return { input: new fc.Value(input, undefined), drawn, isExample: true, isAboutInput: false };
}

function valueOf(context: Context): fc.Value<BorrowedInput> {
  const axes = Object.fromEntries([...context.drawn].map(([name, { value }]) => [name, value]));
  return new fc.Value(new BorrowedInput(context.input.value, axes), context);
}

/** What says nothing is not there. */
const isPlainest = (name: AxisName, value: unknown): boolean => labelsOf({ [name]: value }).length === 0;
