import fc from 'fast-check';

/**
 * Ways to damage what a user gives, as plain data that shrinks: one place of a valid file that is another, or octets that are. Places are numbers that are
 * taken modulo what there is.
 */
export type Damage =
  /** A value inside of JSON is another, is gone, has a neighbour that nobody knows, stands twice, or has another name. */
  | { readonly kind: 'value'; readonly place: number; readonly value: unknown }
  | { readonly kind: 'remove'; readonly place: number }
  | { readonly kind: 'unknown-key'; readonly place: number; readonly key: string }
  | { readonly kind: 'rename'; readonly place: number }
  | { readonly kind: 'repeat'; readonly place: number; readonly times: number }
  | { readonly kind: 'duplicate-key'; readonly place: number }
  | { readonly kind: 'nest'; readonly place: number; readonly depth: number }
  /** Octets of the text. */
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'drop'; readonly at: number; readonly length: number };

/** What stands in no valid file, or only at some places: wrong types, bounds, lengths, characters that a terminal obeys or that nobody sees. */
export const strangeValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  256,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  -1e300,
  '',
  ' ',
  'x',
  '\u001b]52;c;AAAA\u0007',
  'a\nb',
  '\u202egnp',
  '\ud800',
  '\u0000',
  'A'.repeat(5000),
  '9999-99-99',
  'constructor',
  [],
  {},
  [[]],
  Array.from({ length: 3000 }, (_, index) => index),
];

/** The outermost places come first, and more often. */
const place = fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 100_000 }));

/** Damages that need no JSON. */
export const octetDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat({ max: 7 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    text: fc.oneof(
      fc.string({ minLength: 1, maxLength: 5 }),
      fc.constantFrom('\u0000', '\u001b[2J', '\n', '\ufeff', '{', '"', '}}', '// c\n', '\u202e', '0'.repeat(400)),
    ),
  }),
  fc.record({ kind: fc.constant('drop' as const), at: place, length: fc.integer({ min: 1, max: 200 }) }),
);

export const jsonDamage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('value' as const), place, value: fc.constantFrom(...strangeValues) }),
  },
  fc.record({ kind: fc.constant('remove' as const), place }),
  fc.record({
    kind: fc.constant('unknown-key' as const),
    place,
    key: fc.constantFrom(
      'expire',
      'schemaVersions',
      '__proto__',
      'constructor',
      '\u001b[31m',
      'a\nb',
      'k'.repeat(3000),
    ),
  }),
  fc.record({ kind: fc.constant('rename' as const), place }),
  fc.record({ kind: fc.constant('repeat' as const), place, times: fc.integer({ min: 2, max: 2000 }) }),
  fc.record({ kind: fc.constant('duplicate-key' as const), place }),
  fc.record({ kind: fc.constant('nest' as const), place, depth: fc.integer({ min: 1, max: 2000 }) }),
  { weight: 2, arbitrary: octetDamage },
);

/** The octets of a file after damages, one after the other; those that need JSON leave what is none any more as it is. */
export function damageFile(octets: Uint8Array, damages: readonly Damage[]): Uint8Array {
  return damages.reduce(damageOnce, octets);
}

function damageOnce(octets: Uint8Array, damage: Damage): Uint8Array {
  switch (damage.kind) {
    case 'cut':
      return octets.subarray(0, damage.at % (octets.length + 1));
    case 'flip': {
      // Not slice(): that of a Buffer shares its octets.
      const copy = Uint8Array.from(octets);
      const at = damage.at % Math.max(1, copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << damage.bit);
      return copy;
    }
    case 'insert': {
      const at = damage.at % (octets.length + 1);
      return Buffer.concat([octets.subarray(0, at), Buffer.from(damage.text), octets.subarray(at)]);
    }
    case 'drop': {
      const at = damage.at % (octets.length + 1);
      return Buffer.concat([octets.subarray(0, at), octets.subarray(at + damage.length)]);
    }
    default:
      return damageJson(octets, damage);
  }
}

type JsonDamage = Extract<Damage, { readonly place: number }>;

/** A place in a JSON value: a list or an object, and the key of what stands in it. */
interface Slot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function damageJson(octets: Uint8Array, damage: JsonDamage): Uint8Array {
  const root = parse(octets);
  if (root === undefined) return octets;
  const slots = slotsOf(root);
  const slot = slots[damage.place % Math.max(1, slots.length)];
  if (slot === undefined) return octets;
  const { holder, key } = slot;
  const held = Reflect.get(holder, key) as unknown;
  const put = (value: unknown): void =>
    void Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
  let text: string | undefined;
  switch (damage.kind) {
    case 'value':
      put(damage.value);
      break;
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      break;
    case 'unknown-key':
      if (typeof held === 'object' && held !== null && !Array.isArray(held))
        Object.defineProperty(held, damage.key, { value: 1, enumerable: true });
      break;
    case 'rename':
      if (!Array.isArray(holder)) {
        Reflect.deleteProperty(holder, key);
        holder[`${key}s`] = held;
      }
      break;
    case 'repeat':
      put(
        Array.isArray(held)
          ? Array.from({ length: damage.times }, () => held[0] as unknown)
          : String(held).repeat(damage.times),
      );
      break;
    case 'nest':
      put('@nest@');
      text = JSON.stringify(root).replace('"@nest@"', () => `${'['.repeat(damage.depth)}${']'.repeat(damage.depth)}`);
      break;
    case 'duplicate-key':
      put('@twice@');
      text = JSON.stringify(root).replace(
        '"@twice@"',
        () => `${JSON.stringify(held)}${Array.isArray(holder) ? '' : `,${JSON.stringify(key)}:1`}`,
      );
      break;
  }
  return Buffer.from(text ?? JSON.stringify(root) ?? '');
}

function parse(octets: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(octets).toString()) as unknown;
  } catch {
    return undefined;
  }
}

/** Every place of a value, the outermost first. */
function slotsOf(root: unknown): readonly Slot[] {
  const slots: Slot[] = [];
  const open: unknown[] = [root];
  for (const value of open) {
    if (typeof value !== 'object' || value === null) continue;
    const holder = value as Slot['holder'];
    for (const key of Object.keys(holder)) {
      slots.push({ holder, key });
      open.push(Reflect.get(holder, key));
    }
  }
  return slots;
}
