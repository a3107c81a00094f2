import { frameTypes, type Frame } from '../../../wire/frame';
import { connectionPreface } from '../../../wire/preface';
import type { Seams, ServerState, Wire } from '../seams';
import { exitFatally, silence } from './calls';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { onFramesIn } from './operators';

/** What becomes of a server that a client can bring down. */

/** Milliseconds for which the process does nothing at all: longer than an answer may take. */
const standstill = 8000;

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
      says: 'A frame of unknown type on a stream that is open stops the process',
      ...onFrame((frame, wire) => frame.type === 'UNKNOWN' && wire.find(frame.streamId) !== undefined, hang),
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
];
