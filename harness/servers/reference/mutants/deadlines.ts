import { parseTimeout } from '../../../grpc/timeout';
import { errorCodes } from '../../../wire/error-codes';
import { frameTypes } from '../../../wire/frame';
import type { MakeSeams, OutgoingSection, Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { countPerStream, isTrailersOnly, onRequests, rememberPaths, valueOf } from './operators';
import { atDeadline, onTimeouts } from './timeouts';
import { followConnection, windowOf, withheld } from './windows';

/** Timeouts that are so long expire at once: the number that holds them overflows. */
const overflowsAt = (limit: number): Seams =>
  onTimeouts((milliseconds, written) => (milliseconds >= limit ? '1n' : written));

/** Requests without a timeout get one. @param of what methods */
const byDefault = (timeout: string, of: (path: string) => boolean = () => true): Seams =>
  onRequests((fields) => {
    const path = valueOf(fields, ':path') ?? '';
    const isWithout = valueOf(fields, 'grpc-timeout') === undefined;
    return isWithout && of(path) ? [...fields, { name: 'grpc-timeout', value: timeout }] : fields;
  });

/** Timeouts that are none for the server. @param is gets what was written */
const without = (is: (written: string) => boolean): Seams =>
  onRequests((fields) =>
    fields.filter(({ name, value }) => name !== 'grpc-timeout' || parseTimeout(value) === undefined || !is(value)),
  );

const isExpiry = ({ fields, endStream }: OutgoingSection): boolean =>
  endStream && valueOf(fields, 'grpc-message') === 'deadline exceeded';

/** Deadlines that hold only for some calls. @param holds gets the stream */
const enforcedWhen = (holds: (streamId: number) => boolean): Seams => ({
  policy: { enforcesDeadline: (_, streamId) => holds(streamId) },
});

/** Deadlines that wait for DATA of the request. */
const onlyOnceBegun: MakeSeams = () => {
  const data = countPerStream();
  return {
    inbound: {
      frame: (frame) => {
        if (frame.type === 'DATA') data.next(frame.streamId);
        return [frame];
      },
    },
    ...enforcedWhen((streamId) => data.of(streamId) > 0),
  };
};

/** Deadlines that do not come, or not when they should. */
export const deadlineMutants: readonly Mutant[] = [
  ...mutantsOf('DL-02-no-timeout-is-infinite', {
    'two-seconds': { says: 'Calls without a timeout have one of two seconds', ...byDefault('2S') },
    'streams-only': {
      says: 'Server-streaming calls without a timeout have one of two seconds',
      ...byDefault('2S', (path) => path.endsWith('/StreamingOutputCall')),
    },
  }),
  ...mutantsOf('DL-04-not-before-the-deadline', {
    'milliseconds-of-31-bits': {
      says: 'Timeouts of 2^31 milliseconds and more expire at once',
      ...overflowsAt(2 ** 31),
    },
    'seconds-of-31-bits': {
      says: 'Timeouts of 2^31 seconds and more expire at once',
      ...overflowsAt(2 ** 31 * 1000),
    },
    'microseconds-of-53-bits': {
      says: 'Timeouts of 2^53 microseconds and more expire at once',
      ...overflowsAt(2 ** 53 / 1000),
    },
    'nanoseconds-of-63-bits': {
      says: 'Timeouts of 2^63 nanoseconds and more expire at once',
      ...overflowsAt(2 ** 63 / 1_000_000),
    },
    'nanoseconds-of-32-bits': {
      says: 'Of timeouts between 2^32 nanoseconds and a minute only what is above 2^32 nanoseconds counts',
      ...onTimeouts((milliseconds, written) =>
        milliseconds > 2 ** 32 / 1_000_000 && milliseconds < 60_000
          ? `${Math.max(1, (Math.floor(milliseconds * 1_000_000) % 2 ** 32) % 99_999_999)}n`
          : written,
      ),
    },
    hundredth: {
      says: 'Calls with a timeout of less than five seconds expire after a hundredth of it',
      ...onTimeouts((milliseconds, written) => (milliseconds < 5000 ? `${Math.ceil(milliseconds * 10)}u` : written)),
    },
    'leading-zeros': {
      says: 'Timeouts with a leading zero expire at once',
      ...onTimeouts((milliseconds, written) => (milliseconds > 0 && written.startsWith('0') ? '1n' : written)),
    },
    'eight-digits': {
      says: 'Timeouts of eight digits expire at once',
      ...onTimeouts((_, written) => (/^[1-9]\d{7}/.test(written) ? '1n' : written)),
    },
    'with-the-first-answer': {
      says: 'The deadline of a call with a timeout of less than two seconds comes with its first answer',
      seams: (wire) => {
        const isShort = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              const milliseconds = parseTimeout(valueOf(section.fields, 'grpc-timeout') ?? '') ?? Infinity;
              if (milliseconds < 2000) isShort.add(section.streamId);
              return section;
            },
          },
          outbound: {
            message: (message, { id }) => {
              if (isShort.has(id)) setImmediate(() => wire.reset(id, errorCodes.CANCEL));
              return [message];
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('DL-05-handler-sees-cancellation', {
    never: { says: 'At the deadline the handler is not told', policy: { tells: (why) => why !== 'deadline' } },
    'after-answer': {
      says: 'At the deadline the handler is not told once it has answered',
      policy: { tells: (why, headersSent) => why !== 'deadline' || !headersSent },
    },
    'before-answer': {
      says: 'At the deadline the handler is not told before it has answered',
      policy: { tells: (why, headersSent) => why !== 'deadline' || headersSent },
    },
  }),
  ...mutantsOf('DL-06-deadline-during-stream', {
    'never-after-three': {
      says: 'The deadline of a call that has sent three messages is not enforced',
      seams: () => {
        const sent = countPerStream();
        return {
          outbound: {
            message: (message, { id }) => {
              sent.next(id);
              return [message];
            },
          },
          ...enforcedWhen((streamId) => sent.of(streamId) < 3),
        };
      },
    },
    'ok-in-the-middle': {
      says: 'A call whose deadline comes within its answer ends with status OK',
      ...atDeadline('0', false),
    },
    'server-streaming-only': {
      says: 'Deadlines of server-streaming calls are not enforced',
      seams: () => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          ...enforcedWhen((streamId) => !paths.of(streamId).endsWith('/StreamingOutputCall')),
        };
      },
    },
    late: {
      says: 'Deadlines come four seconds late',
      ...onTimeouts((milliseconds, written) => (milliseconds < 1000 ? `${Math.ceil(milliseconds) + 4000}m` : written)),
    },
  }),
  ...mutantsOf('DL-07-deadline-while-blocked-on-window', {
    'waits-for-credit': {
      says: 'What ends a call past its deadline waits until the window of its stream is open',
      seams: (wire, server) =>
        withheld((section) => isExpiry(section) && windowOf(wire, section.streamId) <= 0)(wire, server),
    },
    'stays-within-the-answer': {
      says: 'The deadline of a call that waits within its answer is not enforced',
      seams: (wire) => {
        const sent = countPerStream();
        return {
          outbound: {
            frame: (frame) => {
              if (frame.type === frameTypes.DATA) sent.next(frame.streamId);
              return [frame];
            },
          },
          ...enforcedWhen((streamId) => sent.of(streamId) === 0 || windowOf(wire, streamId) > 0),
        };
      },
    },
    'waits-for-the-connection': {
      says: 'Deadlines are not enforced while the connection window is used up',
      seams: () => {
        const connection = followConnection();
        return { ...connection.seams, ...enforcedWhen(() => connection.left() > 0) };
      },
    },
    'inside-a-message': {
      says: 'The deadline of a call is not enforced while a message of its request is not complete',
      seams: (wire) => enforcedWhen((streamId) => wire.find(streamId)?.insideMessage !== true),
    },
    'before-the-first-octet': {
      says: 'The deadline of a call is not enforced before the first DATA of its request',
      seams: onlyOnceBegun,
    },
    'no-half-close': {
      says: 'The deadline of a client-streaming call is not enforced before the half-close',
      seams: (wire) => {
        const paths = rememberPaths();
        return {
          inbound: paths.inbound,
          ...enforcedWhen(
            (streamId) =>
              !paths.of(streamId).endsWith('/StreamingInputCall') || wire.find(streamId)?.remoteEnded === true,
          ),
        };
      },
    },
  }),
  ...mutantsOf('DL-09-zero-timeout', {
    'zero-is-none': { says: 'A timeout of zero is none', ...without((written) => /^0+[A-Za-z]$/.test(written)) },
    'zero-hours': { says: 'A timeout of zero hours is none', ...without((written) => /^0+H$/.test(written)) },
    nanoseconds: {
      says: 'A timeout of some nanoseconds is rounded to none',
      ...without((written) => /^0*[1-9]\d?n$/.test(written)),
    },
    unanswered: {
      says: 'A call whose deadline was over when it came is never answered',
      seams: () => ({
        outbound: { section: (section) => (isTrailersOnly(section) && isExpiry(section) ? [] : [section]) },
      }),
    },
  }),
  ...mutantsOf('DL-10-many-deadlines-fire-independently', {
    together: {
      says: 'The first deadline of a connection ends all its calls',
      seams: (wire) => ({
        outbound: {
          section: (section) => {
            if (isExpiry(section)) {
              const others = wire.streams().filter(({ id }) => id !== section.streamId);
              setImmediate(() => others.forEach(({ id }) => wire.reset(id, errorCodes.CANCEL)));
            }
            return [section];
          },
        },
      }),
    },
    'thirty-two': {
      says: 'Of the calls of a connection only the 32 oldest have deadlines',
      survives: {
        where: 'without examples',
        reason: 'which calls are among the oldest when a deadline passes is a race between their ends',
      },
      seams: (wire) => enforcedWhen((streamId) => wire.streams().findIndex(({ id }) => id === streamId) < 32),
    },
    'latest-only': {
      says: 'A connection has one timer, so that a request with a timeout takes it from the one before',
      seams: () => {
        let latest = 0;
        return {
          inbound: {
            section: (section) => {
              if (valueOf(section.fields, 'grpc-timeout') !== undefined) latest = section.streamId;
              return section;
            },
          },
          ...enforcedWhen((streamId) => streamId === latest),
        };
      },
    },
  }),
];
