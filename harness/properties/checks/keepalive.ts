import { connectionReaction, errorGoaway } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView, FramePacket } from '../../transcript/connection-view';
import { errorCodes } from '../../wire/error-codes';

/** The keepalive of a server, in milliseconds. */
export interface Keepalive {
  /** Without a sign of life, before it sends a PING. */
  readonly time: number;
  /** For an answer. */
  readonly timeout: number;
}

/** Milliseconds in which a PING has come that is to come at all (three times the time), with room for a machine that is busy. */
export const patienceForPing = ({ time }: Keepalive): number => 3 * time + 500;

/** Milliseconds in which a connection has ended whose client is mute: a server may look at its clock now and then, and be busy. */
export const patienceForEnd = ({ time, timeout }: Keepalive): number => 2 * (time + timeout) + 1000;

const isPing = ({ frame }: FramePacket): boolean => frame.type === 'PING' && !frame.ack;

const framesOf = (view: ConnectionView): readonly FramePacket[] =>
  view.packets.filter((packet) => packet.kind === 'frame');

/** True for a connection that the target said good-bye to without an error, and closed: what was sent to it meanwhile need not be answered (RFC 9113 §6.8). */
export const isEndedInOrder = (view: ConnectionView): boolean =>
  view.closed?.by === 'target' &&
  view.received.some(({ frame }) => frame.type === 'GOAWAY') &&
  errorGoaway(view) === undefined;

/**
 * A client that acknowledges every PING stays connected (gRFC A9), and gets PINGs at all.
 * @param mayEnd the connection may be old, or idle for too long: then an end in good order is for that
 */
export function keepsWhoAnswers(view: ConnectionView, keepalive: Keepalive, mayEnd: boolean): readonly Breach[] {
  const { closed } = view;
  if (closed?.by !== 'target') return pingsAtAll(view, keepalive);
  if ((mayEnd && isEndedInOrder(view)) || (!saysTooManyPings(view) && wasHeldUp(view, closed, keepalive))) return [];
  const reaction = connectionReaction(view);
  const observed = `the target dropped a client that has acknowledged every PING (${reaction})`;
  return [{ observed, expected: 'a connection that stays, since its client answers every PING', reaction }];
}

/** A PING comes within three times the keepalive time. */
export function pingsAtAll({ received }: ConnectionView, { time }: Keepalive): readonly Breach[] {
  if (received.some(isPing)) return [];
  return [
    {
      severity: 'warn',
      observed: `no PING in ${patienceForPing({ time, timeout: 0 })} ms in which nothing was said`,
      expected: `a PING after ${time} ms without a sign of life`,
      reaction: 'no PING',
    },
  ];
}

/** A client that says nothing more is dropped, when the time and the timeout are over, or somewhat later. */
export function dropsTheMute({ closed }: ConnectionView, { time, timeout }: Keepalive): readonly Breach[] {
  if (closed !== undefined) return [];
  return [
    {
      severity: 'warn',
      observed: 'the connection of a mute client is still open',
      expected: `a connection that is closed about ${time + timeout} ms after the last sign of life`,
      reaction: 'mute client kept',
    },
  ];
}

/** A reason of its own (gRFC A8), which no late acknowledgement explains. */
const saysTooManyPings = (view: ConnectionView): boolean => errorGoaway(view) === errorCodes.ENHANCE_YOUR_CALM;

/**
 * Whether it may have been ourselves, or the machine, that kept the target waiting: the last PING came at a time that its keepalive does not explain, or none was seen
 * because a reset of TCP may have swallowed it.
 */
function wasHeldUp(
  view: ConnectionView,
  closed: NonNullable<ConnectionView['closed']>,
  { time, timeout }: Keepalive,
): boolean {
  const frames = framesOf(view);
  const last = frames.findLastIndex((packet) => packet.direction === 'received' && isPing(packet));
  const before = frames[last === -1 ? frames.length - 1 : last - 1]?.at ?? 0;
  if (last === -1) return closed.how === 'reset' && closed.at - before >= time;
  const gap = (frames[last]?.at ?? 0) - before;
  return gap < time / 2 || gap > time + timeout / 2;
}
