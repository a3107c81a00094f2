import { rstStream, windowUpdate } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import {
  frameTypes,
  interpretFrame,
  type DataFrame,
  type Frame,
  type MalformedFrame,
  type RawFrame,
} from '../../../wire/frame';
import { settingValue } from '../../../wire/setting-value';
import { initialSettings, maxWindow, settingIds } from '../../../wire/settings';
import type { Inbound, MakeSeams, Seams, SeenStream, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn, onRequests, scoped, whenFrame } from './operators';

/** WINDOW_UPDATE frames of a wrong length are passed over. @param when such ones only */
const blindToLength = (when: (frame: MalformedFrame) => boolean = () => true): { readonly inbound: Inbound } =>
  onFramesIn((frame) => (isOfWrongLength(frame) && when(frame) ? [] : [frame]));

const isOfWrongLength = (frame: Frame): frame is MalformedFrame =>
  frame.type === 'MALFORMED' && frame.frameType === frameTypes.WINDOW_UPDATE;

/** Part of the credit of DATA frames never comes back. @param share octets of a frame's cost that are lost; on which level */
const leaks =
  (level: 'stream' | 'connection' | 'both', lost: (frame: DataFrame, wire: Wire) => number): MakeSeams =>
  (wire) => {
    const owed = new Map<number, number>();
    const owe = (id: number, octets: number): void => void owed.set(id, (owed.get(id) ?? 0) + octets);
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type !== 'DATA') return [frame];
          const octets = lost(frame, wire);
          if (level !== 'connection') owe(frame.streamId, octets);
          if (level !== 'stream') owe(0, octets);
          return [frame];
        },
      },
      outbound: {
        frame: (frame) => {
          if (frame.type !== frameTypes.WINDOW_UPDATE) return [frame];
          const read = interpretFrame(frame);
          const debt = owed.get(frame.streamId) ?? 0;
          if (read.type !== 'WINDOW_UPDATE' || debt === 0) return [frame];
          const paid = Math.min(debt, read.increment);
          owed.set(frame.streamId, debt - paid);
          return paid === read.increment ? [] : [windowUpdate(frame.streamId, read.increment - paid)];
        },
      },
    };
  };

/** Padding and its length, as a frame costs it. */
const paddingCost = ({ flowControlledLength, data }: DataFrame): number => flowControlledLength - data.length;

/** Ends the connection where a window becomes as large as it may be, and not larger. */
const refusesLargest =
  (level: 'stream' | 'connection'): MakeSeams =>
  (wire) => {
    let connection: number = initialSettings.INITIAL_WINDOW_SIZE;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type !== 'WINDOW_UPDATE') return [frame];
          if (frame.streamId === 0) connection += frame.increment;
          const stream = (wire.find(frame.streamId)?.sendWindow ?? 0) + frame.increment;
          const window = level === 'connection' ? connection : stream;
          if (window === maxWindow) wire.fail(errorCodes.FLOW_CONTROL_ERROR, 'a window of 2^31-1');
          return [frame];
        },
      },
    };
  };

/** Looks at what SETTINGS make of the windows of open streams. @param act with the octets by which they move */
const onWindowSetting =
  (act: (wire: Wire, difference: number) => void): MakeSeams =>
  (wire) => {
    let size: number = initialSettings.INITIAL_WINDOW_SIZE;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type !== 'SETTINGS' || frame.ack) return [frame];
          const next = settingValue(frame.settings, settingIds.INITIAL_WINDOW_SIZE) ?? size;
          act(wire, next - size);
          size = next;
          return [frame];
        },
      },
    };
  };

/** WINDOW_UPDATEs of the connection, while something holds, are never sent. */
const withoutConnectionCredit =
  (holds: (open: readonly SeenStream[]) => boolean): MakeSeams =>
  (wire) => ({
    outbound: {
      frame: (frame) =>
        frame.type === frameTypes.WINDOW_UPDATE && frame.streamId === 0 && holds(wire.streams()) ? [] : [frame],
    },
  });

/** Octets of a request that is a long one. */
const longBody = 20_000;

/** With whether a stream below another one has brought a long request that has not ended. */
const withBodies =
  (make: (isLong: (below: number) => boolean) => Seams): MakeSeams =>
  (wire) => {
    const octets = new Map<number, number>();
    const isLong = (below: number): boolean =>
      wire.streams().some(({ id, remoteEnded }) => id < below && !remoteEnded && (octets.get(id) ?? 0) > longBody);
    const seams = make(isLong);
    return {
      ...seams,
      inbound: {
        ...seams.inbound,
        frame: (frame) => {
          if (frame.type === 'DATA') octets.set(frame.streamId, (octets.get(frame.streamId) ?? 0) + frame.data.length);
          return [frame];
        },
      },
    };
  };

/** Does something to the other streams when one has been reset by us with an error, or its call refused. */
const onFault =
  (act: (wire: Wire, others: readonly SeenStream[]) => void): MakeSeams =>
  (wire) => ({
    outbound: {
      frame: (frame: RawFrame) => {
        if (frame.type === frameTypes.RST_STREAM) {
          const others = wire.streams().filter(({ id }) => id !== frame.streamId);
          queueMicrotask(() => act(wire, others));
        }
        return [frame];
      },
    },
  });

