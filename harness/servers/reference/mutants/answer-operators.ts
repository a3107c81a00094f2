import type { RawFrame } from '../../../wire/frame';
import { encodeInteger, type FieldSpec } from '../../../wire/hpack/encoder';
import type { MakeSeams, OutgoingSection } from '../seams';
import type { Clause } from './mutant';
import { afterRefusalOnly, besideOnly, changeField, countPerStream, laterOnly, valueOf } from './operators';

/** What mutants of answers are made of. */

/** Experiments that bring out what is wrong with an answer: calls of all kinds, with every end. */
export const anyCall = ['RESP-01', 'RPC-01', 'RPC-03'] as const;
export const anyError = ['STATUS-01', 'RESP-01', 'TRAIL-01'] as const;
export const sideBySide = ['MUX-01', 'MUX-02', 'METHOD-01'] as const;
export const errorsBeside = ['DL-01', 'METHOD-01', 'MUX-02'] as const;

/** What is wrong with an answer, always and in the ways in which it could be rare. */
export const rarely = (
  name: string,
  base: Clause,
  ways: readonly ('later' | 'beside' | 'after-refusal')[],
): Readonly<Record<string, Clause>> => {
  const wrap = { later: laterOnly, beside: besideOnly, 'after-refusal': afterRefusalOnly };
  const experiments = {
    later: ['RESP-01', 'TRAIL-01', 'MUX-01', 'HPACK-01'],
    beside: sideBySide,
    'after-refusal': ['RESP-01', 'TRAIL-01', 'HPACK-12'],
  } as const;
  return {
    [name]: base,
    ...Object.fromEntries(
      ways.map((way): [string, Clause] => [`${name}-${way}`, { ...wrap[way](base), provokedBy: experiments[way] }]),
    ),
  };
};

/** The section that ends a call, with what is known of it. */
export const atEnd = (
  change: (section: OutgoingSection, messages: number) => readonly (OutgoingSection | RawFrame)[],
): MakeSeams => {
  return () => {
    const messages = countPerStream();
    return {
      outbound: {
        message: (message, { id }) => {
          messages.next(id);
          return [message];
        },
        section: (section) => (section.endStream ? change(section, messages.of(section.streamId)) : [section]),
      },
    };
  };
};

/** One field otherwise where it is longer than that. */
export const cutField =
  (name: string, length: number, change: (value: string) => string) =>
  (fields: readonly FieldSpec[]): readonly FieldSpec[] =>
    changeField(name, (value) => (value.length > length ? change(value) : value))(fields, 0);

/** Something in place of sections that hold such a long field. */
export const inPlaceOfLong = (
  name: string,
  length: number,
  write: (section: OutgoingSection) => readonly (OutgoingSection | RawFrame)[],
): Pick<Clause, 'outbound'> => ({
  outbound: {
    section: (section) => ((valueOf(section.fields, name)?.length ?? 0) > length ? write(section) : [section]),
  },
});

/** A field without any table: literal, name spelled out, no Huffman. */
export function literal(name: string, value: string): Uint8Array {
  const text = (one: string): Uint8Array =>
    Buffer.concat([encodeInteger(one.length, 7, 0), Buffer.from(one, 'latin1')]);
  return Buffer.concat([Uint8Array.of(0), text(name), text(value)]);
}
