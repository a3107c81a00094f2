import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FindingRecord } from '../../model';
import { parsePacketFilter } from '../../packet-filter';
import type { PacketStory, StoryEntry } from '../../packet-story';
import { printable } from '../../printable';
import type { Schema } from '../../../schema/schema';
import { PacketDetail } from './packet-detail';
import { PacketList, type Selection } from './packet-list';
import { replaceRoute, type Route } from './route';

interface Props {
  /** Types of the methods that findings call. */
  readonly schema: Schema | undefined;
  /** Of the property on whose page they stand. */
  readonly id: string;
  /** The finding that they show; absent where nothing was broken. */
  readonly finding?: Pick<FindingRecord, 'at' | 'rule' | 'printed'>;
  readonly story: PacketStory;
  readonly number: number;
  readonly route: Extract<Route, { view: 'property' }> | undefined;
}

/** The packets of all connections of a finding beside everything about the one that is selected, decoded here and now from the octets. */
export function Packets({ schema, id, finding, story, number, route }: Props) {
  const { views, entries, lanes, omissions, transcript } = story;
  const [selection, setSelection] = useState<Selection | undefined>(finding?.at);
  const [text, setText] = useState('');
  const [hidesSetup, setHidesSetup] = useState(false);
  const bench = useRef<HTMLDivElement>(null);
  const select = (connection: string, packet: number): void => {
    setSelection({ connection, packet });
    replaceRoute({ view: 'property', id, finding: number, connection, packet });
  };
  // A link to a packet shows it; a packet that was chosen here is on the screen already.
  const { connection, packet } = route ?? {};
  useEffect(() => {
    if (connection === undefined || packet === undefined) return;
    if (
      selection?.connection === connection &&
      selection.packet === packet &&
      bench.current?.contains(document.activeElement)
    )
      return;
    setSelection({ connection, packet });
    bench.current?.scrollIntoView({ block: 'start' });
  }, [connection, packet]);

  const filter = useMemo(() => parsePacketFilter(text), [text]);
  const isChosen = ({ view, packet: { number: own } }: StoryEntry, one: Selection | undefined): boolean =>
    one?.connection === view.name && one.packet === own;
  const isWanted = (entry: StoryEntry): boolean =>
    // What broke the rule and what is looked at are never hidden as set-up.
    (!hidesSetup || !entry.isSetup || isChosen(entry, finding?.at) || isChosen(entry, selection)) &&
    (!filter.ok || filter.holds(entry.line));
  const shown = text === '' && !hidesSetup ? entries : entries.filter(isWanted);
  const selected = entries.find((entry) => isChosen(entry, selection));
  const setup = entries.filter(({ isSetup }) => isSetup).length;
  const help = `filter-help-${number}`;
  return (
    <>
      <div class="tools packet-tools">
        <label>
          Filter packets
          <input
            type="text"
            value={text}
            spellcheck={false}
            autocomplete="off"
            placeholder="stream==1 type==DATA"
            aria-describedby={help}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {setup === 0 ? null : (
          <label class="check">
            <input
              type="checkbox"
              checked={hidesSetup}
              onChange={(event) => setHidesSetup(event.currentTarget.checked)}
            />
            Hide {setup} packets that set up the {views.length > 1 ? 'connections' : 'connection'}
          </label>
        )}
        <span class="shown" id={help} role="status">
          {filter.ok
            ? shown.length === entries.length
              ? `${count(entries.length)} packets`
              : `${count(shown.length)} of ${count(entries.length)} packets`
            : printable(filter.problem)}
        </span>
        <details class="grammar">
          <summary>What can be filtered</summary>
          <p>
            Words, and <code>stream</code> <code>type</code> <code>from</code> (us, target) <code>flag</code>{' '}
            <code>conn</code> <code>no</code> <code>time</code> <code>length</code> <code>info</code> with{' '}
            <code>==</code> <code>!=</code> <code>&lt;</code> <code>&gt;</code> <code>~</code> (contains);{' '}
            <code>!</code> before a term turns it round, <code>||</code> between terms means either.
          </p>
        </details>
      </div>
      <div class="workbench" ref={bench}>
        <PacketList
          entries={shown}
          printed={finding?.printed ?? []}
          several={views.length > 1}
          lanes={lanes}
          broken={finding?.at === undefined ? undefined : { ...finding.at, rule: finding.rule }}
          selected={selection}
          onSelect={select}
        />
        {selected === undefined ? (
          <p class="detail muted">Choose a packet to see what it is made of.</p>
        ) : (
          <PacketDetail
            key={`${selected.view.name} ${selected.packet.number}`}
            entry={selected}
            schema={schema}
            onSelect={(one) => select(selected.view.name, one)}
          />
        )}
      </div>
      {transcript.abandoned === undefined ? null : (
        <p class="muted">
          The script ended at step {transcript.abandoned.step + 1}: waited {transcript.abandoned.milliseconds} ms in
          vain for {printable(transcript.abandoned.waitedFor)}.
        </p>
      )}
      {omissions.map(({ connection: name, direction, octets }) => (
        <p class="muted" key={`${name} ${direction}`}>
          {count(octets)} octets {direction} on {printable(name)} are not in this page; the failure file has more.
        </p>
      ))}
    </>
  );
}

const count = (number: number): string => number.toLocaleString('en-US');
