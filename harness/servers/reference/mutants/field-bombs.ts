import type { Frame } from '../../../wire/frame';
import { dropOthersAt, endAt, frames, keepBusy, leak } from './floods';
import { mutantsOf, type Mutant } from './mutant';

/** Octets of a reference to the newest entry of the table (RFC 7541 §6.1). */
const reference = 0xbe;

/** Octets at the end of a field block that are alike. */
const alikeAtEnd = (frame: Frame): number => {
  if (frame.type !== 'HEADERS') return 0;
  const { fragment } = frame;
  const last = fragment.at(-1);
  return fragment.length - 1 - fragment.findLastIndex((octet) => octet !== last);
};

/** A field block with so many references to the newest entry. */
const hasReferences =
  (least: number) =>
  (frame: Frame): boolean =>
    frame.type === 'HEADERS' && frame.fragment.at(-1) === reference && alikeAtEnd(frame) >= least;

/** Octets that a block of which each reference is copied comes to, or a part of them that shows. */
const mostOctets = 8 * 1024 * 1024;

/** A literal without indexing whose name is one letter and whose value is empty (RFC 7541 §6.2.2). */
const shortest = Uint8Array.from([0, 1, 0x78, 0]);

const countIn = (octets: Uint8Array, part: Uint8Array): number =>
  Buffer.from(octets).toString('latin1').split(Buffer.from(part).toString('latin1')).length - 1;

/** Two table size updates at the beginning of a field block, the first of them to 0. */
const emptiesTable = (frame: Frame): boolean =>
  frame.type === 'HEADERS' && frame.fragment[0] === 0x20 && ((frame.fragment[1] ?? 0) & 0xe0) === 0x20;

/** Field blocks that stand for far more than their octets, and a server that takes them as they come. */
export const fieldBombMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-08-hpack-bombs', {
    'copies-entries': {
      says: 'Each of a thousand or more references copies its entry, and all copies are kept while the connection is open',
      seams: (wire, server) => {
        const held: Uint8Array[] = [];
        return frames(hasReferences(1000))(() => void held.push(new Uint8Array(mostOctets).fill(1)))(wire, server);
      },
    },
    'keeps-old-tables': {
      says: 'Each time a block makes the table empty another is made, and the old one with all that refers to it is never freed',
      seams: frames(emptiesTable)(leak(mostOctets)),
    },
    'compares-fields': {
      says: 'Each field of a block is compared with all others before the limit of sections is looked at, which takes a second for some thousand',
      seams: frames((frame) => frame.type === 'HEADERS' && countIn(frame.fragment, shortest) >= 1000)(keepBusy(1200)),
    },
    'ends-the-process': {
      says: 'A block of more than fifteen thousand references ends the process',
      seams: frames(hasReferences(15_001))(endAt(1)),
    },
    'others-pay': {
      says: 'With the tenth block that has a thousand fields of the static table all other connections are closed',
      seams: dropOthersAt(
        frames((frame) => alikeAtEnd(frame) >= 1000 && !hasReferences(1)(frame)),
        10,
      ),
    },
  }),
];
