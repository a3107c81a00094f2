import { streamOf } from '../model/connection-state';
import { largestSetting } from '../model/settings-state';
import { definedFlags, frameTypeName } from '../wire/describe-frame';
import type { ConnectionView } from '../transcript/connection-view';
import { announcedLength, frameHeaderLength, frameTypes } from '../wire/frame';
import { readUint32 } from '../wire/octets';
import { initialSettings, maxFrameLength, maxWindow, settingIds, settingName } from '../wire/settings';
import { callRule, rule, type ConnectionMoment, type RuleBreach } from './rule';

/** Lengths, flags, stream ids, and field blocks without a gap (RFC 9113 §4, §6). */
export const framesWellFormed = rule('FRAME-23-server-frames-well-formed', {
  breach: (moment) => judgeShape(moment) ?? judgeContiguity(moment),
});

/** RFC 9113 §4.2, §6.5.2: frames of an answer; of all others {@link framesWellFormed} says it. */
export const answerFramesWithinMaximum = rule('FLOW-10-client-max-frame-size', {
  looksAt: ({ packet: { frame } }) => isOfAnswerType(frame.raw.type),
  breach: judgeLength,
});

const isOfAnswerType = (type: number): boolean =>
  type === frameTypes.DATA || type === frameTypes.HEADERS || type === frameTypes.CONTINUATION;

function judgeLength({ packet: { frame }, before }: ConnectionMoment): RuleBreach | undefined {
  const length = announcedLength(frame.raw);
  // A lower value of ours is illegal (RFC 9113 §6.5.2) and binds nobody.
  const largest = Math.max(largestSetting(before.client.settings, 'MAX_FRAME_SIZE'), initialSettings.MAX_FRAME_SIZE);
  if (length <= largest) return undefined;
  return {
    observed: `${frameTypeName(frame.raw.type)} of ${length} octets`,
    expected: `payloads of at most ${largest} octets, our SETTINGS_MAX_FRAME_SIZE`,
    reaction: 'frame too large',
  };
}

function judgeShape(moment: ConnectionMoment): RuleBreach | undefined {
  const { frame } = moment.packet;
  const name = frameTypeName(frame.raw.type);
  const tooLong = isOfAnswerType(frame.raw.type) ? undefined : judgeLength(moment);
  if (tooLong !== undefined) return tooLong;
  if (frame.type === 'UNKNOWN') return undefined;
  if (frame.type === 'MALFORMED') {
    return { observed: frame.reason, expected: 'a payload of the frame type’s form', reaction: 'malformed frame' };
  }
  const undefinedFlags = frame.raw.flags & ~definedFlags(frame.raw.type);
  if (undefinedFlags !== 0) {
    return {
      observed: `${name} with undefined flags 0x${undefinedFlags.toString(16)}`,
      expected: 'undefined flags left unset',
      reaction: 'undefined flags',
    };
  }
  if (frame.raw.reserved) {
    return {
      observed: `${name} with the reserved bit set`,
      expected: 'the reserved bit unset',
      reaction: 'reserved bit',
    };
  }
  return judgeStreamId(moment, name);
}

function judgeStreamId({ packet: { frame }, before, view }: ConnectionMoment, name: string): RuleBreach | undefined {
  const { streamId } = frame;
  const onConnection = frame.type === 'SETTINGS' || frame.type === 'PING' || frame.type === 'GOAWAY';
  if (onConnection && streamId !== 0) {
    return {
      observed: `${name} on stream ${streamId}`,
      expected: `${name} on stream 0`,
      reaction: `${name} on a stream`,
    };
  }
  if (onConnection || frame.type === 'PRIORITY' || (frame.type === 'WINDOW_UPDATE' && streamId === 0)) return undefined;
  if (streamId === 0) {
    return {
      observed: `${name} on stream 0`,
      expected: `${name} on the stream of a request`,
      reaction: `${name} on stream 0`,
    };
  }
  // Any frame of ours can be answered by RST_STREAM, an illegal one on an idle stream, too.
  if (streamOf(before, streamId).isNamed || view.sent.length === 0 || isOfUnfinished(view, streamId)) return undefined;
  return {
    observed: `${name} on stream ${streamId}, on which we never sent a frame`,
    expected: 'frames on streams of our requests alone',
    reaction: `${name} on an idle stream`,
  };
}

