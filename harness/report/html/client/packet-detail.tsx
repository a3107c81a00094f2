import { useMemo, useState } from 'preact/hooks';
import type { FieldBlock, Packet } from '../../../transcript/connection-view';
import { encodeFrame } from '../../../wire/encode-frame';
import { escapeOctets } from '../../../wire/escape-octets';
import { describePacket } from '../../describe-packet';
import { printable } from '../../printable';
import { dissectFrame, type Part } from '../../dissect-frame';
import { HexPane } from './hex-pane';

/** Everything about one packet: its parts, its fields with how HPACK wrote them, and its octets. */
export function PacketDetail({ packet, connection }: { readonly packet: Packet; readonly connection: string }) {
  const line = describePacket(packet);
  const title = `Packet ${line.number} on ${connection}: ${line.type}${line.stream === undefined ? '' : ` on stream ${line.stream}`}`;
  return (
    <section class="detail" aria-label={title}>
      <h4>{title}</h4>
      {packet.kind === 'frame' ? <FrameDetail key={packet.number} packet={packet} /> : null}
      {packet.kind === 'octets' ? <HexPane octets={packet.octets} /> : null}
      {packet.kind === 'happening' ? <p>{line.info}</p> : null}
    </section>
  );
}

function FrameDetail({ packet }: { readonly packet: Extract<Packet, { kind: 'frame' }> }) {
  const octets = useMemo(() => encodeFrame(packet.frame.raw), [packet]);
  const parts = useMemo(() => dissectFrame(packet.frame), [packet]);
  const [marked, setMarked] = useState<Part | undefined>(undefined);
  return (
    <>
      <p class="muted">
        {packet.by === undefined
          ? 'Sent by the target.'
          : packet.by === 'housekeeping'
            ? 'Sent by our end on its own, as clients do.'
            : `Sent by step ${packet.by + 1} of the script.`}
      </p>
      <div class="panes">
        <ul class="parts" aria-label="Parts of the frame; choosing one marks its octets">
          {parts.map((part) => (
            <li key={part.name}>
              <button
                type="button"
                aria-pressed={marked === part}
                onClick={() => setMarked(marked === part ? undefined : part)}
                onMouseEnter={() => setMarked(part)}
              >
                <span class="part-name">{part.name}</span> <span class="part-value">{printable(part.value)}</span>
              </button>
            </li>
          ))}
        </ul>
        <HexPane octets={octets} marked={marked} />
      </div>
      {packet.block === undefined ? null : <Fields block={packet.block} />}
    </>
  );
}

const representations = {
  indexed: 'indexed',
  incremental: 'literal, indexed from now on',
  'without-indexing': 'literal, not indexed',
  'never-indexed': 'literal, never indexed',
} as const;

function Fields({ block }: { readonly block: FieldBlock }) {
  return (
    <>
      <h5>
        Field block of {block.length} octets
        {block.sizeUpdates.length === 0 ? '' : `, table size ${block.sizeUpdates.join(', then ')}`}
      </h5>
      {block.fault === undefined ? null : (
        <p class="notice">
          It does not decode: {printable(block.fault.reason)} (at octet {block.fault.offset}).
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
            </tr>
          </thead>
          <tbody>
            {block.fields.map((field, index) => (
              <tr key={index}>
                <td>
                  <code>{escapeOctets(field.name, 200)}</code>
                </td>
                <td>
                  <code>{escapeOctets(field.value, 2000)}</code>
                </td>
                <td>{representations[field.representation]}</td>
                <td class="number">{field.index === 0 ? '' : field.index}</td>
                <td>
                  {[field.nameHuffman ? 'name' : '', field.valueHuffman ? 'value' : '']
                    .filter((part) => part !== '')
                    .join(', ') || 'no'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
