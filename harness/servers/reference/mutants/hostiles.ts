import { frameTypes, type Frame } from '../../../wire/frame';
import { connectionPreface } from '../../../wire/preface';
import type { Seams, ServerState, Wire } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { onFramesIn } from './operators';
import { exitFatally, silence } from './process-ends';

/** What becomes of a server that a client can bring down. */

/** Milliseconds for which the process does nothing at all: longer than an answer may take. */
const standstill = 12_000;

/** Milliseconds for which a lock is kept: longer than whoever comes right behind waits for an answer. */
const lockTime = 8000;

/** Stands still as a process does that has got into a loop without an end, without heating the machine. */
function hang(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standstill);
}

/** Does something when a frame is such a one. */
const onFrame = (
  is: (frame: Frame, wire: Wire) => boolean,
  act: (server: ServerState) => void,
): Pick<Clause, 'endsService' | 'seams'> => ({
  endsService: true,
  seams: (wire, server) =>
    onFramesIn((frame) => {
      if (is(frame, wire)) act(server);
      return [frame];
    }),
});

/** What a server does with the first octets of a connection. */
const onFirstOctets =
  (act: (octets: Uint8Array, server: ServerState) => Uint8Array) =>
  (_: Wire, server: ServerState): Seams => ({
    policy: {
      takeRead: (octets, { prefaceSeen, pending }) =>
        prefaceSeen === 0 && pending === 0 && octets.length > 0 ? act(octets, server) : octets,
    },
  });

const isPreface = (octets: Uint8Array): boolean =>
  octets.every((octet, at) => at >= connectionPreface.length || octet === connectionPreface[at]);

/** Octets of the beginning of a preface that is right. */
const rightOctets = (octets: Uint8Array): number => {
  const wrong = octets.findIndex((octet, at) => octet !== connectionPreface[at]);
  return wrong === -1 ? octets.length : wrong;
};

/** More than any frame header announces that is meant. */
const hugeFrame = 2 ** 23;

/** What a DATA frame that begins with a prefix says of the length of its message. */
const announcedBy = (frame: Frame): number =>
  frame.type === 'DATA' && frame.data.length >= 5 ? Buffer.from(frame.data).readUInt32BE(1) : 0;

/** Octets that no message of an ordinary call announces. */
const farTooMuch = 2 ** 20;

/** Does something with the octets of a request message before they are decoded. */
const readingFields = (act: (octets: Uint8Array) => void): Pick<Clause, 'policy'> => ({
  policy: {
    receive: ({ octets }, read) => {
      try {
        act(unknownPart(octets));
      } catch {
        exitFatally();
      }
      return read();
    },
  },
});

const wireTypeOf = (octets: Uint8Array, at: number): number => (octets[at] ?? 0) & 7;

/** Behind the tag that stands there. */
function afterVarint(octets: Uint8Array, at: number): number {
  let next = at;
  while ((octets[next] ?? 0) >= 0x80) next += 1;
  return next + 1;
}

/** What stands behind the field of two octets that comes first, and inside the field `payload` where that is the next. */
function unknownPart(octets: Uint8Array): Uint8Array {
  const rest = octets.subarray(2);
  return rest[0] === payloadTag ? rest.subarray(afterVarint(rest, 1)) : rest;
}

/** Tag of the field `payload` of a SimpleRequest. */
const payloadTag = 0x1a;

/** Groups inside each other: a tag of one ends with the next of another. @returns where it is over. @throws RangeError */
function passOverGroup(octets: Uint8Array, at: number, level: number): number {
  let next = at;
  while (next < octets.length && wireTypeOf(octets, next) === 3)
    next = passOverGroup(octets, afterVarint(octets, next), level + 1);
  return level > 0 && wireTypeOf(octets, next) === 4 ? afterVarint(octets, next) : next;
}

/** The first field, and the first inside it. @throws RangeError */
function lookInto(octets: Uint8Array): void {
  if (octets.length > 0 && wireTypeOf(octets, 0) === 2)
    lookInto(octets.subarray(afterVarint(octets, afterVarint(octets, 0))));
}

/** Octets in which a group begins and no other field. */
const depthOf = (octets: Uint8Array): number => {
  let depth = 0;
  for (const octet of octets) if ((octet & 7) === 3) depth += 1;
  return depth;
};

/** Levels that take a careless server seconds. */
const slowDepth = 10_000;

const isTiny = (frame: Frame): boolean => frame.type === 'DATA' && frame.data.length === 1;

