import { useMemo } from 'preact/hooks';
import { windowsOf, type ConnectionState, type Side } from '../../../model/connection-state';
import { stateBefore } from '../../../model/state-before';
import { isOpenState } from '../../../model/stream-state';
import type { ConnectionView, FramePacket } from '../../../transcript/connection-view';

interface Props {
  readonly view: ConnectionView;
  readonly packet: FramePacket;
}

// A connection may have thousands of streams; those that are open and the packet's own are what a window is looked up for.
const shownStreams = 12;

/** The flow-control ledger: what either side may still send, before and after the packet, as the model of the rules counts it (RFC 9113 §6.9). */
export function Windows({ view, packet }: Props) {
  const { streams, before, after } = useMemo(() => {
    const earlier = stateBefore(view, packet.number);
    const later = stateBefore(view, packet.number + 1);
    const own = packet.frame.streamId;
    const open = [...new Set(view.sent.map(({ frame }) => frame.streamId))].filter(
      (stream) =>
        stream !== 0 &&
        stream !== own &&
        [earlier, later].some((state) => isOpenState(state.streams.get(stream)?.state ?? 'idle')),
    );
    return { before: earlier, after: later, streams: [...(own === 0 ? [] : [own]), ...open.slice(0, shownStreams)] };
  }, [view, packet]);
  const isAboutWindows = ['DATA', 'WINDOW_UPDATE', 'SETTINGS'].includes(packet.frame.type);
  return (
    <details class="ledger" open={isAboutWindows}>
      <summary>Windows: what may still be sent, in octets</summary>
      <table class="fields">
        <thead>
          <tr>
            <th scope="col">On</th>
            <th scope="col" class="number">
              by us
            </th>
            <th scope="col" class="number">
              by the target
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">the connection</th>
            <Cell before={before.client.window} after={after.client.window} />
            <Cell before={before.target.window} after={after.target.window} />
          </tr>
          {streams.map((stream) => (
            <tr key={stream}>
              <th scope="row">stream {stream}</th>
              <Cell before={left(before, 'client', stream)} after={left(after, 'client', stream)} />
              <Cell before={left(before, 'target', stream)} after={left(after, 'target', stream)} />
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

const left = (state: ConnectionState, side: Side, stream: number): number => windowsOf(state, side, stream).stream;

function Cell({ before, after }: { readonly before: number; readonly after: number }) {
  const text = after.toLocaleString('en-US');
  return (
    <td class={`number${after < 0 ? ' overdrawn' : after === 0 ? ' used-up' : ''}`}>
      {before === after ? (
        text
      ) : (
        <>
          {before.toLocaleString('en-US')} <span aria-hidden="true">→</span>
          <span class="sr"> then </span> <strong>{text}</strong>
        </>
      )}
    </td>
  );
}
