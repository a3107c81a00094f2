import type { ConnectionView, Packet } from '../transcript/connection-view';
import { readConnection } from '../transcript/read-connection';
import type { Transcript } from '../transcript/transcript';
import { describePacket } from './describe-packet';
import type { SerializedTranscript } from './model';
import type { FilteredLine } from './packet-filter';
import { notePackets, setupPackets, type PacketNote } from './packet-notes';
import { deserializeTranscript, type Omission } from './serialize';

/** One packet with what a list says of it. */
export interface StoryEntry {
  readonly view: ConnectionView;
  readonly packet: Packet;
  readonly line: FilteredLine;
  readonly note: PacketNote;
  /** Lanes that are open after it, by their places in {@link PacketStory.lanes}: those of other connections as well. */
  readonly open: ReadonlySet<number>;
  /** Part of the beginning of its connection, before anything is said on a stream. */
  readonly isSetup: boolean;
}

/** A stream that is drawn beside the packets. */
export interface Lane {
  readonly connection: string;
  readonly stream: number;
}

/** A transcript as a list of packets: those of all connections, in the order in which they happened. */
export interface PacketStory {
  readonly transcript: Transcript;
  readonly views: readonly ConnectionView[];
  readonly entries: readonly StoryEntry[];
  readonly lanes: readonly Lane[];
  readonly omissions: readonly Omission[];
}

/** Lanes of all connections together. */
const mostLanes = 12;

/** Reads a transcript of a finding, decoded from its octets. */
export function readStory(serialized: SerializedTranscript): PacketStory {
  const { transcript, omissions } = deserializeTranscript(serialized);
  const views = transcript.connections.map((connection) => readConnection(connection));
  const lanes: Lane[] = [];
  const lists = views.map((view): readonly OwnEntry[] => {
    const { lanes: streams, notes } = notePackets(view);
    lanes.push(...streams.map((stream) => ({ connection: view.name, stream })));
    const setup = setupPackets(view);
    return view.packets.map((packet) => {
      const line = { ...describePacket(packet), connection: view.name };
      return {
        view,
        packet,
        line,
        note: notes[packet.number] ?? { open: new Set() },
        isSetup: setup.has(packet.number),
      };
    });
  });
  const drawn = lanes.slice(0, mostLanes);
  return { transcript, views, entries: withOpenLanes(merge(lists), drawn), lanes: drawn, omissions };
}

type OwnEntry = Omit<StoryEntry, 'open'>;

function withOpenLanes(entries: readonly OwnEntry[], lanes: readonly Lane[]): readonly StoryEntry[] {
  let open: ReadonlySet<number> = new Set();
  return entries.map((entry) => {
    const now = lanes.flatMap(({ connection, stream }, lane) =>
      (connection === entry.view.name ? entry.note.open.has(stream) : open.has(lane)) ? [lane] : [],
    );
    if (now.length !== open.size || now.some((lane) => !open.has(lane))) open = new Set(now);
    return { ...entry, open };
  });
}

/** By their times; those of one connection stay in their order. */
function merge(lists: readonly (readonly OwnEntry[])[]): readonly OwnEntry[] {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  return lists
    .flatMap((list) => {
      let latest = -Infinity;
      return list.map((entry) => {
        latest = Math.max(latest, entry.packet.at);
        return { entry, at: latest };
      });
    })
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}
