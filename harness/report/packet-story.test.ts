import { crashTranscript, failingTranscript } from './fixtures/run';
import { readStory } from './packet-story';
import { serializeTranscript } from './serialize';

describe('a transcript as one list', () => {
  test('has the packets of all connections in the order of their times, each with its connection', () => {
    const both = {
      ...crashTranscript,
      connections: [...crashTranscript.connections, { ...failingTranscript.connections[0]!, name: 'other' }],
    };
    const { entries, views } = readStory(serializeTranscript(both));
    const times = entries.map(({ packet }) => packet.at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const view of views) {
      const own = entries.filter((entry) => entry.view === view).map(({ packet }) => packet);
      expect(own).toEqual(view.packets);
    }
    expect(new Set(entries.map(({ line }) => line.connection))).toEqual(new Set(['main', 'afterwards', 'other']));
  });

  test('streams are open as long as they are, also while another connection speaks', () => {
    const [first] = failingTranscript.connections;
    const second = { name: 'other', events: [{ kind: 'connected', at: 2 } as const] };
    const { entries, lanes } = readStory(serializeTranscript({ connections: [first!, second], samples: {} }));
    expect(lanes).toEqual([
      { connection: 'main', stream: 1 },
      { connection: 'main', stream: 3 },
    ]);
    const elsewhere = entries.find(({ line }) => line.connection === 'other');
    expect([...(elsewhere?.open ?? [])]).toEqual([0]);
    expect(entries.at(-1)?.open.size).toBe(0);
  });
});
