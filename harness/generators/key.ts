import fc from 'fast-check';

/**
 * The key under which the probe service counts the calls of one run: the name of who asks, and 64 random bits. It does not shrink, and it is chosen
 * without bias: two runs at the same time must not share a key.
 */
export function key(of: string): fc.Arbitrary<string> {
  const half = fc.noBias(fc.nat(0xffffffff));
  return fc.noShrink(fc.tuple(half, half).map((halves) => `${of}-${halves.map(hex32).join('')}`));
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
