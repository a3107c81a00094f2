import { streamOf } from '../model/connection-state';
import { pingsOutstanding } from '../model/follow';
import { rule } from './rule';

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
