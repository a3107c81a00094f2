import { parseTimeout } from '../../../grpc/timeout';
import { frameTypes } from '../../../wire/frame';
import type { MakeSeams, Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { changeField, onEnd, onRequests, onTrailersOnly, valueOf } from './operators';

/** Longest delay of setTimeout, in milliseconds. */
export const longestDelay = 0x7fffffff;

/** Timeouts of requests, otherwise; what is malformed stays. @param change gets milliseconds and what was written */
export const onTimeouts = (change: (milliseconds: number, written: string) => string): Seams =>
  onRequests(
    changeField('grpc-timeout', (written) => {
      const milliseconds = parseTimeout(written);
      return milliseconds === undefined ? written : change(milliseconds, written);
    }),
  );

/** Ends that a deadline has made, otherwise. */
export const atDeadline = (code: string, onlyAlone: boolean): Seams =>
  (onlyAlone ? onTrailersOnly : onEnd)((fields) =>
    valueOf(fields, 'grpc-message') === 'deadline exceeded'
      ? changeField('grpc-status', () => code)(fields, 0).filter(({ name }) => code !== '0' || name !== 'grpc-message')
      : fields,
  );

/** Calls with a malformed timeout that are never answered. @param is gets what was written */
const unanswered = (is: (written: string) => boolean): MakeSeams => {
  return () => {
    const written = new Map<number, string>();
    const silent = new Set<number>();
    return {
      inbound: {
        section: (section) => {
          written.set(section.streamId, valueOf(section.fields, 'grpc-timeout') ?? '');
          return section;
        },
      },
      outbound: {
        section: (section) => {
          const isRefusal = valueOf(section.fields, 'grpc-message') === 'malformed grpc-timeout';
          if (!isRefusal || !is(written.get(section.streamId) ?? '')) return [section];
          silent.add(section.streamId);
          return [];
        },
        frame: (frame) => (frame.type === frameTypes.RST_STREAM && silent.has(frame.streamId) ? [] : [frame]),
      },
    };
  };
};

/** What a timeout comes to: how it is read, and what becomes of the call when it is over. */
export const timeoutMutants: readonly Mutant[] = [
  ...mutantsOf('DL-01-units-and-values', {
    overflow: {
      says: 'Timeouts of more than 2^31-1 milliseconds expire at once',
      ...onTimeouts((milliseconds, written) => (milliseconds > longestDelay ? '0n' : written)),
    },
    'micro-as-milli': {
      says: 'Microseconds are taken for milliseconds',
      ...onTimeouts((_, written) => written.replace('u', 'm')),
    },
    'minutes-as-milli': {
      says: 'Minutes are taken for milliseconds',
      ...onTimeouts((_, written) => written.replace('M', 'm')),
    },
    'hours-as-milli': {
      says: 'Hours are taken for milliseconds',
      ...onTimeouts((_, written) => written.replace('H', 'm')),
    },
    'nano-ignored': {
      says: 'Timeouts in nanoseconds are none',
      ...onTimeouts((_, written) => (written.endsWith('n') ? '1H' : written)),
    },
    'leading-zeros-octal': {
      says: 'Numbers with leading zeros are read as octal ones',
      ...onTimeouts((_, written) =>
        /^0[0-7]+[a-zA-Z]$/.test(written) ? `${parseInt(written.slice(0, -1), 8)}${written.slice(-1)}` : written,
      ),
      survives: {
        where: 'always',
        reason:
          'an octal reading leaves every timeout of the experiment ample or as short as it was: the sizes of numbers with leading zeros are far from both bounds',
      },
    },
    'eight-digits': {
      says: 'Timeouts of eight digits in fractions of a second are taken for one of their units',
      ...onTimeouts((_, written) => (/^[1-9]\d{7}[mun]$/.test(written) ? `1${written.slice(-1)}` : written)),
    },
  }),
  ...mutantsOf('DL-03-expiry-ends-the-call', {
    'ok-when-alone': {
      says: 'At the deadline the call ends with status OK when Response-Headers were not sent yet',
      ...atDeadline('0', true),
    },
    'never-after-answer': {
      says: 'The deadline of a call that has answered is not enforced',
      seams: () => {
        const answered = { any: false };
        return {
          outbound: {
            message: (message) => {
              answered.any = true;
              return [message];
            },
          },
          policy: { enforcesDeadline: () => !answered.any },
        };
      },
    },
    'never-before-half-close': {
      says: 'The deadline of a call whose request is not complete is not enforced',
      policy: { enforcesDeadline: (halfClosed) => halfClosed },
    },
    internal: { says: 'At the deadline the call ends with INTERNAL', ...atDeadline('13', false) },
    'ten-times-as-long': {
      says: 'Timeouts of less than a second are ten times as long',
      ...onTimeouts((milliseconds, written) =>
        milliseconds < 1000 ? `${Math.ceil(milliseconds * 10_000)}u` : written,
      ),
    },
  }),
  ...mutantsOf('DL-08-malformed-timeout', {
    'no-answer': { says: 'A call with a malformed timeout is never answered', seams: unanswered(() => true) },
    'without-unit': {
      says: 'A call whose timeout has no unit is never answered',
      seams: unanswered((written) => /^\d+$/.test(written)),
    },
    'nine-digits': {
      says: 'A call whose timeout has nine digits or more is never answered',
      seams: unanswered((written) => /^\d{9,}[HMSmun]$/.test(written)),
    },
    negative: {
      says: 'A call with a negative timeout is never answered',
      seams: unanswered((written) => written.startsWith('-')),
    },
    twice: {
      says: 'A call with two timeouts is never answered',
      seams: unanswered((written) => /^\d{1,8}[HMSmun]$/.test(written)),
    },
    'expires-at-once': {
      says: 'A timeout with a fraction expires at once',
      ...onRequests(changeField('grpc-timeout', (written) => (written.includes('.') ? '0n' : written))),
      survives: {
        where: 'always',
        reason:
          'an end by DEADLINE_EXCEEDED is one of the refusals that servers have for it, and only recorded as info',
      },
    },
  }),
];
