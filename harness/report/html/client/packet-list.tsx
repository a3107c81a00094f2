import { Fragment } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { describeWindows } from '../../packet-notes';
import type { FindingRecord } from '../../model';
import type { Lane, StoryEntry } from '../../packet-story';
import { printable } from '../../printable';

/** A packet of one of the connections. */
export interface Selection {
  readonly connection: string;
  readonly packet: number;
}

type Printed = NonNullable<FindingRecord['printed']>;

interface Props {
  readonly entries: readonly StoryEntry[];
  /** What the process of the target printed meanwhile, in the order of time. */
  readonly printed: Printed;
  /** There are several connections: each packet says which it is on. */
  readonly several: boolean;
  readonly lanes: readonly Lane[];
  readonly broken: (Selection & { readonly rule: string }) | undefined;
  readonly selected: Selection | undefined;
  readonly onSelect: (connection: string, packet: number) => void;
}

// 300 rows: a flood of thousands of frames must not freeze the page; a button shows more.
const shownPackets = 300;
const morePackets = 3000;

/** Packets as rows, as in Wireshark: when, who, where, what. */
export function PacketList({ entries, printed, several, lanes, broken, selected, onSelect }: Props) {
  const [most, setMost] = useState(shownPackets);
  const is = ({ view, packet }: StoryEntry, one: Selection | undefined): boolean =>
    one?.connection === view.name && one.packet === packet.number;
  const shown =
    entries.length <= most
      ? entries
      : entries.filter((entry, index) => index < most || is(entry, broken) || is(entry, selected));
  const box = useRef<HTMLDivElement>(null);
  const key = selected === undefined ? '' : `${selected.connection} ${selected.packet}`;
  // Shows the packet that matters without moving the page.
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('.selected');
    if (box.current === null || row == null) return;
    const { scrollTop, clientHeight } = box.current;
    const isVisible = row.offsetTop > scrollTop + 30 && row.offsetTop + row.offsetHeight < scrollTop + clientHeight;
    if (!isVisible) box.current.scrollTop = row.offsetTop - clientHeight / 2;
  }, [key]);
  const drawn = lanes.length > 1 ? lanes : [];
  const said = (from: number, to: number) => (
    <SaidRows
      lines={printed.filter(({ after }) => after >= from && after < to)}
      columns={5 + (several ? 1 : 0) + (drawn.length > 0 ? 1 : 0)}
    />
  );
  return (
    <div class="packet-list">
      <div ref={box} class="packets" role="region" aria-label="Packets" tabIndex={0}>
        <table role="table" data-nav-group>
          <thead role="rowgroup">
            <tr role="row">
              <Head number>No.</Head>
              <Head number>Time (ms)</Head>
              <Head number className="delta" title="Since the packet above">
                Δt
              </Head>
              {several ? <Head>Connection</Head> : null}
              <Head>From</Head>
              {drawn.length === 0 ? null : (
                <th
                  role="columnheader"
                  scope="col"
                  class="lanes"
                  title="One line for each stream, as long as it is open"
                >
                  <span class="sr">Streams that are open</span>
                  <span class="lane-heads" aria-hidden="true">
                    {drawn.map(({ connection, stream }) => (
                      <span key={`${connection} ${stream}`}>{!several && stream < 100 ? stream : ''}</span>
                    ))}
                  </span>
                </th>
              )}
              <Head number>Stream</Head>
              <Head>Type, flags</Head>
              <Head number className="length">
                Length
              </Head>
              <Head>Info</Head>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((entry, index) => (
              <Fragment key={`${entry.view.name} ${entry.packet.number}`}>
                {said(shown[index - 1]?.packet.at ?? -Infinity, entry.packet.at)}
                <Row
                  entry={entry}
                  since={shown[index - 1]?.packet.at}
                  several={several}
                  lanes={drawn}
                  rule={is(entry, broken) ? broken?.rule : undefined}
                  selected={is(entry, selected)}
                  onSelect={onSelect}
                />
              </Fragment>
            ))}
            {said(shown.at(-1)?.packet.at ?? -Infinity, Infinity)}
          </tbody>
        </table>
      </div>
      {shown.length < entries.length ? (
        <button type="button" class="plain" onClick={() => setMost(most + morePackets)}>
          Show {Math.min(morePackets, entries.length - shown.length).toLocaleString('en-US')} more of{' '}
          {entries.length.toLocaleString('en-US')} packets
        </button>
      ) : null}
    </div>
  );
}

