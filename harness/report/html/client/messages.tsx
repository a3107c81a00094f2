import type { ConnectionView } from '../../../transcript/connection-view';
import { findMethod } from '../../../schema/look-up';
import type { Schema } from '../../../schema/schema';
import { hexOf } from '../../../wire/escape-octets';
import { messageJson } from '../../message-json';
import { printableLines } from '../../printable';
import type { BodyMessage, StreamBody } from '../../stream-bodies';

interface Props {
  readonly view: ConnectionView;
  readonly body: StreamBody;
  /** The frame that is shown. */
  readonly packet: number;
  readonly schema: Schema | undefined;
  readonly onSelect: (packet: number) => void;
}

// More pieces than that have no place in a line.
const shownPieces = 60;

/** The messages of a stream over the DATA frames that carried them, and what those that touch this frame say. */
export function Messages({ view, body, packet, schema, onSelect }: Props) {
  const { frames, messages, length } = body;
  const index = frames.findIndex((frame) => frame.packet === packet);
  const own = frames[index];
  if (own === undefined) return null;
  // A part of a long body around this frame.
  const first = Math.max(0, Math.min(index - shownPieces / 2, frames.length - shownPieces));
  const near = frames.slice(first, first + shownPieces);
  const from = near[0]?.at ?? 0;
  const last = near.at(-1);
  const to = Math.max(from + 1, last === undefined ? length : last.at + last.length);
  const shown = messages.filter((message) => message.to > from && message.from < to).slice(0, shownPieces);
  const touched = messages.filter((message) => message.to > own.at && message.from < own.at + own.length);
  const type = typeOf(view, body, schema);
  const who = body.direction === 'sent' ? 'sent' : 'received';
  return (
    <>
      <h5>
        {count(messages.length, 'message')} in {count(frames.length, 'DATA frame')} {who} on stream {body.stream}
      </h5>
      <div class="ruler" role="group" aria-label="Frames above, messages below, by their lengths">
        <div class="ruler-row">
          {near.map((frame) => (
            <button
              key={frame.packet}
              type="button"
              class="ruler-frame"
              aria-pressed={frame.packet === packet}
              title={`Packet ${frame.packet}: ${count(frame.length, 'octet')}`}
              style={{ left: share(frame.at - from, to - from), width: share(frame.length, to - from) }}
              onClick={() => onSelect(frame.packet)}
            >
              <span class="sr">Packet </span>
              {frame.packet}
            </button>
          ))}
        </div>
        <div class="ruler-row">
          {shown.map((message) => (
            <span
              key={message.number}
              class={`ruler-message${message.whole === undefined ? ' cut' : ''}`}
              title={describeMessage(message)}
              style={{
                left: share(Math.max(0, message.from - from), to - from),
                width: share(Math.min(to, message.to) - Math.max(from, message.from), to - from),
              }}
            >
              <span class="sr">Message </span>
              {message.number}
            </span>
          ))}
        </div>
      </div>
      <p class="muted ruler-words">Above the frames, by the numbers of their packets; below the messages.</p>
      {touched.slice(0, shownMessages).map((message) => (
        <Message key={message.number} message={message} schema={schema} type={type} />
      ))}
      {touched.length > shownMessages ? <p class="muted">and {touched.length - shownMessages} more messages</p> : null}
    </>
  );
}

const shownMessages = 8;

const share = (part: number, whole: number): string => `${(100 * part) / whole}%`;

const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;

const describeMessage = ({ number, whole, announced, from, to }: BodyMessage): string =>
  whole !== undefined
    ? `Message ${number}: ${count(whole.octets.length, 'octet')}${whole.compressedFlag === 0 ? '' : `, Compressed-Flag ${whole.compressedFlag}`}`
    : announced === undefined
      ? `Message ${number}: ${to - from} of 5 octets of its prefix came`
      : `Message ${number}: ${to - from - 5} of ${count(announced, 'octet')} came`;

// Long messages are mostly padding: their ends say nothing.
const longestText = 4000;

function Message({
  message,
  schema,
  type,
}: {
  readonly message: BodyMessage;
  readonly schema: Schema | undefined;
  readonly type: string | undefined;
}) {
  const { whole } = message;
  const read =
    whole === undefined || whole.compressedFlag !== 0 || schema === undefined || type === undefined
      ? undefined
      : messageJson(
          schema,
          type,
          whole.octets,
          (octets) => `${count(octets.length, 'octet')}${octets.length === 0 ? '' : `: ${hexOf(octets)}`}`,
        );
  const text = read?.ok === true ? JSON.stringify(read.value, undefined, 1) : '';
  return (
    <div class="message">
      <p>
        {describeMessage(message)}
        {read === undefined ? '' : `, ${type}`}
      </p>
      {read === undefined ? null : read.ok ? (
        <pre tabIndex={0}>
          {printableLines(text.length > longestText ? `${text.slice(0, longestText)}\n…` : text).join('\n')}
        </pre>
      ) : (
        <p class="notice">
          No message of that type: {printableLines(read.problem).join(' ')} (at octet {read.at} of the message).
        </p>
      )}
    </div>
  );
}

/** The type of the messages on a stream, by the path of its request. */
function typeOf(
  view: ConnectionView,
  { stream, direction }: StreamBody,
  schema: Schema | undefined,
): string | undefined {
  const request = view.sent.find(({ frame, block }) => frame.streamId === stream && block !== undefined)?.block;
  const path = request?.fields.find(({ name }) => name === ':path')?.value;
  const method = path === undefined || schema === undefined ? undefined : findMethod(schema, path);
  return direction === 'sent' ? method?.input : method?.output;
}
