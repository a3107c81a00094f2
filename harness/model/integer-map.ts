/** Bits of a key that one level of the tree looks at. */
const bitsPerLevel = 5;
const levelMask = 2 ** bitsPerLevel - 1;

interface Leaf<V> {
  readonly key: number;
  readonly value: V;
}

interface Branch<V> {
  /** Which of the 32 places are taken. */
  readonly taken: number;
  /** What stands there, without gaps. */
  readonly slots: readonly (Leaf<V> | Branch<V>)[];
}

/**
 * A map from integers of 32 bits that never changes: one that differs in a key shares all but a path with the one before, so that each state of a
 * connection can be kept at the cost of what changed. Time and memory of a change are bounded by the seven levels of the tree, whatever the keys are.
 */
export class IntegerMap<V> {
  readonly #root: Branch<V>;
  readonly size: number;

  private constructor(root: Branch<V>, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): IntegerMap<V> {
    return new IntegerMap<V>({ taken: 0, slots: [] }, 0);
  }

  get(key: number): V | undefined {
    let branch = this.#root;
    for (let rest = spread(key); ; rest >>>= bitsPerLevel) {
      const place = 1 << (rest & levelMask);
      if ((branch.taken & place) === 0) return undefined;
      const found = branch.slots[countBits(branch.taken & (place - 1))];
      if (found === undefined) return undefined;
      if ('key' in found) return found.key === key ? found.value : undefined;
      branch = found;
    }
  }

  has(key: number): boolean {
    return this.get(key) !== undefined;
  }

  /** The map with this value under the key. */
  set(key: number, value: V): IntegerMap<V> {
    const isNew = !this.has(key);
    return new IntegerMap(put(this.#root, { key, value }, 0), isNew ? this.size + 1 : this.size);
  }

  /** All keys and values, in no order. */
  *entries(): Generator<readonly [number, V]> {
    const branches = [this.#root];
    for (let branch = branches.pop(); branch !== undefined; branch = branches.pop()) {
      for (const slot of branch.slots) {
        if ('key' in slot) yield [slot.key, slot.value];
        else branches.push(slot);
      }
    }
  }
}

function put<V>(branch: Branch<V>, leaf: Leaf<V>, level: number): Branch<V> {
  const place = 1 << ((spread(leaf.key) >>> level) & levelMask);
  const index = countBits(branch.taken & (place - 1));
  const found = (branch.taken & place) === 0 ? undefined : branch.slots[index];
  if (found === undefined) {
    return { taken: branch.taken | place, slots: branch.slots.toSpliced(index, 0, leaf) };
  }
  const next = level + bitsPerLevel;
  const slot =
    'key' in found
      ? found.key === leaf.key
        ? leaf
        : put(put({ taken: 0, slots: [] }, found, next), leaf, next)
      : put(found, leaf, next);
  const slots = branch.slots.slice();
  slots[index] = slot;
  return { taken: branch.taken, slots };
}

/** Streams of a client are odd: without the lowest bit in front, their ids would leave every second place empty. */
const spread = (key: number): number => (key >>> 1) | ((key & 1) << 31);

/** How many bits of a number of 32 bits are set. */
function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