/** Lines that the process printed between two packets. They can be neither selected nor filtered. */
function SaidRows({ lines, columns }: { readonly lines: Printed; readonly columns: number }) {
  return (
    <>
      {lines.map(({ after, output }, index) => (
        <tr key={index} role="row" class="packet printed">
          <td role="cell" class="number" />
          <td role="cell" class="number">
            {after.toFixed(2)}
          </td>
          <td role="cell" class="number delta" />
          <td role="cell" class="info" colSpan={columns}>
            <span class="who">the process prints</span> <samp>{printable(output)}</samp>
          </td>
        </tr>
      ))}
    </>
  );
}

interface HeadProps {
  readonly children: string;
  readonly number?: boolean;
  readonly className?: string;
  readonly title?: string;
}

function Head({ children, number = false, className = '', title }: HeadProps) {
  return (
    <th role="columnheader" scope="col" class={`${number ? 'number ' : ''}${className}`} title={title}>
      {children}
    </th>
  );
}

const senders = { sent: ['→', 'us'], received: ['←', 'target'], none: ['·', ''] } as const;

interface RowProps {
  readonly entry: StoryEntry;
  /** Time of the packet above. */
  readonly since: number | undefined;
  readonly several: boolean;
  readonly lanes: readonly Lane[];
  readonly rule: string | undefined;
  readonly selected: boolean;
  readonly onSelect: (connection: string, packet: number) => void;
}

function Row({ entry, since, several, lanes, rule, selected, onSelect }: RowProps) {
  const { line, note } = entry;
  const [arrow, sender] = senders[line.direction];
  const select = (): void => onSelect(line.connection, line.number);
  const windows = describeWindows(note);
  const isOverdrawn =
    note.windows !== undefined && Math.min(note.windows.left.connection, note.windows.left.stream) < 0;
  const kind = line.direction === 'none' ? 'happening' : line.type.toLowerCase().replace(/[^a-z]/g, '');
  return (
    <tr
      role="row"
      class={`packet t-${kind}${selected ? ' selected' : ''}${rule === undefined ? '' : ' broke'}`}
      onClick={select}
    >
      <td role="cell" class="number">
        <button
          type="button"
          data-nav
          aria-pressed={selected}
          aria-label={`Packet ${line.number}, ${line.type}${several ? ` on ${printable(line.connection)}` : ''}`}
          onFocus={select}
        >
          {line.number}
        </button>
      </td>
      <td role="cell" class="number">
        {line.at.toFixed(2)}
      </td>
      <td role="cell" class="number delta">
        {since === undefined ? '' : `+${Math.max(0, line.at - since).toFixed(2)}`}
      </td>
      {several ? (
        <td role="cell" class="conn">
          {printable(line.connection)}
        </td>
      ) : null}
      <td role="cell" class="from">
        <span aria-hidden="true">{arrow}</span> {sender}
      </td>
      {lanes.length === 0 ? null : <Lanes entry={entry} lanes={lanes} />}
      <td role="cell" class="number">
        {line.stream ?? ''}
      </td>
      <td role="cell" class="type">
        {line.type}
        {line.flags.map((flag) => (
          <span key={flag} class="flag">
            {' '}
            {flag}
          </span>
        ))}
      </td>
      <td role="cell" class="number length">
        {line.length ?? ''}
      </td>
      <td role="cell" class="info">
        {line.info}
        {windows === '' ? null : <span class={isOverdrawn ? 'window overdrawn' : 'window'}>{windows}</span>}
        {rule === undefined ? null : <strong class="culprit">broke {rule}</strong>}
      </td>
    </tr>
  );
}

/** A line for each stream while it is open, and a mark on that of the packet. The column of stream numbers says the same. */
function Lanes({ entry: { line, open }, lanes }: { readonly entry: StoryEntry; readonly lanes: readonly Lane[] }) {
  return (
    <td role="cell" class="lanes" aria-hidden="true">
      <span class="lane-row">
        {lanes.map(({ connection, stream }, lane) => (
          <span key={`${connection} ${stream}`} class={open.has(lane) ? 'lane open' : 'lane'}>
            {connection === line.connection && line.stream === stream ? (
              <b>{line.type === 'RST_STREAM' ? '✕' : '●'}</b>
            ) : null}
          </span>
        ))}
      </span>
    </td>
  );
}
