import type { ConnectionView } from '../transcript/connection-view';
import { initialState, windowsOf, type ConnectionState, type Windows } from './connection-state';
import { follow } from './follow';

interface Cursor {
  readonly number: number;
  readonly state: ConnectionState;
}

/** How far each view was read last: questions in ascending order read it once. */
const cursors = new WeakMap<ConnectionView, Cursor>();

/** The state of a connection before the packet with that number; the last one for `Infinity`. */
export function stateBefore(view: ConnectionView, number: number): ConnectionState {
  const end = Math.min(number, view.packets.length);
  const known = cursors.get(view);
  let cursor = known !== undefined && known.number <= end ? known : { number: 0, state: initialState };
  for (const packet of view.packets.slice(cursor.number, end)) {
    cursor = { number: cursor.number + 1, state: follow(cursor.state, packet) };
  }
  cursors.set(view, cursor);
  return cursor.state;
}

/**
 * What the target may still send on a stream before a packet: all credit that we had sent by then, less the DATA that has arrived, padding included
 * (RFC 9113 §6.9).
 */
export const windowsBefore = (view: ConnectionView, streamId: number, number: number): Windows =>
  windowsOf(stateBefore(view, number), 'target', streamId);

/** What we may still send on a stream at the end: all credit that has arrived, less the DATA that we have sent, padding included. */
export const ourWindows = (view: ConnectionView, streamId: number): Windows =>
  windowsOf(stateBefore(view, Infinity), 'client', streamId);
