import { errorCodes } from '../wire/error-codes';
import type { GoawayFrame } from '../wire/frame';
import { fieldValue } from '../grpc/metadata';
import { streamOf } from '../model/connection-state';
import { pingsOutstanding } from '../model/follow';
import { rule, type ConnectionMoment } from './rule';
import { neverOfLibraries } from './status';

/** RFC 9113 §6.7. */
export const pingEcho = rule('KA-01-ping-echo', {
  looksAt: ({ packet: { frame } }) => frame.type === 'PING' && frame.ack,
  breach: ({ packet: { frame }, before, view }) => {
    if (frame.type !== 'PING' || pingsOutstanding(before.client.pings, frame.opaque) > 0) return undefined;
    // Octets that we sent as they stand may hold PINGs that only the target can tell.
    if (view.sent.length === 0) return undefined;
    return {
      observed: 'a PING ACK whose octets match no PING of ours',
      expected: 'the ACK of each PING, once, with its 8 octets',
      reaction: 'PING ACK that matches no PING',
    };
  },
});

/** gRFC A8 is about PINGs of the client: what it answers to those of the server is none of them. */
export const countedPings = rule('KA-05-too-many-pings', {
  looksAt: ({ packet: { frame } }) => frame.type === 'GOAWAY' && isAboutPings(frame),
  breach: ({ packet: { number }, view }) => {
    const hasAsked = view.sent.some(({ frame, number: at }) => at < number && frame.type === 'PING' && !frame.ack);
    // Octets that we sent as they stand may hold PINGs that only the target can tell.
    if (view.sent.length === 0) return undefined;
    if (hasAsked) return undefined;
    return {
      observed: 'GOAWAY(ENHANCE_YOUR_CALM) for PINGs to a client that has sent none',
      expected: 'nobody held to account for the ACKs of a PING that the server sends',
      reaction: 'ACKs taken for PINGs',
    };
  },
});

/** Debug data that names PINGs, whatever the words around it. */
const isAboutPings = ({ errorCode, debugData }: GoawayFrame): boolean =>
  errorCode === errorCodes.ENHANCE_YOUR_CALM && /ping/i.test(Buffer.from(debugData).toString('latin1'));

/** A stream above the last one of a GOAWAY is as good as never sent, so that a client may repeat its call (RFC 9113 §6.8). */
export const goawayFields = rule('KA-08-goaway-fields', {
  looksAt: ({ packet: { frame }, before }) =>
    frame.type === 'GOAWAY' ||
    (before.target.goaway !== undefined && (frame.type === 'HEADERS' || frame.type === 'DATA')),
  breach: ({ packet: { frame }, before }) => {
    const last = before.target.goaway?.lastStreamId;
    if (frame.type !== 'GOAWAY') {
      if (last === undefined || frame.streamId <= last) return undefined;
      return {
        observed: `${frame.type} on stream ${frame.streamId} after a GOAWAY with last stream ${last}`,
        expected: 'answers on streams up to the last one that GOAWAY names',
        reaction: 'answer above the last stream id',
      };
    }
    const { lastStreamId } = frame;
    // An even one that we did use names what the target saw.
    if (lastStreamId !== 0 && lastStreamId % 2 === 0 && !streamOf(before, lastStreamId).isNamed) {
      return {
        observed: `GOAWAY with last stream ${lastStreamId}`,
        expected: 'the id of a stream of ours, 0 or 2^31-1',
        reaction: 'bad last stream id',
      };
    }
    if (last === undefined || lastStreamId <= last) return undefined;
    return {
      observed: `GOAWAY with last stream ${lastStreamId} after one with ${last}`,
      expected: 'a last stream id that never grows',
      reaction: 'last stream id grew',
    };
  },
});

/** RFC 9113 §6.8, §8.7: a client may repeat what lies above the last stream, so that it would run twice. */
export const goawayCoversAnswers = rule('KA-13-goaway-covers-executed-calls', {
  looksAt: ({ packet: { frame }, before }) => frame.type === 'GOAWAY' && before.highestStream > 0,
  breach: (moment) => {
    const { frame } = moment.packet;
    if (frame.type !== 'GOAWAY' || frame.lastStreamId >= moment.before.highestStream) return undefined;
    const above = answersAbove(moment, frame.lastStreamId);
    const worst = above.find(({ isOfHandler }) => isOfHandler) ?? above[0];
    if (worst === undefined) return undefined;
    return {
      observed: `GOAWAY with last stream ${frame.lastStreamId} after an answer on stream ${worst.streamId}`,
      expected: 'a last stream that is no lower than any that was answered',
      reaction: 'last stream below an answer',
      ...(worst.isOfHandler ? {} : { severity: 'warn' }),
    };
  },
});

/** Blocks of answers before the GOAWAY on streams above the last one that it names; whether a handler must have given them, or a library may have. */
function answersAbove(
  { view, packet: { number } }: ConnectionMoment,
  lastStreamId: number,
): readonly { readonly streamId: number; readonly isOfHandler: boolean }[] {
  return view.received.flatMap(({ frame: { streamId }, block, number: at }) => {
    if (at >= number || streamId <= lastStreamId || block === undefined || block.promised !== undefined) return [];
    const httpStatus = fieldValue(block.fields, ':status');
    if (httpStatus !== undefined && /^1\d\d$/.test(httpStatus)) return [];
    const code = fieldValue(block.fields, 'grpc-status');
    const isGrpc = httpStatus === undefined || httpStatus === '200';
    const isOfHandler = code === undefined ? !block.endStream : code === '0' || neverOfLibraries.includes(Number(code));
    return [{ streamId, isOfHandler: isGrpc && isOfHandler }];
  });
}
