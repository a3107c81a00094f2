import type { RowNumber } from '../../../catalogue';
import { status } from '../../../grpc/status';
import { gzip } from '../../../grpc/compression';
import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { echoInitialName, echoTrailingName } from '../../../grpc/test-service';
import { parseTimeout } from '../../../grpc/timeout';
import { data } from '../../../wire/builders';
import { flags, frameTypes, type RawFrame } from '../../../wire/frame';
import type { Seams, ServerState, Wire } from '../seams';
import { StatusError } from '../status-error';
import { isInRange, splitNameAndValue, type ValueRange } from '../value-range';
import { before, isOf } from './handlers';
import {
  changeField,
  dropField,
  isHeaders,
  isTrailers,
  isTrailersOnly,
  onHeaders,
  onRequests,
  valueOf,
} from './operators';
import { exitFatally, silentFrom } from './process-ends';
import { longestDelay } from './timeouts';
import { wholeFrames } from './windows';

/** The plainest ways to be wrong: a call that does not work at all, and what a careless port of a library leaves out. */
export interface PlainDefect {
  /** What the server then does wrong. */
  readonly says: string;
  /** The rows that may name it; one of them must be among the first findings of a whole run. */
  readonly finds: readonly RowNumber[];
  /** True when no document forbids it, and only the promise of a fixture is broken: lost where it is expected. */
  readonly isPromise?: boolean;
  /** The number that it takes, as in `plain:exit-every=150`. */
  readonly value?: ValueRange;
  /** What it does to a connection. @param value the number that it was chosen with */
  readonly seams: (wire: Wire, server: ServerState, value: number) => Seams;
}

/** Ways in which all calls of one kind can be dead. */
const deaths = {
  reset: 'are reset with INTERNAL_ERROR',
  hang: 'are never answered',
  status: 'end with UNKNOWN',
} as const;

export type Death = keyof typeof deaths;

/** The kinds of calls, and the row about the plain call of each. */
const kinds = {
  unary: 'RPC-01',
  'client-streaming': 'RPC-02',
  'server-streaming': 'RPC-03',
  'bidirectional-streaming': 'RPC-04',
} as const;

type Kind = keyof typeof kinds;
type DeadKind = `plain:${Kind}-${Death}`;

const deadKinds = Object.fromEntries(
  Object.entries(kinds).flatMap(([kind, row]) =>
    Object.entries(deaths).map(([death, says]): [string, PlainDefect] => [
      `plain:${kind}-${death}`,
      {
        says: `All calls of ${kind} methods ${says}`,
        finds: [row],
        seams: () => deadCalls(kind as Kind, death as Death),
      },
    ]),
  ),
) as unknown as Readonly<Record<DeadKind, PlainDefect>>;

