import type { Seams } from '../seams';
import type { Method } from '../services/service';
import { mutantsOf, type Mutant } from './mutant';
import { onEnd, valueOf, whenFrame } from './operators';

/** Processes that end, or answer no more. */
export const processEndMutants: readonly Mutant[] = [
  ...mutantsOf('DOS-13-mutated-sessions', {
    'ends-the-process': {
      says: 'A frame of a length that its type cannot have ends the process when calls are open',
      endsService: true,
      seams: whenFrame('MALFORMED', (_, wire) => {
        if (wire.streams().length > 0) exitFatally();
      }),
    },
  }),
  ...mutantsOf('ALIVE-01-process-stays', {
    'twentieth-call': {
      says: 'The process ends at its twentieth call',
      endsService: true,
      provokedBy: ['RPC-01'],
      seams: (_, server) => ({
        inbound: {
          section: (section) => {
            if (++server.calls === 20) exitFatally();
            return section;
          },
        },
      }),
    },
    'after-refusals': {
      says: 'The process ends when a connection has had three calls that ended with an error',
      endsService: true,
      provokedBy: ['RPC-11', 'RESP-01', 'HPACK-12', 'TRAIL-01'],
      seams: () => {
        let errors = 0;
        return onEnd((fields) => {
          if (valueOf(fields, 'grpc-status') !== '0' && ++errors === 3) exitFatally();
          return fields;
        });
      },
    },
  }),
  ...mutantsOf('ALIVE-02-serves-on', {
    'twelfth-call': {
      says: 'From its twelfth call on the process answers none',
      endsService: true,
      provokedBy: ['RPC-01'],
      seams: (_, server) => silentFrom(server, 12),
    },
    'sixtieth-call': {
      says: 'From its sixtieth call on the process answers none',
      endsService: true,
      provokedBy: ['RPC-01', 'RPC-03', 'RESP-01'],
      seams: (_, server) => silentFrom(server, 60),
    },
  }),
];

/** Dies as a process does in which something was not caught. */
export function exitFatally(): never {
  process.stderr.write('reference server: unhandled fault in a call\n    at serve (mutant)\n');
  process.exit(2);
}

/** No call is answered from that one on. */
export function silentFrom(server: { calls: number }, first: number): Seams {
  let isDead = false;
  return {
    inbound: {
      section: (section) => {
        isDead = ++server.calls >= first;
        return section;
      },
    },
    policy: { serve: (_path, method) => (isDead ? silence : method) },
  };
}

/** A method that never answers. */
export const silence: Method = { kind: 'bidirectional-streaming', handle: (call) => call.sleep(Infinity) };
