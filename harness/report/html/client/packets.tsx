import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ConnectionView, Packet } from '../../../transcript/connection-view';
import { readConnection } from '../../../transcript/read-connection';
import { describePacket, type PacketLine } from '../../describe-packet';
import type { FindingRecord, PropertyRecord } from '../../model';
import { printable } from '../../printable';
import { deserializeTranscript } from '../../serialize';
import { PacketDetail } from './packet-detail';
import { replaceRoute, type Route } from './route';

interface Props {
  readonly property: PropertyRecord;
  readonly finding: FindingRecord;
  readonly number: number;
  readonly route: Extract<Route, { view: 'property' }> | undefined;
}

interface Selection {
  readonly connection: string;
  readonly packet: number;
}

/** The packet lists of all connections of a finding, decoded here and now from the octets. */
export function Packets({ property, finding, number, route }: Props) {
  const { views, omissions, abandoned } = useMemo(() => {
    const read = deserializeTranscript(finding.transcript);
    return {
      views: read.transcript.connections.map((connection) => readConnection(connection)),
      omissions: read.omissions,
      abandoned: read.transcript.abandoned,
    };
  }, [finding]);
  const fromRoute =
    route?.connection !== undefined && route.packet !== undefined
      ? { connection: route.connection, packet: route.packet }
      : undefined;
  const [selection, setSelection] = useState<Selection | undefined>(fromRoute ?? finding.at);
  const select = (connection: string, packet: number): void => {
    setSelection({ connection, packet });
    replaceRoute({ view: 'property', id: property.id, finding: number, connection, packet });
  };
  return (
    <>
      {views.map((view) => (
        <PacketList
          key={view.name}
          view={view}
          several={views.length > 1}
          broken={finding.at?.connection === view.name ? { packet: finding.at.packet, rule: finding.rule } : undefined}
          selected={selection?.connection === view.name ? selection.packet : undefined}
          onSelect={(packet) => select(view.name, packet)}
        />
      ))}
      {abandoned === undefined ? null : (
        <p class="muted">
          The script ended at step {abandoned.step + 1}: waited {abandoned.milliseconds} ms in vain for{' '}
          {printable(abandoned.waitedFor)}.
        </p>
      )}
      {omissions.map(({ connection, direction, octets }) => (
        <p class="muted" key={`${connection} ${direction}`}>
          {octets.toLocaleString('en-US')} octets {direction} on {printable(connection)} are not in this page; the
          failure file has more.
        </p>
      ))}
    </>
  );
}

interface ListProps {
  readonly view: ConnectionView;
  readonly several: boolean;
  readonly broken: { readonly packet: number; readonly rule: string } | undefined;
  readonly selected: number | undefined;
  readonly onSelect: (packet: number) => void;
}

// 300 rows: a flood of thousands of frames must not freeze the page; a button shows the rest.
const shownPackets = 300;

function PacketList({ view, several, broken, selected, onSelect }: ListProps) {
  const [all, setAll] = useState(false);
  const lines = useMemo(() => view.packets.map((packet) => describePacket(packet)), [view]);
  const important = new Set([broken?.packet, selected]);
  const shown = all ? lines : lines.filter((line, index) => index < shownPackets || important.has(line.number));
  const packet: Packet | undefined = view.packets.find((candidate) => candidate.number === selected);
  const name = printable(view.name);
  const box = useRef<HTMLDivElement>(null);
  // Shows the packet that matters without moving the page.
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('.selected');
    if (box.current != null && row != null) box.current.scrollTop = row.offsetTop - box.current.clientHeight / 2;
  }, [view]);
  return (
    <div class="connection">
      {several ? <h4>Connection {name}</h4> : null}
      <div ref={box} class="packets" role="region" aria-label={`Packets on ${name}`} tabIndex={0}>
        <table role="table" data-nav-group>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col" class="number">
                No.
              </th>
              <th role="columnheader" scope="col" class="number">
                Time (ms)
              </th>
              <th role="columnheader" scope="col">
                From
              </th>
              <th role="columnheader" scope="col" class="number">
                Stream
              </th>
              <th role="columnheader" scope="col">
                Type
              </th>
              <th role="columnheader" scope="col" class="flags">
                Flags
              </th>
              <th role="columnheader" scope="col" class="number length">
                Length
              </th>
              <th role="columnheader" scope="col">
                Info
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((line) => (
              <Row
                key={line.number}
                line={line}
                rule={broken?.packet === line.number ? broken.rule : undefined}
                selected={selected === line.number}
                onSelect={onSelect}
              />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < lines.length ? (
        <button type="button" class="plain" onClick={() => setAll(true)}>
          Show all {lines.length.toLocaleString('en-US')} packets
        </button>
      ) : null}
      {packet === undefined ? null : <PacketDetail packet={packet} connection={name} />}
    </div>
  );
}

const senders = { sent: ['→', 'us'], received: ['←', 'target'], none: ['·', ''] } as const;

interface RowProps {
  readonly line: PacketLine;
  readonly rule: string | undefined;
  readonly selected: boolean;
  readonly onSelect: (packet: number) => void;
}

function Row({ line, rule, selected, onSelect }: RowProps) {
  const [arrow, sender] = senders[line.direction];
  return (
    <tr
      role="row"
      class={`packet t-${line.direction === 'none' ? 'happening' : line.type.toLowerCase().replace(/[^a-z]/g, '')}${selected ? ' selected' : ''}${rule === undefined ? '' : ' broke'}`}
      onClick={() => onSelect(line.number)}
    >
      <td role="cell" class="number">
        <button
          type="button"
          data-nav
          aria-pressed={selected}
          aria-label={`Packet ${line.number}, ${line.type}`}
          onFocus={() => onSelect(line.number)}
        >
          {line.number}
        </button>
      </td>
      <td role="cell" class="number">
        {line.at.toFixed(2)}
      </td>
      <td role="cell" class="from">
        <span aria-hidden="true">{arrow}</span> {sender}
      </td>
      <td role="cell" class="number">
        {line.stream ?? ''}
      </td>
      <td role="cell" class="type">
        {line.type}
      </td>
      <td role="cell" class="flags">
        {line.flags.join(' ')}
      </td>
      <td role="cell" class="number length">
        {line.length ?? ''}
      </td>
      <td role="cell" class="info">
        {line.info}
        {rule === undefined ? null : <strong class="culprit">broke {rule}</strong>}
      </td>
    </tr>
  );
}
