import { settingIds, settingName, type Setting } from '../wire/settings';
import { rule, type ConnectionMoment, type RuleBreach } from './rule';

/** RFC 9113 §6.1, §6.2, §6.6. */
export const paddingZero = rule('FRAME-30-server-padding-zero', {
  looksAt: ({ packet: { frame } }) => paddingOf(frame).length > 0,
  breach: ({ packet: { frame } }) => {
    const padding = paddingOf(frame);
    const count = padding.filter((octet) => octet !== 0).length;
    if (count === 0) return undefined;
    return {
      observed: `${frame.type} with ${count} of ${padding.length} octets of padding that are not zero`,
      expected: 'padding of zero octets',
      reaction: 'padding not zero',
    };
  },
});

function paddingOf(frame: ConnectionMoment['packet']['frame']): Uint8Array {
  const isPaddable = frame.type === 'DATA' || frame.type === 'HEADERS' || frame.type === 'PUSH_PROMISE';
  if (!isPaddable || frame.padLength === undefined) return noOctets;
  const { payload } = frame.raw;
  return payload.subarray(payload.length - frame.padLength);
}

const noOctets = new Uint8Array(0);

const { ENABLE_CONNECT_PROTOCOL, NO_RFC7540_PRIORITIES, GRPC_ALLOW_TRUE_BINARY_METADATA } = settingIds;
const extensions: readonly number[] = [ENABLE_CONNECT_PROTOCOL, NO_RFC7540_PRIORITIES, GRPC_ALLOW_TRUE_BINARY_METADATA];

/** RFC 8441 §3, RFC 9218 §2.1, gRFC G1. */
export const extensionSettingsLegal = rule('FRAME-31-extension-settings-legal', {
  looksAt: ({ packet: { frame } }) =>
    frame.type === 'SETTINGS' && frame.settings.some(({ id }) => extensions.includes(id)),
  breach: ({ packet: { frame }, before }) => {
    if (frame.type !== 'SETTINGS') return undefined;
    const { announced, latest } = before.target.settings;
    const isFirst = announced === 0;
    return mildestLast(
      frame.settings.flatMap((setting, index): readonly RuleBreach[] => {
        const earlier = frame.settings.slice(0, index).findLast(({ id }) => id === setting.id)?.value;
        return judgeExtension(setting, { isFirst, earlier, latest });
      }),
    );
  },
});

interface Past {
  /** The frame is the first of its connection. */
  readonly isFirst: boolean;
  /** The value that the same frame had before. */
  readonly earlier: number | undefined;
  readonly latest: ConnectionMoment['before']['target']['settings']['latest'];
}

function judgeExtension({ id, value }: Setting, { isFirst, earlier, latest }: Past): readonly RuleBreach[] {
  if (!extensions.includes(id)) return [];
  const name = settingName(id);
  const observed = `${name}=${value}`;
  const severity = id === GRPC_ALLOW_TRUE_BINARY_METADATA ? ({ severity: 'warn' } as const) : {};
  if (value > 1) return [{ observed, expected: `${name} of 0 or 1`, reaction: `bad ${name}`, ...severity }];
  if (id === ENABLE_CONNECT_PROTOCOL) {
    if (value === 1 || (earlier ?? latest.ENABLE_CONNECT_PROTOCOL) !== 1) return [];
    return [{ observed: `${observed} after 1`, expected: `${name} that stays 1`, reaction: `${name} withdrawn` }];
  }
  if (id === NO_RFC7540_PRIORITIES) {
    // What the first frame leaves out is 0.
    if (isFirst ? earlier === undefined || earlier === value : latest.NO_RFC7540_PRIORITIES === value) return [];
    return [
      { observed: `${observed} later`, expected: `${name} in the first SETTINGS alone`, reaction: `${name} changed` },
    ];
  }
  if (isFirst && earlier === undefined) return [];
  return [
    {
      observed: isFirst ? `${name} twice` : `${name} in later SETTINGS`,
      expected: `${name} once, in the first SETTINGS`,
      reaction: isFirst ? `${name} twice` : `${name} late`,
      ...severity,
    },
  ];
}

/** Of what is wrong in one frame the worst is told. */
const mildestLast = (breaches: readonly RuleBreach[]): readonly RuleBreach[] =>
  breaches.toSorted((one, other) => Number(one.severity !== undefined) - Number(other.severity !== undefined));

/** Types that servers have rules about: RFC 9218 §7.1, RFC 8336 §2.1. */
const priorityUpdate = 0x10;
const origin = 0x0c;

/** RFC 9218 §7.1, RFC 8336 §2.1; other unknown types may come, and are dropped (RFC 9113 §5.5). */
export const extensionFramesLegal = rule('FRAME-32-extension-frames-legal', {
  looksAt: ({ packet: { frame } }) => frame.type === 'UNKNOWN',
  breach: ({ packet: { frame } }) => {
    if (frame.type !== 'UNKNOWN') return undefined;
    const { frameType, streamId } = frame;
    if (frameType === priorityUpdate) {
      return {
        observed: 'PRIORITY_UPDATE from a server',
        expected: 'PRIORITY_UPDATE from clients alone',
        reaction: 'PRIORITY_UPDATE',
      };
    }
    if (frameType === origin && streamId !== 0) {
      return {
        observed: `ORIGIN on stream ${streamId}`,
        expected: 'ORIGIN on stream 0',
        reaction: 'ORIGIN on a stream',
      };
    }
    return {
      observed: `a frame of type 0x${frameType.toString(16)}`,
      expected: 'frames of types that the client knows',
      reaction: 'unknown frame type',
      severity: 'info',
    };
  },
});

/** What RFC 9113 §6.5.2 recommends at least, so that nothing is less parallel than it need be. */
const recommendedStreams = 100;

/** RFC 9113 §6.5.2. */
export const initialStreamLimit = rule('FRAME-33-initial-stream-limit', {
  looksAt: ({ packet: { frame }, before }) =>
    frame.type === 'SETTINGS' && !frame.ack && before.target.settings.announced === 0,
  breach: ({ after }) => {
    const { MAX_CONCURRENT_STREAMS: limit } = after.target.settings.latest;
    // Whether a limit of 0 lasts shows later.
    if (limit === 0 || limit >= recommendedStreams) return undefined;
    return {
      observed: `SETTINGS_MAX_CONCURRENT_STREAMS=${limit}`,
      expected: `no limit, or at least ${recommendedStreams}`,
      reaction: 'few streams',
      severity: 'info',
    };
  },
  end: ({ view, state }) => {
    const isOver = view.closed?.by === 'target' || state.target.goaway !== undefined;
    if (isOver || state.target.settings.latest.MAX_CONCURRENT_STREAMS !== 0) return undefined;
    if (!view.packets.some((packet) => packet.kind === 'happening' && packet.event.kind === 'timeout'))
      return undefined;
    return {
      observed: 'SETTINGS_MAX_CONCURRENT_STREAMS=0 for longer than an answer may take, and no close',
      expected: 'a limit of 0 for a short time alone',
      reaction: 'no streams',
      severity: 'warn',
    };
  },
});