export const hostileMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-12-random-bytes', {
    'no-preface': {
      says: 'What is not HTTP/2 is logged as text, and octets that are no UTF-8 end the process',
      endsService: true,
      seams: onFirstOctets((octets) => {
        if (rightOctets(octets) === 0 && (octets[0] ?? 0) >= 0xc0) exitFatally();
        return octets;
      }),
    },
    'keeps-the-lock': {
      says: 'A connection that does not begin with a preface keeps a lock for a while, and no call that comes meanwhile is ever answered',
      seams: (wire, server) => ({
        policy: {
          ...onFirstOctets((octets) => {
            if (!isPreface(octets)) server.calls = Date.now() + lockTime;
            return octets;
          })(wire, server).policy,
          serve: (_path, method) => (Date.now() < server.calls ? silence : method),
        },
      }),
    },
    'announced-length': {
      says: 'Memory is reserved for a frame as soon as its header is there, and where there is not so much the process ends',
      endsService: true,
      seams: onFirstOctets((octets) => {
        const behind = octets.subarray(connectionPreface.length);
        const length = behind.length < 9 ? 0 : Buffer.from(behind).readUIntBE(0, 3);
        if (isPreface(octets) && length >= hugeFrame) exitFatally();
        return octets;
      }),
    },
    padding: {
      says: 'Padding longer than its DATA frame makes a length below zero, and the process ends',
      ...onFrame(
        (frame) => frame.type === 'MALFORMED' && frame.frameType === frameTypes.DATA && frame.raw.payload.length > 0,
        exitFatally,
      ),
    },
    'unknown-frame': {
      says: 'A frame of unknown type on a stream that is open stops all workers for a while',
      seams: (wire, server) => ({
        ...onFramesIn((frame) => {
          if (frame.type === 'UNKNOWN' && wire.find(frame.streamId) !== undefined) server.calls = Date.now() + lockTime;
          return [frame];
        }),
        policy: { serve: (_path, method) => (Date.now() < server.calls ? silence : method) },
      }),
    },
    'field-block': {
      says: 'A field block with wrong padding of a Huffman string ends the process',
      endsService: true,
      policy: {
        judge: (check, correct, { reason }) => {
          if (check === 'field-block' && reason === 'huffman-padding') exitFatally();
          return correct;
        },
      },
    },
  }),
  ...mutantsOf('DOS-10-half-messages', {
    reserves: {
      says: 'Half of what a prefix announces is reserved at once, and kept as long as the connection is open',
      seams: () => {
        const reserved: Uint8Array[] = [];
        return onFramesIn((frame) => {
          const length = announcedBy(frame);
          if (length > farTooMuch) reserved.push(new Uint8Array(length / 2).fill(1));
          return [frame];
        });
      },
    },
    'not-released': {
      says: 'Of each message that never comes to its end a mebibyte is never freed',
      seams: (_, { leaked }) =>
        onFramesIn((frame) => {
          if (announcedBy(frame) > farTooMuch) leaked.push(new Uint8Array(2 ** 20).fill(1));
          return [frame];
        }),
    },
    'takes-all-workers': {
      says: 'Half a message takes a worker, of which there are sixty for all connections',
      seams: (_, server) => {
        let taken = 0;
        const stalled = onFramesIn((frame) => {
          if (announcedBy(frame) <= farTooMuch) return [frame];
          taken += 1;
          if (taken === 60) server.calls = Date.now() + lockTime;
          return [frame];
        });
        return { ...stalled, policy: { serve: (_path, method) => (Date.now() < server.calls ? silence : method) } };
      },
    },
  }),
  ...mutantsOf('DOS-15-deep-nesting', {
    groups: {
      says: 'Groups are passed over by a function that calls itself, and where its stack is full the process ends',
      endsService: true,
      ...readingFields((octets) => void passOverGroup(octets, 0, 0)),
    },
    lengths: {
      says: 'Fields that are not known are looked into for more, by a function that calls itself, and where its stack is full the process ends',
      endsService: true,
      ...readingFields(lookInto),
    },
    'counts-again': {
      says: 'Each level of a group is read once more for each level around it',
      endsService: true,
      ...readingFields((octets) => {
        if (depthOf(octets) > slowDepth) hang();
      }),
    },
    'waits-for-the-end': {
      says: 'A message with more than ten thousand groups that do not end is waited for, and never answered',
      seams: () => {
        const waited = new Set<number>();
        return {
          policy: {
            receive: ({ octets, streamId }, read) => {
              if (depthOf(octets) > slowDepth && [-1, -2].some((at) => ((octets.at(at) ?? 0) & 7) === 3))
                waited.add(streamId);
              return read();
            },
          },
          outbound: {
            section: (section) => (waited.has(section.streamId) ? [] : [section]),
            frame: (frame) => (waited.has(frame.streamId) ? [] : [frame]),
          },
        };
      },
    },
  }),
  ...mutantsOf('DOS-16-tiny-data-frames', {
    'a-buffer-each': {
      says: 'A DATA frame of one octet is kept in a buffer of 12 KiB for as long as its connection is open',
      seams: () => {
        const kept: Uint8Array[] = [];
        return onFramesIn((frame) => {
          if (isTiny(frame)) kept.push(new Uint8Array(12_288).fill(1));
          return [frame];
        });
      },
    },
    'never-freed': {
      says: 'Of each DATA frame of one octet 8 KiB are never freed',
      seams: (_, { leaked }) =>
        onFramesIn((frame) => {
          if (isTiny(frame)) leaked.push(new Uint8Array(8192).fill(1));
          return [frame];
        }),
    },
    'counts-in-short': {
      says: 'DATA frames of a connection are counted in 13 bits, and the process ends when there are more',
      endsService: true,
      seams: () => {
        let count = 0;
        return onFramesIn((frame) => {
          if (frame.type === 'DATA' && ++count >= 2 ** 13) exitFatally();
          return [frame];
        });
      },
    },
    copies: {
      says: 'The message so far is copied for each DATA frame, which with five thousand of them takes seconds in which nobody is served',
      endsService: true,
      seams: () => {
        let count = 0;
        return onFramesIn((frame) => {
          if (isTiny(frame) && ++count === 5000) hang();
          return [frame];
        });
      },
    },
  }),
];
