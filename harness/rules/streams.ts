import { streamOf } from '../model/connection-state';
import type { StreamState } from '../model/stream-state';
import { countOf } from '../wire/escape-octets';
import { callRule, type RuleBreach } from './rule';

/** RFC 9113 §5.1, §6.4. */
export const nothingAfterReset = callRule('STREAM-09-no-frames-after-server-rst', {
  packet: {
    looksAt: ({ after }) => after.phase === 'reset-by-target',
    breach: ({ before, packet: { frame, block }, connection: { after } }) => {
      if (before.phase !== 'reset-by-target') return undefined;
      if (frame.type === 'RST_STREAM') return findNeedlessReset(streamOf(after, frame.streamId));
      const isOfStream = frame.type === 'HEADERS' || frame.type === 'DATA' || frame.type === 'WINDOW_UPDATE';
      if (!isOfStream && block === undefined) return undefined;
      return {
        observed: `${frame.type} after the target's own RST_STREAM`,
        expected: 'RST_STREAM as the last frame on the stream',
        reaction: frame.type,
        ends: true,
      };
    },
  },
});

/** A repeated RST_STREAM can be provoked by a frame of ours that was under way, and each by another one (RFC 9113 §5.4.2). */
function findNeedlessReset({ sent, resets }: StreamState): RuleBreach | undefined {
  if (resets <= sent) return undefined;
  return {
    observed: `${countOf(resets, 'RST_STREAM frame')} on a stream on which we had sent ${countOf(sent, 'frame')}`,
    expected: 'one RST_STREAM, and another one only for another frame of ours',
    reaction: 'RST_STREAM again',
    severity: 'warn',
  };
}

/** Octets of one write of a target. */
const writeBatch = 65_536;

/** A thread of the target may have queued one write batch before it dealt with our reset, and written it after the fence. */
export const silenceAfterOurReset = callRule('CANC-02-silence-after-client-rst', {
  packet: {
    looksAt: ({ before, packet, connection }) => {
      const { streamId } = packet.frame;
      const came = streamOf(connection.after, streamId).reset?.afterFence.frames ?? 0;
      const hadCome = streamOf(connection.before, streamId).reset?.afterFence.frames ?? 0;
      return before.phase === 'reset-by-us' && came > hadCome;
    },
    breach: ({ packet: { frame }, connection: { after } }) => {
      const { frames, octets } = streamOf(after, frame.streamId).reset?.afterFence ?? { frames: 0, octets: 0 };
      const isBeyond = octets > writeBatch;
      if (frames > 1 && !isBeyond) return undefined;
      return {
        observed: `${frame.type} on a stream that we had reset, after the target had dealt with the reset`,
        expected: 'no frame on the stream any more',
        reaction: frame.type,
        ...(isBeyond ? { ends: true } : { severity: 'warn' }),
      };
    },
  },
  end: {
    // Silence has no packet: a fence after our reset is what there is to look at.
    looksAt: ({ plan, state, connection }) => {
      const { reset } = streamOf(connection, plan.stream);
      return state.phase === 'reset-by-us' && reset?.step !== undefined && connection.fencedStep > reset.step;
    },
    breach: () => undefined,
  },
});
