import { frameTypeName } from '../wire/describe-frame';
import { rule } from './rule';

/** RFC 9113 §3.4. */
export const settingsFirst = rule('CONN-01-settings-first', {
  looksAt: ({ before }) => before.target.frames === 0,
  breach: ({ packet: { frame } }) => {
    if (frame.type === 'SETTINGS' && !frame.ack && frame.streamId === 0) return undefined;
    const observed = frame.type === 'SETTINGS' && frame.ack ? 'SETTINGS with ACK' : frameTypeName(frame.raw.type);
    return {
      observed: `${observed} as the first frame of the target`,
      expected: 'SETTINGS without ACK on stream 0',
      reaction: `${observed} first`,
    };
  },
});
