import { useMemo } from 'preact/hooks';
import { readConnection } from '../../../../transcript/read-connection';
import { describePacket, type PacketLine } from '../../../describe-packet';
import { printable } from '../../../printable';
import { deserializeTranscript } from '../../../serialize';
import { alignPackets, mostAligned, type AlignedPackets } from '../../align-packets';
import { groupCells } from '../../cell-groups';
import type { ComparedFinding, ComparedRow, ComparedRun } from '../../comparison-model';
import { findingKey } from '../choice';

interface Props {
  readonly row: ComparedRow;
  readonly runs: readonly ComparedRun[];
  /** Keys of the findings whose packets are shown; empty: none, and a button offers it. */
  readonly chosen: readonly string[];
  readonly onChoose: (keys: readonly string[]) => void;
}

/** A finding whose packets the page has. */
interface Lane {
  readonly key: string;
  readonly label: string;
  readonly finding: ComparedFinding;
  readonly column: number;
}

/** Lists that open at first: more are too wide to be read. */
const firstLanes = 3;

/** The packets of a row's findings, those of several runs side by side. */
export function PacketsOf({ row, runs, chosen, onChoose }: Props) {
  const lanes = useMemo(() => lanesOf(row, runs), [row]);
  if (lanes.length === 0) return null;
  const shown = lanes.filter(({ key }) => chosen.includes(key));
  if (shown.length === 0) {
    return (
      <button type="button" class="plain" onClick={() => onChoose(usualLanes(row, lanes))}>
        Packets side by side<span class="sr"> of {printable(row.id)}</span>
      </button>
    );
  }
  const toggle = (key: string): void =>
    onChoose(lanes.filter((lane) => (lane.key === key) !== chosen.includes(lane.key)).map((lane) => lane.key));
  return (
    <div>
      <fieldset>
        <legend>Packets of</legend>
        {lanes.map(({ key, label }) => (
          <label key={key}>
            <input type="checkbox" checked={chosen.includes(key)} onChange={() => toggle(key)} />
            {label}
          </label>
        ))}
        <button type="button" class="plain" onClick={() => onChoose([])}>
          Close<span class="sr"> the packets of {printable(row.id)}</span>
        </button>
      </fieldset>
      <Aligned lanes={shown} row={row} />
    </div>
  );
}

function lanesOf(row: ComparedRow, runs: readonly ComparedRun[]): readonly Lane[] {
  return row.cells.flatMap((cell, column) =>
    cell.findings.flatMap((finding, number) =>
      finding.transcript.connections.length === 0
        ? []
        : [
            {
              key: findingKey(runs[column]?.name ?? '', number),
              label: printable(`${runs[column]?.name ?? ''}: ${finding.reaction}`),
              finding,
              column,
            },
          ],
    ),
  );
}

/** One run of each kind of answer; where all answered alike, the first two. */
function usualLanes(row: ComparedRow, lanes: readonly Lane[]): readonly string[] {
  const first = groupCells(row.cells).flatMap(
    ({ columns }) => lanes.find(({ column }) => columns.includes(column)) ?? [],
  );
  return (first.length > 1 ? first.slice(0, firstLanes) : lanes.slice(0, 2)).map(({ key }) => key);
}

function Aligned({ lanes, row }: { readonly lanes: readonly Lane[]; readonly row: ComparedRow }) {
  const read = lanes.map(({ finding }) => deserializeTranscript(finding.transcript));
  const names = [...new Set(read.flatMap(({ transcript }) => transcript.connections.map(({ name }) => name)))];
  const omitted = lanes.filter((_, index) => (read[index]?.omissions.length ?? 0) > 0);
  return (
    <>
      {names.map((name) => {
        const lists = read.map(({ transcript }) => {
          const connection = transcript.connections.find((one) => one.name === name);
          return connection === undefined
            ? []
            : readConnection(connection).packets.map((packet) => describePacket(packet));
        });
        return <Table key={name} name={printable(name)} lanes={lanes} lists={lists} connection={name} row={row} />;
      })}
      {omitted.length === 0 ? null : (
        <p class="muted">
          Not all octets of {omitted.map(({ label }) => label).join(', ')} are in this page; the page of the run has
          more.
        </p>
      )}
    </>
  );
}

interface TableProps {
  readonly name: string;
  readonly connection: string;
  readonly lanes: readonly Lane[];
  readonly lists: readonly (readonly PacketLine[])[];
  readonly row: ComparedRow;
}

function Table({ name, connection, lanes, lists, row }: TableProps) {
  const rows = alignPackets(lists);
  const isCut = lists.some((list) => list.length > mostAligned);
  return (
    <>
      <h4>Connection {name}</h4>
      <div
        class="scroll aligned"
        role="region"
        aria-label={`Packets on ${name} of ${printable(row.id)}, side by side`}
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Packet</th>
              {lanes.map(({ key, label }) => (
                <th scope="col" key={key}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((aligned, index) => (
              <Line key={index} aligned={aligned} lanes={lanes} connection={connection} />
            ))}
          </tbody>
        </table>
      </div>
      {isCut ? <p class="muted">The first {mostAligned} packets of each; the page of the run has the rest.</p> : null}
    </>
  );
}

const arrows = { sent: ['→', 'sent'], received: ['←', 'received'], none: ['·', 'happened'] } as const;

function Line({
  aligned: { lines, areAlike },
  lanes,
  connection,
}: {
  readonly aligned: AlignedPackets;
  readonly lanes: readonly Lane[];
  readonly connection: string;
}) {
  const any = lines.find((line) => line !== undefined);
  if (any === undefined) return null;
  const [arrow, said] = arrows[any.direction];
  return (
    <tr class={areAlike ? '' : 'unlike'}>
      <th scope="row">
        <span aria-hidden="true">{arrow}</span>
        <span class="sr">{said}</span> {any.type}
        {any.stream === undefined ? '' : ` ${any.stream}`}
        {areAlike ? null : <span aria-label=", differs"> ≠</span>}
      </th>
      {lanes.map(({ key, finding }, index) => {
        const line = lines[index];
        if (line === undefined)
          return (
            <td key={key} class="none">
              <span aria-hidden="true">–</span>
              <span class="sr">nothing</span>
            </td>
          );
        const hasBroken = finding.at?.connection === connection && finding.at.packet === line.number;
        return (
          <td key={key} class={hasBroken ? 'broke' : ''}>
            <span class="at">{line.at.toFixed(1)} ms</span>
            {line.flags.length === 0 ? '' : `${line.flags.join(' ')} `}
            {line.info}
            {hasBroken ? <strong class="culprit">broke the rule</strong> : null}
          </td>
        );
      })}
    </tr>
  );
}
