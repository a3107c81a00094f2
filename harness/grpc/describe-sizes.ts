import { listBriefly } from '../list-briefly';
import { countOf } from '../wire/escape-octets';

/** Sizes that are listed one by one, at most. */
const mostSizes = 6;

/** Messages by their sizes in octets, at least one: `a message of 2 octets`, `3 messages of 0, 2, 9 octets`, `2 messages of 5 octets each`. */
export function describeSizes(sizes: readonly number[]): string {
  const [first = 0] = sizes;
  if (sizes.length === 1) return `a message of ${countOf(first, 'octet')}`;
  if (sizes.every((size) => size === first)) return `${sizes.length} messages of ${countOf(first, 'octet')} each`;
  return `${sizes.length} messages of ${listBriefly(sizes.map(String), mostSizes)} octets`;
}
