import { fieldValues } from '../grpc/metadata';
import { quoted } from './quoted';
import { laterBlock } from './response-headers';
import { callRule, type CallEnd } from './rule';

/** Octets of a name that fit into a line of a report. */
const shown = 80;

/** An answer of gRPC to a legal request that has ended with trailers; what is no legal request is owed the shape of HTTP alone. */
export const hasTrailers = ({ plan, call, state }: CallEnd): boolean =>
  state.hasEnded && state.trailers !== undefined && call.shape !== 'http' && plan.legal;

/** PROTOCOL-HTTP2 Responses. */
export const trailersEndStream = callRule('TRAIL-01-trailers-end-the-stream', {
  packet: {
    looksAt: (moment) => laterBlock(moment) !== undefined,
    breach: (moment) => {
      const block = laterBlock(moment);
      const isTrailers = block?.fields.some(({ name }) => name === 'grpc-status') === true;
      if (!isTrailers || block.endStream) return undefined;
      return {
        observed: 'trailers without END_STREAM',
        expected: 'END_STREAM on the HEADERS frame of the trailers',
        reaction: 'trailers without END_STREAM',
        ends: true,
      };
    },
  },
});

/** PROTOCOL-HTTP2 Responses. */
export const noEndStreamOnData = callRule('TRAIL-02-no-end-stream-on-data', {
  packet: {
    looksAt: ({ isGrpcBody, after }) => isGrpcBody && after.phase === 'ended',
    // Trailers without END_STREAM before this DATA are another fault, and have been named.
    breach: ({ packet: { frame } }) =>
      frame.type === 'DATA'
        ? {
            observed: 'END_STREAM on DATA of a gRPC response',
            expected: 'END_STREAM on the trailers',
            reaction: 'END_STREAM on DATA',
          }
        : undefined,
  },
});

/** PROTOCOL-HTTP2 Responses. */
export const statusPresent = callRule('TRAIL-03-status-always-present', {
  end: {
    looksAt: hasTrailers,
    breach: ({ state: { trailers = [] } }) => {
      const { length } = fieldValues(trailers, 'grpc-status');
      if (length === 1) return undefined;
      return {
        observed: length === 0 ? 'trailers without grpc-status' : `${length} grpc-status fields`,
        expected: 'exactly one grpc-status',
        reaction: length === 0 ? 'no grpc-status' : 'several grpc-status',
      };
    },
  },
});

/** RFC 9113 §8.1. */
export const noPseudoInTrailers = callRule('TRAIL-04-no-pseudo-in-trailers', {
  packet: {
    looksAt: (moment) => laterBlock(moment)?.endStream === true,
    breach: ({ packet: { block } }) => {
      const pseudo = block?.fields.find(({ name }) => name.startsWith(':'));
      if (pseudo === undefined) return undefined;
      return {
        observed: `trailers with ${quoted(pseudo.name, shown)}`,
        expected: 'trailers without pseudo-header fields',
        reaction: 'pseudo-header field in trailers',
      };
    },
  },
});

/** RFC 9113 §5.1: half-closed (remote). What the target may still say there is for STREAM-22 once both sides have ended. */
export const nothingAfterTrailers = callRule('TRAIL-07-nothing-after-trailers', {
  packet: {
    looksAt: ({ after }) => after.phase === 'ended',
    breach: ({ before, packet: { frame, block } }) => {
      if (before.phase !== 'ended') return undefined;
      if (frame.type !== 'HEADERS' && frame.type !== 'DATA' && block === undefined) return undefined;
      return {
        observed: `${frame.type} after the end of the stream`,
        expected: 'nothing after END_STREAM but RST_STREAM',
        reaction: frame.type,
        ends: true,
      };
    },
  },
});
