import { FieldReader } from '../../../schema/field-reader';
import { wireTypes } from '../../../schema/wire-types';
import { joinOctets } from '../../../wire/join-octets';

/** A map entry has these two fields and no other (encoding guide, "Maps"). */
const entryFields: readonly number[] = [1, 2];

/**
 * The message without the map entries that hold an unknown field: what upb makes of them.
 * @param maps numbers of its map fields
 */
export function dropOddEntries(octets: Uint8Array, maps: readonly number[]): Uint8Array {
  const reader = new FieldReader(octets);
  const kept: Uint8Array[] = [];
  for (let start = reader.at, tag = reader.next(); tag !== undefined; start = reader.at, tag = reader.next()) {
    const isEntry = maps.includes(tag.number) && tag.wireType === wireTypes.lengthPrefixed;
    const isOdd = isEntry && hasUnknownField(reader.content());
    if (!isEntry) reader.skip(tag);
    if (!isOdd) kept.push(octets.subarray(start, reader.at));
  }
  // What does not decode stays as it is, for who refuses it.
  return reader.problem === undefined ? joinOctets(kept) : octets;
}

function hasUnknownField(entry: FieldReader): boolean {
  for (let tag = entry.next(); tag !== undefined; tag = entry.next()) {
    if (!entryFields.includes(tag.number)) return true;
    entry.skip(tag);
  }
  return false;
}
