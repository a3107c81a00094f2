import { useMemo, useState } from 'preact/hooks';
import type { FramePacket } from '../../../transcript/connection-view';
import { readConnection, type BlockTrace } from '../../../transcript/read-connection';
import type { Schema } from '../../../schema/schema';
import { encodeFrame } from '../../../wire/encode-frame';
import { dissectFrame, type Part } from '../../dissect-frame';
import { hexCommand } from '../../hex-command';
import type { StoryEntry } from '../../packet-story';
import { printable } from '../../printable';
import { partsInFrame, readBodies } from '../../stream-bodies';
import { CopyButton } from './copy-button';
import { HeaderFields } from './header-fields';
import { HexPane, type Range } from './hex-pane';
import { Messages } from './messages';
import { Windows } from './windows';

interface Props {
  readonly entry: StoryEntry;
  /** Types of the methods that were called, as far as they are known. */
  readonly schema: Schema | undefined;
  readonly onSelect: (packet: number) => void;
}

/** Everything about one packet: its parts, its fields with how HPACK wrote them, its messages, what it did to the windows, and its octets. */
export function PacketDetail({ entry, schema, onSelect }: Props) {
  const { packet, line, view } = entry;
  const title = `Packet ${line.number} on ${printable(view.name)}: ${line.type}${line.stream === undefined ? '' : ` on stream ${line.stream}`}`;
  return (
    <section class="detail" aria-label={title}>
      <h4>{title}</h4>
      {packet.kind === 'frame' ? (
        <FrameDetail entry={entry} packet={packet} schema={schema} onSelect={onSelect} />
      ) : null}
      {packet.kind === 'octets' ? (
        <>
          <HexPane octets={packet.octets} />
          <CopyButton label="Copy as xxd line" text={hexCommand(packet.octets)} />
        </>
      ) : null}
      {packet.kind === 'happening' ? <p>{line.info}</p> : null}
    </section>
  );
}

interface FrameProps extends Props {
  readonly packet: FramePacket;
}

function FrameDetail({ entry: { view }, packet, schema, onSelect }: FrameProps) {
  const octets = useMemo(() => encodeFrame(packet.frame.raw), [packet]);
  const trace = useMemo(() => traceOf(view, packet), [view, packet]);
  const body = useMemo(
    () =>
      packet.frame.type === 'DATA'
        ? readBodies(view).find(
            ({ stream, direction }) => stream === packet.frame.streamId && direction === packet.direction,
          )
        : undefined,
    [view, packet],
  );
  const parts = useMemo(
    (): readonly ShownPart[] => [...dissectFrame(packet.frame), ...messageParts(packet, body)],
    [packet, body],
  );
  /** Where the fields of a block stand in this frame, when it has all of it. */
  const base =
    trace?.fragments.length === 1 ? parts.find(({ name }) => name === 'Field block fragment')?.from : undefined;
  const fields =
    base === undefined
      ? []
      : (trace?.pieces.map(({ from, to }): Range => ({ from: base + from, to: base + to })) ?? []);
  const [pinned, setPinned] = useState<Range | undefined>(undefined);
  const [pointed, setPointed] = useState<Range | undefined>(undefined);
  const marked = pointed ?? pinned;
  /** The smallest part that an octet stands in. */
  const partAt = (at: number): Range | undefined =>
    [...fields, ...parts]
      .filter(({ from, to }) => at >= from && at < to)
      .toSorted((a, b) => a.to - a.from - (b.to - b.from))[0];
  const pick = (range: Range | undefined): void => setPinned(isSame(range, pinned) ? undefined : range);
  return (
    <>
      <p class="muted">
        {packet.by === undefined
          ? 'Sent by the target.'
          : packet.by === 'housekeeping'
            ? 'Sent by our end on its own, as clients do.'
            : `Sent by step ${packet.by + 1} of the script.`}
      </p>
      <ul class="parts" aria-label="Parts of the frame; choosing one marks its octets">
        {parts.map((part, index) => (
          <li key={index} class={part.inner === true ? 'inner' : undefined}>
            <button
              type="button"
              aria-pressed={isSame(marked, part)}
              onClick={() => pick(part)}
              onMouseEnter={() => setPointed(part)}
              onMouseLeave={() => setPointed(undefined)}
            >
              <span class="part-name">{part.name}</span> <span class="part-value">{printable(part.value)}</span>
            </button>
          </li>
        ))}
      </ul>
      <HexPane
        octets={octets}
        marked={marked}
        onPoint={(at) => setPointed(at === undefined ? undefined : partAt(at))}
        onPick={(at) => pick(partAt(at))}
      />
      <CopyButton label="Copy as xxd line" text={hexCommand(octets)} />
      {packet.block === undefined ? null : (
        <HeaderFields
          block={packet.block}
          trace={trace}
          base={base}
          marked={marked}
          onPoint={setPointed}
          onPick={pick}
        />
      )}
      {body === undefined ? null : (
        <Messages view={view} body={body} packet={packet.number} schema={schema} onSelect={onSelect} />
      )}
      <Windows view={view} packet={packet} />
    </>
  );
}

const isSame = (a: Range | undefined, b: Range | undefined): boolean =>
  a !== undefined && b !== undefined && a.from === b.from && a.to === b.to;

/** How the field block that a packet ends was read; read again, since a connection keeps fields and no octets. */
function traceOf(view: StoryEntry['view'], packet: FramePacket): BlockTrace | undefined {
  if (packet.block === undefined) return undefined;
  let trace: BlockTrace | undefined;
  readConnection(view.transcript, {
    trace: {
      of: packet.number,
      take: (one) => {
        trace = one;
      },
    },
  });
  return trace;
}

type ShownPart = Part & { readonly inner?: true };

/** Parts of a frame, and of messages in it: those of a flood are not worth their names. */
const mostMessageParts = 40;

function messageParts(
  { number, frame }: FramePacket,
  body: ReturnType<typeof readBodies>[number] | undefined,
): readonly ShownPart[] {
  const own = body?.frames.find(({ packet }) => packet === number);
  if (body === undefined || own === undefined) return [];
  const start = 9 + (frame.type === 'DATA' && frame.padLength !== undefined ? 1 : 0) - own.at;
  return partsInFrame(body, own)
    .slice(0, mostMessageParts)
    .map(({ message, part, from, to }) => {
      const first = part === 'prefix' ? message.from : message.from + 5;
      const whole = part === 'prefix' ? 5 : message.announced;
      const isAll = whole === to - from;
      const which = isAll ? '' : `octets ${from - first + 1} to ${to - first} of ${whole ?? '?'}`;
      const said =
        part === 'content'
          ? isAll
            ? `${whole} octets`
            : which
          : [
              which,
              message.announced === undefined
                ? 'not complete'
                : `Message-Length ${message.announced}${message.whole === undefined ? '' : `, Compressed-Flag ${message.whole.compressedFlag}`}`,
            ]
              .filter((text) => text !== '')
              .join(': ');
      return {
        name: `Message ${message.number}${part === 'prefix' ? ' prefix' : ''}`,
        value: said,
        from: start + from,
        to: start + to,
        inner: true,
      };
    });
}
