import { windowUpdate } from '../../../wire/builders';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesOf } from './operators';

const uploads = ['STREAM-15', 'STREAM-16', 'RPC-02'] as const;

/** WINDOW_UPDATE frames: what a client must not send, and the credit that the server gives back. */
export const windowUpdateMutants: readonly Mutant[] = [
  ...mutantsOf('STREAM-11-window-update-zero', {
    'on-stream': { says: 'WINDOW_UPDATE of 0 on a stream is ignored', ...leftOut('window-update-zero') },
    'on-connection': { says: 'WINDOW_UPDATE of 0 on stream 0 is ignored', ...leftOut('window-update-zero-connection') },
    'on-stream-after-answer': {
      says: 'WINDOW_UPDATE of 0 on a stream is ignored once the answer has begun',
      seams: () => {
        const begun = new Set<number>();
        return {
          outbound: {
            section: (section) => {
              begun.add(section.streamId);
              return [section];
            },
          },
          ...leftOut('window-update-zero', ({ streamId }) => begun.has(streamId)),
        };
      },
    },
  }),
  ...mutantsOf('STREAM-15-upload-window-replenished', {
    'inside-message': {
      says: 'Stream credit is returned only once a message is complete',
      policy: { returnsCreditInside: false },
    },
    'connection-never': {
      says: 'Connection credit is not returned',
      policy: { credit: (octets, of) => (of === 'connection' ? 0 : octets) },
    },
    'stream-window-updates-lost': {
      says: 'WINDOW_UPDATE of streams is never sent',
      ...onFramesOf('WINDOW_UPDATE', (frame) => (frame.streamId === 0 ? [frame] : [])),
    },
    'less-than-used': {
      says: 'Half of the connection credit is returned',
      policy: { credit: (octets, of) => (of === 'connection' ? Math.floor(octets / 2) : octets) },
    },
  }),
  ...mutantsOf('STREAM-16-discarded-data-returns-connection-credit', {
    'nobody-reads': {
      says: 'Connection credit of DATA that nobody reads is not returned',
      policy: { credit: (octets, _, wasRead) => (wasRead ? octets : 0) },
    },
    'half-of-it': {
      says: 'Half of the connection credit of DATA that nobody reads is returned',
      policy: { credit: (octets, of, wasRead) => (wasRead || of === 'stream' ? octets : Math.floor(octets / 2)) },
    },
  }),
  ...mutantsOf('STREAM-19-server-window-updates-legal', {
    'zero-on-stream': {
      says: 'Every WINDOW_UPDATE of a stream is followed by one of 0',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) =>
        frame.streamId === 0 ? [frame] : [frame, windowUpdate(frame.streamId, 0)],
      ),
    },
    'zero-on-connection': {
      says: 'Every WINDOW_UPDATE of the connection is followed by one of 0',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) => (frame.streamId === 0 ? [frame, windowUpdate(0, 0)] : [frame])),
    },
    'connection-overflow': {
      says: 'The first WINDOW_UPDATE of the connection is of 2^31-1',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) => [frame.streamId === 0 ? windowUpdate(0, 0x7fffffff) : frame]),
    },
    'stream-overflow': {
      says: 'WINDOW_UPDATE of streams is of 2^31-1',
      provokedBy: uploads,
      ...onFramesOf('WINDOW_UPDATE', (frame) => [
        frame.streamId === 0 ? frame : windowUpdate(frame.streamId, 0x7fffffff),
      ]),
    },
  }),
];
