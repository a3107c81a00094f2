import { data, rstStream, windowUpdate } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import { frameTypes, type RawFrame } from '../../../wire/frame';
import type { MakeSeams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { laterOnly } from './operators';

const resets = ['MUX-01', 'REQ-06', 'REQ-07', 'STREAM-11', 'EOS-05'] as const;

/** After each RST_STREAM of the server, another frame on that stream. */
const afterReset =
  (write: (streamId: number) => RawFrame): MakeSeams =>
  () => ({
    outbound: {
      frame: (frame) => (frame.type === frameTypes.RST_STREAM ? [frame, write(frame.streamId)] : [frame]),
    },
  });

/** Sends frames on a stream after the client has reset it, when the client opens another one and the answer to a PING or SETTINGS lies between. */
function speaksAfterReset(write: (streamId: number) => RawFrame, times: number): MakeSeams {
  return (wire) => {
    let reset: number[] = [];
    let isFenced = false;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'RST_STREAM') {
            reset.push(frame.streamId);
            isFenced = false;
          }
          isFenced ||= (frame.type === 'PING' || frame.type === 'SETTINGS') && !frame.ack && reset.length > 0;
          if (frame.type !== 'HEADERS' || !isFenced) return [frame];
          for (const streamId of reset) for (let time = 0; time < times; time++) wire.send(write(streamId));
          reset = [];
          return [frame];
        },
      },
    };
  };
}

/** Streams that are reset, by the server or by the client, and on which the server is not silent. */
export const afterResetMutants: readonly Mutant[] = [
  ...mutantsOf('STREAM-09-no-frames-after-server-rst', {
    'window-update': {
      says: 'WINDOW_UPDATE follows RST_STREAM of the server',
      provokedBy: resets,
      seams: afterReset((streamId) => windowUpdate(streamId, 1)),
    },
    data: {
      says: 'An empty DATA frame follows RST_STREAM of the server',
      provokedBy: resets,
      seams: afterReset((streamId) => data(streamId, new Uint8Array(0), { endStream: true })),
    },
    trailers: {
      says: 'Trailers follow RST_STREAM of the server',
      provokedBy: resets,
      seams: (wire) => ({
        outbound: {
          frame: (frame) => {
            if (frame.type !== frameTypes.RST_STREAM) return [frame];
            setImmediate(() => {
              wire.sendSection({
                streamId: frame.streamId,
                endStream: true,
                fields: [
                  { name: ':status', value: '200' },
                  { name: 'grpc-status', value: '13' },
                ],
              });
            });
            return [frame];
          },
        },
      }),
    },
    'reset-again': {
      says: 'RST_STREAM of the server is sent three times',
      provokedBy: ['REQ-06', 'REQ-07', 'MUX-01', 'EOS-05', 'STREAM-21'],
      seams: () => ({
        outbound: {
          frame: (frame) => (frame.type === frameTypes.RST_STREAM ? [frame, frame, frame] : [frame]),
        },
      }),
    },
    'data-later': {
      ...laterOnly({
        says: 'An empty DATA frame follows RST_STREAM of the server',
        seams: afterReset((streamId) => data(streamId, new Uint8Array(0), { endStream: true })),
      }),
      provokedBy: ['HPACK-12', ...resets],
    },
  }),
  ...mutantsOf('CANC-02-silence-after-client-rst', {
    'data-goes-on': {
      says: 'DATA goes on after RST_STREAM of the client was dealt with',
      provokedBy: ['HPACK-12', 'STREAM-16', 'CANC-01'],
      seams: speaksAfterReset((streamId) => data(streamId, new Uint8Array(100)), 4),
    },
    'answered-by-resets': {
      says: 'RST_STREAM of the client is answered by three RST_STREAM, later',
      provokedBy: ['HPACK-12', 'STREAM-16', 'CANC-01'],
      seams: speaksAfterReset((streamId) => rstStream(streamId, errorCodes.CANCEL), 3),
    },
    'much-data': {
      says: 'More than 64 KiB of DATA go out after RST_STREAM of the client was dealt with',
      provokedBy: ['HPACK-12', 'STREAM-16', 'CANC-01'],
      seams: speaksAfterReset((streamId) => data(streamId, new Uint8Array(16_000)), 5),
    },
  }),
];
