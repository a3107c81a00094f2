import { readConnection } from '../transcript/read-connection';
import { data, settings, windowUpdate } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import { connectionPreface } from '../wire/preface';
import { failingTranscript } from './fixtures/run';
import { describeWindows, notePackets, setupPackets } from './packet-notes';

const view = readConnection(failingTranscript.connections[0]!);

describe('notes on a connection', () => {
  test('say which streams are open after each packet', () => {
    const { lanes, notes } = notePackets(view);
    expect(lanes).toEqual([1, 3]);
    const open = notes.map((note) => [...note.open].join(' '));
    const change = open.filter((one, index) => one !== open[index - 1]);
    expect(change).toEqual(['', '1', '', '3', '']);
  });

  test('say what is left of the windows of whoever spends or gets credit', () => {
    const spending = readConnection({
      name: 'main',
      events: [
        {
          kind: 'sent',
          at: 0,
          by: 0,
          octets: Uint8Array.from([...connectionPreface, ...encodeFrames([settings([{ id: 4, value: 10 }])])]),
        },
        { kind: 'received', at: 1, octets: encodeFrames([data(1, new Uint8Array(11))]) },
        { kind: 'sent', at: 2, by: 1, octets: encodeFrames([windowUpdate(0, 5), windowUpdate(1, 6)]) },
      ],
    });
    expect(
      notePackets(spending)
        .notes.map((note) => describeWindows(note))
        .filter((text) => text !== ''),
    ).toEqual([
      'window: -1 on stream 1, 65,524 on the connection',
      'window: 65,529 on the connection',
      'window: 5 on stream 1, 65,529 on the connection',
    ]);
  });

  test('what sets a connection up ends with the first thing that is about a stream', () => {
    const setup = [...setupPackets(view)];
    expect(setup).toEqual([0, 1, 2, 3, 4, 5]);
    expect(view.packets[setup.length]).toMatchObject({ frame: { type: 'HEADERS' } });
  });
});
