import { fieldValue } from '../grpc/metadata';
import { quoted } from './quoted';
import { callRule, type RuleBreach } from './rule';
import { hasTrailers } from './trailers';

/** Octets of a value that fit into a line of a report. */
const shown = 80;

/** PROTOCOL-HTTP2 Length-Prefixed-Message. */
export const responseFraming = callRule('MSG-13-response-framing', {
  packet: {
    looksAt: ({ isGrpcBody, messages }) => isGrpcBody && messages.length > 0,
    breach: ({ messages }) => {
      const wrong = messages.find(({ compressedFlag }) => compressedFlag > 1);
      if (wrong === undefined) return undefined;
      return {
        observed: `Compressed-Flag ${wrong.compressedFlag}`,
        expected: 'Compressed-Flag 0 or 1',
        reaction: 'bad Compressed-Flag',
        ends: true,
      };
    },
  },
  end: {
    looksAt: (end) => hasTrailers(end) && end.state.dataOctets > 0,
    breach: ({ state: { rest, trailers = [] } }) => {
      const status = fieldValue(trailers, 'grpc-status');
      if (rest === 0 || status === undefined) return undefined;
      return {
        observed: `${rest} octets of an unfinished message before status ${quoted(status, shown)}`,
        expected: 'whole messages',
        reaction: 'unfinished message',
        ...(status === '0' ? {} : { severity: 'warn' }),
      };
    },
  },
});

/** What one kind of method answers. */
export const responseCardinality = callRule('RPC-06-response-cardinality', {
  end: {
    looksAt: (end) => {
      const { kind } = end.plan;
      return (kind === 'unary' || kind === 'client-streaming') && hasTrailers(end);
    },
    breach: ({ state }): RuleBreach | undefined => {
      const { messages, headers, trailers = [] } = state;
      const status = fieldValue(trailers, 'grpc-status');
      if (status === '0' && messages !== 1) {
        return {
          observed: `status OK after ${messages} messages${headers === undefined ? ', in a Trailers-Only answer' : ''}`,
          expected: 'exactly one message before status OK',
          reaction: `OK with ${messages === 0 ? 'no message' : 'several messages'}`,
        };
      }
      if (status === undefined || status === '0' || messages <= 1) return undefined;
      return {
        observed: `${messages} messages before an error status`,
        expected: 'at most one message',
        reaction: 'several messages before an error',
      };
    },
  },
});
