import type { CallRequest } from '../grpc/call-request';
import { ordinaryFields, type PlanFacts } from '../grpc/plan-builder';
import { encodeLiteral, type FieldSpec } from '../wire/hpack/encoder';
import { joinOctets } from '../wire/join-octets';

/** The field block of a request in literals without indexing: it neither needs nor changes a table, and may stand in any frame of any connection. */
export const literalRequest = (
  facts: PlanFacts,
  { path }: Pick<CallRequest, 'path'>,
  metadata: readonly FieldSpec[] = [],
): Uint8Array => literalFields(ordinaryFields(facts, path, { metadata }));

/** Fields in literals without indexing. */
export const literalFields = (fields: readonly Pick<FieldSpec, 'name' | 'value' | 'huffman'>[]): Uint8Array =>
  joinOctets(
    fields.map(({ name, value, huffman }) =>
      encodeLiteral({ name, value, representation: 'without-indexing', ...(huffman === undefined ? {} : { huffman }) }),
    ),
  );

/** A field whose literal has exactly so many octets, which are enough for any name and length. */
export function literalFieldOfLength(octets: number): Uint8Array {
  const fieldOf = (filler: number): Uint8Array => literalFields([{ name: 'x-filler', value: '~'.repeat(filler) }]);
  const surrounding = fieldOf(octets).length - octets;
  return fieldOf(octets - surrounding);
}