/** Requests with such a field end the connection. */
const endsConnectionFor =
  (isWrong: (name: string, value: string) => boolean): MakeSeams =>
  (wire) =>
    onRequests((fields) => {
      if (fields.some(({ name, value }) => isWrong(name, value))) wire.fail(errorCodes.PROTOCOL_ERROR, 'a field');
      return fields;
    });

export const streamWindowMutants: readonly Mutant[] = [
  ...mutantsOf('STREAM-12-window-update-length', {
    ignored: { says: 'WINDOW_UPDATE of a wrong length is passed over', ...blindToLength() },
    'stream-error': {
      says: 'WINDOW_UPDATE of a wrong length on a stream is a stream error',
      seams: (wire) =>
        onFramesIn((frame) => {
          if (!isOfWrongLength(frame) || frame.streamId === 0) return [frame];
          wire.send(rstStream(frame.streamId, errorCodes.FRAME_SIZE_ERROR));
          return [];
        }),
    },
    'too-long': {
      says: 'WINDOW_UPDATE of more than four octets is read as one of four',
      seams: () => ({
        inbound: {
          frame: (frame) => {
            if (!isOfWrongLength(frame) || frame.raw.payload.length < 4) return [frame];
            return [interpretFrame({ ...frame.raw, payload: frame.raw.payload.subarray(0, 4) })];
          },
        },
      }),
    },
    empty: {
      says: 'WINDOW_UPDATE without an octet is passed over',
      ...blindToLength(({ raw }) => raw.payload.length === 0),
    },
    'on-connection': {
      says: 'WINDOW_UPDATE of a wrong length on the connection is passed over',
      ...blindToLength(({ streamId }) => streamId === 0),
    },
  }),
  ...mutantsOf('STREAM-13-window-overflow', {
    stream: { says: 'The window of a stream may be larger than 2^31-1', ...leftOut('stream-window-overflow') },
    connection: {
      says: 'The window of the connection may be larger than 2^31-1',
      ...leftOut('connection-window-overflow'),
    },
    'stream-exact': { says: 'The window of a stream must be smaller than 2^31-1', seams: refusesLargest('stream') },
    'connection-exact': {
      says: 'The window of the connection must be smaller than 2^31-1',
      seams: refusesLargest('connection'),
    },
    'off-by-one': {
      says: 'The window of a stream may be 2^31',
      seams: (wire) => ({
        inbound: {
          frame: (frame) => {
            if (frame.type !== 'WINDOW_UPDATE') return [frame];
            const window = (wire.find(frame.streamId)?.sendWindow ?? 0) + frame.increment;
            return window === maxWindow + 1 ? [] : [frame];
          },
        },
      }),
    },
  }),
  ...mutantsOf('STREAM-14-settings-window-overflow', {
    ignored: { says: 'SETTINGS may make a window larger than 2^31-1', ...leftOut('settings-window-overflow') },
    'stream-error': {
      says: 'SETTINGS that make a window larger than 2^31-1 are an error of that stream alone',
      ...scoped('settings-window-overflow', 'stream'),
    },
    'first-stream-only': {
      says: 'SETTINGS may make the window of a later stream larger than 2^31-1',
      ...leftOut('settings-window-overflow', ({ streamId }) => streamId > 1),
    },
    exact: {
      says: 'SETTINGS that make a window of 2^31-1 are a connection error',
      seams: onWindowSetting((wire, difference) => {
        const isLargest = wire.streams().some(({ sendWindow }) => sendWindow + difference === maxWindow);
        if (isLargest) wire.fail(errorCodes.FLOW_CONTROL_ERROR, 'a window of 2^31-1');
      }),
    },
  }),
  ...mutantsOf('STREAM-17-padding-returns-credit', {
    'on-connection': {
      says: 'Credit of padding does not come back on the connection',
      seams: leaks('connection', paddingCost),
    },
    'on-stream': { says: 'Credit of padding does not come back on the stream', seams: leaks('stream', paddingCost) },
    'half-of-it': {
      says: 'Half of the credit of padding does not come back',
      seams: leaks('both', (frame) => Math.floor(paddingCost(frame) / 2)),
    },
    'padding-alone': {
      says: 'Credit of frames of padding alone does not come back on the connection',
      seams: leaks('connection', (frame) => (frame.data.length === 0 ? paddingCost(frame) : 0)),
    },
    'above-127': {
      says: 'Credit of a Pad Length above 127 does not come back on the stream',
      seams: leaks('stream', (frame) => ((frame.padLength ?? 0) > 127 ? paddingCost(frame) : 0)),
    },
  }),
  ...mutantsOf('STREAM-18-client-overruns-window', {
    unchecked: {
      says: 'DATA beyond the windows is taken',
      policy: {
        judge: (check, correct) =>
          check === 'stream-window-exceeded' || check === 'connection-window-exceeded' ? 'ignored' : correct,
      },
    },
  }),
  ...mutantsOf('STREAM-20-stalled-upload-does-not-block-others', {
    'waits-for-the-reader': {
      says: 'Credit of the connection waits until no request of more than 20,000 octets is under way',
      seams: withBodies((isLong) => ({
        outbound: {
          frame: (frame) =>
            frame.type === frameTypes.WINDOW_UPDATE && frame.streamId === 0 && isLong(Infinity) ? [] : [frame],
        },
      })),
    },
    'blocks-calls': {
      says: 'A request that comes while an earlier one of more than 20,000 octets is under way is never answered',
      seams: withBodies((isLong) => {
        const ignored = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              if (isLong(section.streamId)) ignored.add(section.streamId);
              return section;
            },
          },
          outbound: {
            section: (section) => (ignored.has(section.streamId) ? [] : [section]),
            message: (message, { id }) => (ignored.has(id) ? [] : [message]),
          },
        };
      }),
    },
  }),
  ...mutantsOf('STREAM-21-stream-errors-stay-on-their-stream', {
    malformed: {
      says: 'A malformed request is a connection error',
      ...scoped('malformed-request', 'connection'),
    },
    'content-length': {
      says: 'A body that does not fit content-length is a connection error',
      ...scoped('content-length', 'connection'),
    },
    'second-headers': { says: 'A second HEADERS is a connection error', ...scoped('second-headers', 'connection') },
    'data-after-end': {
      says: 'DATA behind END_STREAM is a connection error',
      ...scoped('data-after-end', 'connection'),
    },
    'window-update-zero': {
      says: 'WINDOW_UPDATE of 0 on a stream is a connection error',
      ...scoped('window-update-zero', 'connection'),
    },
    overflow: {
      says: 'A window of a stream above 2^31-1 is a connection error',
      ...scoped('stream-window-overflow', 'connection'),
    },
    base64: {
      says: 'Base64 that cannot be decoded ends the connection',
      seams: endsConnectionFor((name, value) => name.endsWith('-bin') && value.includes('%')),
    },
    head: {
      says: 'HEAD ends the connection',
      seams: endsConnectionFor((name, value) => name === ':method' && value === 'HEAD'),
    },
    'second-reset': {
      says: 'A second RST_STREAM ends the connection',
      seams: (wire) => {
        const reset = new Set<number>();
        return whenFrame('RST_STREAM', ({ streamId }) => {
          if (reset.has(streamId)) wire.fail(errorCodes.STREAM_CLOSED, 'RST_STREAM on a closed stream');
          reset.add(streamId);
        })(wire, { calls: 0, leaked: [] });
      },
    },
    'without-goaway': {
      says: 'Request trailers close the socket',
      seams: (wire) => {
        const asked = new Set<number>();
        return {
          inbound: {
            section: (section) => {
              if (asked.has(section.streamId)) wire.drop();
              asked.add(section.streamId);
              return section;
            },
          },
        };
      },
    },
  }),
  ...mutantsOf('STREAM-24-uploads-share-the-connection-window', {
    'three-at-once': {
      says: 'Credit of the connection is lost while three streams or more are open',
      seams: withoutConnectionCredit((open) => open.length >= 3),
    },
    'of-resets': {
      says: 'Credit of the connection for DATA of a stream that the client resets is taken back',
      seams: () => {
        const used = new Map<number, number>();
        let lost = 0;
        return {
          inbound: {
            frame: (frame) => {
              const { streamId } = frame;
              if (frame.type === 'DATA') used.set(streamId, (used.get(streamId) ?? 0) + frame.flowControlledLength);
              if (frame.type === 'RST_STREAM') lost += used.get(streamId) ?? 0;
              return [frame];
            },
          },
          outbound: {
            frame: (frame) => {
              if (frame.type !== frameTypes.WINDOW_UPDATE || frame.streamId !== 0 || lost <= 0) return [frame];
              const read = interpretFrame(frame);
              lost -= read.type === 'WINDOW_UPDATE' ? read.increment : 0;
              return [];
            },
          },
        };
      },
    },
    'shared-in-turn': {
      says: 'Half of the credit of the connection is lost while more than one upload is under way',
      seams: leaks('connection', ({ flowControlledLength }, wire) =>
        wire.streams().length > 1 ? Math.floor(flowControlledLength / 2) : 0,
      ),
    },
  }),
  ...mutantsOf('MUX-01-parallel-calls-isolated', {
    'fault-resets-neighbours': {
      says: 'A stream error resets every stream that is open',
      provokedBy: ['STREAM-21'],
      seams: onFault((wire, others) => {
        for (const { id } of others) wire.reset(id, errorCodes.INTERNAL_ERROR);
      }),
    },
    'fault-silences-neighbours': {
      says: 'Behind a stream error nothing is answered on streams that were open',
      provokedBy: ['STREAM-21'],
      seams: (wire) => {
        const silent = new Set<number>();
        return {
          outbound: {
            frame: (frame) => {
              if (frame.type === frameTypes.RST_STREAM)
                for (const { id } of wire.streams()) if (id !== frame.streamId) silent.add(id);
              return silent.has(frame.streamId) ? [] : [frame];
            },
          },
        };
      },
    },
  }),
];
