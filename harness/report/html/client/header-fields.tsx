import { useState } from 'preact/hooks';
import type { FieldBlock } from '../../../transcript/connection-view';
import type { BlockTrace, TableState } from '../../../transcript/read-connection';
import { parseStatus, statusName, statusNames } from '../../../grpc/status';
import { escapeOctets } from '../../../wire/escape-octets';
import { fieldSize } from '../../../wire/hpack/field';
import { staticTable } from '../../../wire/hpack/static-table';
import { printable } from '../../printable';
import { HexPane, type Range } from './hex-pane';

interface Props {
  readonly block: FieldBlock;
  /** How it was read; absent after a block that broke the table. */
  readonly trace: BlockTrace | undefined;
  /** Where the block begins in the frame that is shown; absent when it came in several. */
  readonly base: number | undefined;
  readonly marked: Range | undefined;
  readonly onPoint: (range: Range | undefined) => void;
  readonly onPick: (range: Range | undefined) => void;
}

const representations = {
  indexed: 'indexed',
  incremental: 'literal, indexed from now on',
  'without-indexing': 'literal, not indexed',
  'never-indexed': 'literal, never indexed',
} as const;

/** The fields of a block with how HPACK wrote each, and the dynamic table before and after. */
export function HeaderFields(props: Props) {
  return props.base === undefined ? <OwnOctets {...props} /> : <Table {...props} offset={props.base} />;
}

/** A block of several frames has octets of its own beside its fields. */
function OwnOctets({ trace, ...props }: Props) {
  const [marked, setMarked] = useState<Range | undefined>(undefined);
  const pieces = trace?.pieces ?? [];
  const at = (octet: number | undefined): Range | undefined =>
    pieces.find(({ from, to }) => octet !== undefined && octet >= from && octet < to);
  return (
    <>
      <Table {...props} trace={trace} offset={0} marked={marked} onPoint={setMarked} onPick={setMarked} />
      {trace === undefined ? null : (
        <>
          <p class="muted">
            The block, put together from {trace.fragments.length} frames ({trace.fragments.join(' + ')} octets):
          </p>
          <HexPane
            octets={trace.octets}
            marked={marked}
            label="Octets of the field block"
            onPoint={(octet) => setMarked(at(octet))}
          />
        </>
      )}
    </>
  );
}

// A block of references alone has room for millions of fields.
const shownFields = 200;

function Table({ block, trace, offset, marked, onPoint, onPick }: Props & { readonly offset: number }) {
  const pieces = (trace?.pieces ?? []).filter(({ field }) => field !== undefined);
  return (
    <>
      <h5>
        Field block of {block.length} octets
        {block.sizeUpdates.length === 0 ? '' : `, table size ${block.sizeUpdates.slice(0, 8).join(', then ')}`}
      </h5>
      {block.fault === undefined ? null : (
        <p class="notice">
          It does not decode: {printable(block.fault.reason)} (at octet {block.fault.offset} of the block).
        </p>
      )}
      <div class="scroll" role="region" aria-label="Fields" tabIndex={0}>
        <table class="fields">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">Representation</th>
              <th scope="col" class="number">
                Index
              </th>
              <th scope="col">Huffman</th>
              <th scope="col" class="number">
                Octets
              </th>
            </tr>
          </thead>
          <tbody>
            {block.fields.slice(0, shownFields).map((field, index) => {
              const piece = pieces[index];
              const range = piece === undefined ? undefined : { from: offset + piece.from, to: offset + piece.to };
              const isMarked = range !== undefined && marked?.from === range.from && marked.to === range.to;
              return (
                <tr
                  key={index}
                  class={isMarked ? 'on' : undefined}
                  onMouseEnter={() => onPoint(range)}
                  onMouseLeave={() => onPoint(undefined)}
                >
                  <td>
                    <code>{escapeOctets(field.name, 200)}</code>
                  </td>
                  <td>
                    <code>{escapeOctets(field.value, 2000)}</code>
                    {meaning(field.name, field.value)}
                  </td>
                  <td>{representations[field.representation]}</td>
                  <td class="number">{field.index === 0 ? '' : field.index}</td>
                  <td>
                    {[field.nameHuffman ? 'name' : '', field.valueHuffman ? 'value' : '']
                      .filter((part) => part !== '')
                      .join(', ') || 'no'}
                  </td>
                  <td class="number">
                    {range === undefined ? (
                      ''
                    ) : (
                      <button
                        type="button"
                        class="octets"
                        aria-pressed={isMarked}
                        aria-label={`Mark the ${range.to - range.from} octets of field ${index + 1}`}
                        onClick={() => onPick(range)}
                      >
                        {range.to - range.from}
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {block.fields.length > shownFields ? (
        <p class="muted">and {(block.fields.length - shownFields).toLocaleString('en-US')} more fields</p>
      ) : null}
      {trace === undefined ? null : <DynamicTables trace={trace} />}
    </>
  );
}

/** The name of a status, where there is one. */
function meaning(name: string, value: string) {
  const status = name === 'grpc-status' ? parseStatus(value) : undefined;
  return status === undefined || status >= statusNames.length ? null : (
    <span class="meaning"> {statusName(status)}</span>
  );
}

function DynamicTables({ trace: { before, after } }: { readonly trace: BlockTrace }) {
  const added = new Set(after.entries.filter((entry) => !before.entries.includes(entry)));
  const evicted = before.entries.filter((entry) => !after.entries.includes(entry)).length;
  return (
    <details class="tables">
      <summary>
        Dynamic table: {describe(before)} before, {describe(after)} after
        {evicted > 0 ? `, ${evicted} evicted` : ''}
      </summary>
      <div class="both-tables">
        <Entries title="Before" table={before} fresh={undefined} />
        <Entries title="After" table={after} fresh={added} />
      </div>
    </details>
  );
}

const describe = ({ entries, size, maxSize }: TableState): string =>
  `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} (${size} of ${maxSize} octets)`;

const shownEntries = 64;

function Entries({
  title,
  table,
  fresh,
}: {
  readonly title: string;
  readonly table: TableState;
  readonly fresh: ReadonlySet<TableState['entries'][number]> | undefined;
}) {
  return (
    <div class="scroll" role="region" aria-label={`Dynamic table ${title.toLowerCase()}`} tabIndex={0}>
      <table class="fields">
        <thead>
          <tr>
            <th scope="col" class="number">
              {title}
            </th>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col" class="number">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {table.entries.slice(0, shownEntries).map((entry, index) => (
            <tr key={index}>
              <td class="number">{staticTable.length + 1 + index}</td>
              <td>
                <code>{escapeOctets(entry.name, 100)}</code>
                {fresh?.has(entry) === true ? <span class="meaning"> new</span> : null}
              </td>
              <td>
                <code>{escapeOctets(entry.value, 200)}</code>
              </td>
              <td class="number">{fieldSize(entry)}</td>
            </tr>
          ))}
          {table.entries.length === 0 ? (
            <tr>
              <td />
              <td colSpan={3}>empty</td>
            </tr>
          ) : null}
        </tbody>
      </table>
      {table.entries.length > shownEntries ? <p class="muted">and {table.entries.length - shownEntries} more</p> : null}
    </div>
  );
}