const others = {
  'plain:no-trailers': {
    says: 'Answers end with END_STREAM on their last DATA frame, without trailers',
    finds: ['TRAIL-01', 'TRAIL-02', 'TRAIL-03', 'RPC-01'],
    seams: () => ({
      outbound: {
        section: (section) => {
          const end = data(section.streamId, new Uint8Array(0), { endStream: true });
          if (isTrailers(section)) return [end];
          if (!isTrailersOnly(section) || valueOf(section.fields, 'grpc-status') === undefined) return [section];
          const fields = section.fields.filter(({ name }) => !name.startsWith('grpc-'));
          return [{ ...section, fields, endStream: false }, end];
        },
      },
    }),
  },
  'plain:no-headers': {
    says: 'Answers begin with DATA, without Response-Headers',
    finds: ['RESP-01', 'RESP-02', 'RESP-04', 'RPC-01'],
    seams: () => ({ outbound: { section: (section) => (isHeaders(section) ? [] : [section]) } }),
  },
  'plain:prefix-of-6': {
    says: 'The prefix of a request message is taken for 6 octets',
    finds: ['RPC-01', 'RPC-02', 'RPC-03', 'RPC-04'],
    seams: () => ({ policy: { prefixLength: 6 } }),
  },
  'plain:no-metadata': {
    says: 'Custom metadata is never sent',
    finds: ['REQ-24', 'REQ-25', 'REQ-26', 'RESP-08', 'TRAIL-08'],
    isPromise: true,
    seams: () => ({
      outbound: {
        section: (section) => [
          {
            ...section,
            fields: section.fields.filter(({ name }) => name !== echoInitialName && name !== echoTrailingName),
          },
        ],
      },
    }),
  },
  'plain:gzip-as-is': {
    says: 'A request message in gzip is handed over compressed',
    finds: ['COMP-02', 'METHOD-11'],
    seams: () => ({
      policy: { decompress: (octets, encoding, correct) => (encoding === 'gzip' ? octets : correct()) },
    }),
  },
  'plain:unary-as-bidirectional': {
    says: 'Unary methods of TestService are run by the handler of a bidirectional one',
    finds: ['RPC-01', 'RPC-06'],
    seams: () => ({
      policy: {
        serve: (path, method, find) =>
          path.startsWith('/grpc.testing.') && isOf('EmptyCall', 'UnaryCall', 'CacheableUnaryCall')(path)
            ? find('/grpc.testing.TestService/FullDuplexCall')
            : method,
      },
    }),
  },
  'plain:late-settings': {
    says: 'SETTINGS is sent only after the first HEADERS of the client',
    finds: ['CONN-01', 'CONN-05'],
    seams: lateSettings,
  },
  'plain:unnamed-encoding': {
    says: 'Answers are compressed where the client accepts it, and no grpc-encoding says how',
    finds: ['COMP-14', 'COMP-02'],
    seams: () => {
      const accepts = acceptsGzip();
      return {
        inbound: accepts.inbound,
        outbound: {
          ...onHeaders(dropField('grpc-encoding')).outbound,
          message: (message, { id }) =>
            message[0] === 0 && accepts.of(id)
              ? [encodeMessage(gzip(message.subarray(5)), { compressedFlag: 1 })]
              : [message],
        },
      };
    },
  },
  'plain:flag-on-empty': {
    says: 'An answer without octets has Compressed-Flag 1 where the client accepts an encoding',
    finds: ['COMP-14', 'MSG-13'],
    seams: () => {
      const accepts = acceptsGzip();
      return {
        inbound: accepts.inbound,
        outbound: {
          message: (message, { id }) =>
            message.length === 5 && accepts.of(id)
              ? [encodeMessage(new Uint8Array(0), { compressedFlag: 1 })]
              : [message],
        },
      };
    },
  },
  'plain:end-stream-on-continuation': {
    says: 'The END_STREAM of trailers that need CONTINUATION is on the last CONTINUATION, not on HEADERS',
    finds: ['TRAIL-01', 'TRAIL-10', 'FRAME-23'],
    seams: endStreamOnContinuation,
  },
  'plain:exit-every': {
    says: 'The process ends with exit code 2 at each call that is a multiple of that number',
    finds: ['ALIVE-01'],
    value: { unit: 'calls', least: 1, most: 10_000, always: [20, 150] },
    seams: (_, server, every) => ({
      inbound: {
        section: (section) => {
          if (++server.calls % every === 0) exitFatally();
          return section;
        },
      },
    }),
  },
  'plain:stops-at': {
    says: 'From that call of the process on, no call is answered',
    finds: ['ALIVE-02'],
    value: { unit: 'calls', least: 1, most: 10_000, always: [12] },
    seams: (_, server, first) => silentFrom(server, first),
  },
  'plain:small-window-unused': {
    says: 'DATA waits until the window has room for the whole frame that is queued',
    finds: ['FLOW-03', 'FLOW-01', 'METHOD-08', 'STATUS-08'],
    seams: () => ({
      policy: {
        share: (room) => ({
          room: Math.min(room.maxFrameSize, room.connectionWindow, room.streamWindow),
          uncounted: 0,
          ...wholeFrames(room),
        }),
      },
    }),
  },
  'plain:empty-messages-lost': {
    says: 'Every empty message of a client-streaming or bidirectional request is lost',
    finds: ['MSG-05'],
    seams: () => ({
      policy: {
        receive: ({ octets, manyMessages }, read) => (octets.length === 0 && manyMessages ? undefined : read()),
      },
    }),
  },
  'plain:deadline-overflow': {
    says: 'The timer of a timeout of more than 2^31-1 milliseconds fires after one millisecond',
    finds: ['DL-01'],
    seams: () => onTimeouts((milliseconds, written) => (milliseconds > longestDelay ? '1m' : written)),
  },
  'plain:no-tiny-deadline': {
    says: 'A timeout of less than 100 nanoseconds is none',
    finds: ['DL-01', 'DL-03'],
    seams: () => onTimeouts((milliseconds, written) => (milliseconds < tinyTimeout ? undefined : written)),
  },
} as const satisfies Readonly<Record<`plain:${string}`, PlainDefect>>;

