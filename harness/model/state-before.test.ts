import { readConnection } from '../transcript/read-connection';
import { data, settings, windowUpdate } from '../wire/builders';
import { encodeFrame } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { connectionPreface } from '../wire/preface';
import { settingIds } from '../wire/settings';
import { windowsBefore } from './state-before';

/** What each side sends in turn, our preface first. */
const read = (...frames: readonly (readonly ['sent' | 'received', RawFrame])[]) =>
  readConnection({
    name: 'main',
    events: [
      { kind: 'sent', at: 0, octets: connectionPreface, by: 0 },
      ...frames.map(([kind, frame], index) => {
        const at = index;
        const octets = encodeFrame(frame);
        return kind === 'sent' ? { kind, at, octets, by: index } : { kind, at, octets };
      }),
    ],
  });

test('credit counts when we send it, DATA when it arrives, padding included', () => {
  const view = read(
    ['sent', settings([{ id: settingIds.INITIAL_WINDOW_SIZE, value: 100 }])],
    ['received', data(1, new Uint8Array(20), { padLength: 9 })],
    ['received', data(3, new Uint8Array(5))],
    ['sent', windowUpdate(1, 7)],
    ['sent', windowUpdate(0, 1000)],
    ['sent', settings([])],
  );
  const grants = view.sent.filter(({ frame }) => frame.type === 'WINDOW_UPDATE');
  const before = { stream: 100 - 30, connection: 65_535 - 30 - 5 };
  expect(windowsBefore(view, 1, grants[0]?.number ?? 0)).toEqual(before);
  expect(windowsBefore(view, 1, grants[1]?.number ?? 0)).toEqual({ ...before, stream: before.stream + 7 });
  expect(windowsBefore(view, 1, Infinity)).toEqual({
    stream: before.stream + 7,
    connection: before.connection + 1000,
  });
});