/** A frame that never became complete is one all the same for a target that reads its header, and names a stream. */
const isOfUnfinished = ({ packets }: ConnectionView, streamId: number): boolean =>
  packets.some(
    (packet) =>
      packet.kind === 'octets' &&
      packet.direction === 'sent' &&
      packet.octets.length >= frameHeaderLength &&
      (readUint32(packet.octets, frameHeaderLength - 4) & 0x7fffffff) === streamId,
  );

function judgeContiguity({ packet: { frame }, before }: ConnectionMoment): RuleBreach | undefined {
  const { openBlock } = before.target;
  const continues = frame.type === 'CONTINUATION';
  if (openBlock === undefined ? !continues : continues && frame.streamId === openBlock) return undefined;
  return {
    observed:
      openBlock === undefined
        ? 'CONTINUATION outside a field block'
        : `${frameTypeName(frame.raw.type)} inside a field block`,
    expected: 'field blocks without a gap (RFC 9113 §4.3)',
    reaction: 'field block not contiguous',
  };
}

/** RFC 9113 §6.5.3. */
export const oneAckPerSettings = rule('FRAME-19-one-ack-per-settings', {
  looksAt: ({ packet: { frame } }) => frame.type === 'SETTINGS' && frame.ack,
  breach: ({ after, view }) => {
    const { announced, acknowledgements } = after.client.settings;
    // Octets that we sent as they stand may hold SETTINGS that only the target can tell.
    if (acknowledgements <= announced || view.sent.length === 0) return undefined;
    return {
      observed: `${acknowledgements} SETTINGS ACKs for ${announced} SETTINGS`,
      expected: 'one ACK for each SETTINGS',
      reaction: 'too many SETTINGS ACKs',
    };
  },
});

/** RFC 9113 §6.5.2, §8.4. */
export const serverSettingsLegal = rule('FRAME-22-server-settings-legal', {
  looksAt: ({ packet: { frame } }) => frame.type === 'SETTINGS' && !frame.ack,
  breach: ({ packet: { frame } }) => {
    const settings = frame.type === 'SETTINGS' ? frame.settings : [];
    const wrong = settings.find(({ id, value }) => legalSettingValues[id]?.allows(value) === false);
    if (wrong === undefined) return undefined;
    return {
      observed: `${settingName(wrong.id)}=${wrong.value}`,
      expected: legalSettingValues[wrong.id]?.expected ?? 'a legal value',
      reaction: `bad ${settingName(wrong.id)}`,
    };
  },
});

const legalSettingValues: Readonly<
  Record<number, { readonly allows: (value: number) => boolean; readonly expected: string }>
> = {
  [settingIds.ENABLE_PUSH]: { allows: (value) => value === 0, expected: 'ENABLE_PUSH absent or 0 from a server' },
  [settingIds.INITIAL_WINDOW_SIZE]: {
    allows: (value) => value <= maxWindow,
    expected: 'INITIAL_WINDOW_SIZE of at most 2^31-1',
  },
  [settingIds.MAX_FRAME_SIZE]: {
    allows: (value) => value >= initialSettings.MAX_FRAME_SIZE && value <= maxFrameLength,
    expected: 'MAX_FRAME_SIZE from 16384 to 2^24-1',
  },
};

/** Forbidden once the target has acknowledged that push is off (RFC 9113 §6.5.2, §6.6). */
export const noPush = callRule('FRAME-24-no-push-from-server', {
  packet: {
    breach: ({ packet: { frame }, connection: { before } }) => {
      if (frame.type !== 'PUSH_PROMISE') return undefined;
      const isForbidden = largestSetting(before.client.settings, 'ENABLE_PUSH') === 0;
      return {
        observed: `the target sent PUSH_PROMISE${isForbidden ? '' : ' although we have no use for it'}`,
        expected: 'no PUSH_PROMISE once push is off',
        reaction: 'PUSH_PROMISE',
        ends: true,
        ...(isForbidden ? {} : { severity: 'info' }),
      };
    },
  },
});