export type PlainDefectName = DeadKind | keyof typeof others;

/** All plain defects by their names. */
export const plainDefects: Readonly<Record<PlainDefectName, PlainDefect>> = { ...deadKinds, ...others };

export const plainDefectNames = Object.keys(plainDefects) as readonly PlainDefectName[];

/** A plain defect that a server has, with its number where it takes one. */
export interface ChosenPlainDefect {
  readonly name: PlainDefectName;
  readonly value?: number;
}

/** The plain defect that `plain:name` or `plain:name=value` stands for, or undefined. */
export function findPlainDefect(text: string): ChosenPlainDefect | undefined {
  const parts = splitNameAndValue(text);
  if (parts === undefined || !Object.hasOwn(plainDefects, parts.name)) return undefined;
  const chosen = { ...parts, name: parts.name as PlainDefectName };
  return isInRange(plainDefects[chosen.name].value, chosen.value) ? chosen : undefined;
}

/** Calls of one kind that end before their handlers begin. */
function deadCalls(kind: Kind, death: Death): Seams {
  const dies = before(
    async (call) => {
      if (death === 'hang') await call.sleep(Infinity);
      if (death === 'status') throw new StatusError(status.UNKNOWN, 'the handler threw an exception');
      throw new Error('the call is reset');
    },
    (_, own) => own === kind,
  );
  return { policy: { ...dies.policy, ...(death === 'reset' ? { answersException: () => false } : {}) } };
}

/** 100 nanoseconds, in milliseconds. */
const tinyTimeout = 1e-4;

/** Timeouts of requests, otherwise; undefined: none. What is malformed stays. */
const onTimeouts = (change: (milliseconds: number, written: string) => string | undefined): Seams =>
  onRequests((fields) => {
    const written = valueOf(fields, 'grpc-timeout');
    const milliseconds = written === undefined ? undefined : parseTimeout(written);
    if (written === undefined || milliseconds === undefined) return fields;
    const changed = change(milliseconds, written);
    return changed === undefined
      ? dropField('grpc-timeout')(fields, 0)
      : changeField('grpc-timeout', () => changed)(fields, 0);
  });

/** Which calls accept gzip or deflate. */
function acceptsGzip(): {
  readonly inbound: NonNullable<Seams['inbound']>;
  readonly of: (streamId: number) => boolean;
} {
  const accepted = new Set<number>();
  return {
    inbound: {
      section: (section) => {
        const accept = valueOf(section.fields, 'grpc-accept-encoding') ?? '';
        if (/gzip|deflate/.test(accept)) accepted.add(section.streamId);
        return section;
      },
    },
    of: (streamId) => accepted.has(streamId),
  };
}

function lateSettings(wire: Wire): Seams {
  let held: RawFrame | undefined;
  let isFirst = true;
  const release = (): readonly RawFrame[] => {
    const frames = held === undefined ? [] : [held];
    held = undefined;
    return frames;
  };
  return {
    inbound: {
      frame: (frame) => {
        if (frame.type === 'HEADERS') for (const one of release()) wire.send(one);
        return [frame];
      },
    },
    outbound: {
      frame: (frame) => {
        if (frame.type === frameTypes.GOAWAY) return [...release(), frame];
        if (!isFirst) return [frame];
        isFirst = false;
        held = frame;
        return [];
      },
    },
  };
}

function endStreamOnContinuation(): Seams {
  const late = new Set<number>();
  return {
    outbound: {
      frame: (frame) => {
        const isWhole = (frame.flags & flags.END_HEADERS) !== 0;
        const ends = (frame.flags & flags.END_STREAM) !== 0;
        if (frame.type === frameTypes.HEADERS && ends && !isWhole) {
          late.add(frame.streamId);
          return [{ ...frame, flags: frame.flags & ~flags.END_STREAM }];
        }
        if (frame.type !== frameTypes.CONTINUATION || !isWhole || !late.delete(frame.streamId)) return [frame];
        return [{ ...frame, flags: frame.flags | flags.END_STREAM }];
      },
    },
  };
}
