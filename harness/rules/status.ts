import { fieldValues } from '../grpc/metadata';
import { findPercentEncodingFault } from '../grpc/percent-encoding';
import { status } from '../grpc/status';
import { quoted } from './quoted';
import { callRule, type CallEnd, type RuleBreach } from './rule';
import { hasTrailers } from './trailers';

/** Octets of a value that fit into a line of a report. */
const shown = 80;

const valuesOf = ({ state: { trailers = [] } }: CallEnd, name: string): readonly string[] =>
  fieldValues(trailers, name);

/** Statuses that no gRPC library gives of its own accord, so that they come from a handler (statuscodes.md, the list at its end). */
export const neverOfLibraries: readonly number[] = [
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.DATA_LOSS,
];

/** PROTOCOL-HTTP2 Status. Some libraries write what the handler gave them, a minus sign included (catalogue STATUS-02). */
export const statusDecimal = callRule('STATUS-02-decimal-no-leading-zero', {
  end: {
    looksAt: (end) => hasTrailers(end) && valuesOf(end, 'grpc-status').length > 0,
    breach: (end) =>
      valuesOf(end, 'grpc-status')
        .filter((value) => !/^(0|[1-9]\d*)$/.test(value))
        .map((value) => ({
          observed: `grpc-status ${quoted(value, shown)}`,
          expected: 'a decimal number without leading zeros',
          reaction: 'bad grpc-status',
        })),
  },
});

const percentFaults = {
  octet: 'an octet outside 0x20 to 0x7e',
  escape: 'a % without two hexadecimal digits after it',
  'lower-case': 'hexadecimal digits in lower case',
} as const;

/** PROTOCOL-HTTP2 Status-Message. */
export const percentEncoding = callRule('STATUS-04-percent-encoding-alphabet', {
  end: {
    looksAt: (end) => hasTrailers(end) && valuesOf(end, 'grpc-message').length > 0,
    breach: (end) =>
      valuesOf(end, 'grpc-message').flatMap((value): readonly RuleBreach[] => {
        const fault = findPercentEncodingFault(value);
        if (fault === undefined) return [];
        const breach = {
          observed: `grpc-message ${quoted(value, shown)}: ${percentFaults[fault.kind]}`,
          expected: 'octets 0x20 to 0x7e, with % before two hexadecimal digits alone',
          reaction: 'bad grpc-message',
        };
        return [fault.kind === 'lower-case' ? { ...breach, severity: 'warn' } : breach];
      }),
  },
});
