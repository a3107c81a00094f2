import { streamOf } from '../model/connection-state';
import { errorCodeName, errorCodes } from '../wire/error-codes';
import { callRule } from './rule';

/** RFC 9113 §8.1: it asks the client to stop sending, once the answer is complete. */
export const noErrorAfterTheEnd = callRule('EOS-10-no-error-reset-only-after-the-end', {
  packet: {
    looksAt: ({ packet: { frame } }) => frame.type === 'RST_STREAM' && frame.errorCode === errorCodes.NO_ERROR,
    breach: ({ before, connection }) => {
      if (before.hasEnded || before.reset !== undefined) return undefined;
      // The whole connection has failed: nobody is asked to stop sending on this stream.
      if (connection.before.target.hasFailed) return undefined;
      const isWithout = before.phase === 'idle' || before.phase === 'interim';
      return {
        observed: `RST_STREAM(NO_ERROR) ${isWithout ? 'without an answer' : 'after Response-Headers, and no trailers'}`,
        expected: 'RST_STREAM(NO_ERROR) after the end of the answer alone',
        reaction: isWithout ? 'RST NO_ERROR without an answer' : 'RST NO_ERROR inside an answer',
      };
    },
  },
});

/** PROTOCOL-HTTP2 Errors: CANCEL says that the octets of the answer are incomplete. After a deadline it is what the same document asks for. */
export const cancelInsideMessages = callRule('STATUS-15-reset-cancel-only-mid-message', {
  packet: {
    looksAt: ({ packet: { frame }, before, plan }) =>
      plan.legal && frame.type === 'RST_STREAM' && frame.errorCode === errorCodes.CANCEL && before.reset === undefined,
    breach: ({ before, plan }) => {
      if (before.hasEnded || plan.hasDeadline === true || before.rest > 0) return undefined;
      return {
        observed: `RST_STREAM(CANCEL) ${before.messages === 0 ? 'before any message' : 'between two messages'}`,
        expected: 'trailers with a status where they can be sent',
        reaction: 'RST CANCEL between messages',
      };
    },
  },
});

/** RFC 9113 §5.1: a stream that both sides have ended is closed, and the target knew it when it ended its side. */
export const silentAfterBothEnds = callRule('STREAM-22-silent-after-both-ends', {
  packet: {
    // What is no legal request may be refused in whatever way, after its answer as well.
    looksAt: ({ plan, connection: { after } }) => plan.legal && streamOf(after, plan.stream).isKnownClosed,
    breach: ({ plan, packet: { frame }, connection: { before } }) => {
      const { isKnownClosed, isDisturbed, reset } = streamOf(before, plan.stream);
      // DATA and HEADERS are TRAIL-07's.
      if (!isKnownClosed || isDisturbed || reset !== undefined) return undefined;
      if (frame.type !== 'RST_STREAM' && frame.type !== 'WINDOW_UPDATE') return undefined;
      const isHarmless = frame.type === 'WINDOW_UPDATE' || frame.errorCode === errorCodes.NO_ERROR;
      const what = frame.type === 'WINDOW_UPDATE' ? frame.type : `RST_STREAM(${errorCodeName(frame.errorCode)})`;
      return {
        observed: `${what} on a stream that both sides have ended`,
        expected: 'nothing more on the stream',
        reaction: isHarmless ? `${frame.type} after both ends` : 'RST_STREAM with an error after both ends',
        ...(isHarmless ? { severity: 'warn' } : {}),
      };
    },
  },
});
