import { errorGoaway } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { errorCodeName, errorCodes } from '../../wire/error-codes';
import { hexOf } from '../../wire/escape-octets';
import { isEqual } from './expectations';

const mebibyte = 1_048_576;

/** Octets of DATA that a PING ACK may have to wait behind. */
const tolerableBefore = 4 * mebibyte;

const acksOf = ({ received }: ConnectionView): readonly Uint8Array[] =>
  received.flatMap(({ frame }) => (frame.type === 'PING' && frame.ack ? [frame.opaque] : []));

/** One ACK with the octets of the PING, and none with those of what was no PING. */
export function acknowledgesOnce(
  view: ConnectionView,
  unasked: readonly Uint8Array[],
  opaque: Uint8Array,
): readonly Breach[] {
  const expected = 'one PING ACK, for the PING that asks for it';
  if (errorGoaway(view) !== undefined || view.closed?.by === 'target')
    return [{ severity: 'warn', observed: 'a connection error', expected, reaction: 'connection error' }];
  const acks = acksOf(view);
  const [answered] = acks.filter((ack) => !isEqual(opaque, ack) && unasked.some((octets) => isEqual(octets, ack)));
  const count = acks.filter((ack) => isEqual(opaque, ack)).length;
  if (answered === undefined && count === 1) return [];
  if (answered === undefined && count === 0)
    return [{ observed: 'no PING ACK behind one that nobody had asked for', expected, reaction: 'no PING ACK' }];
  const observed = `a PING ACK is answered by another one with ${hexOf(answered ?? opaque)}`;
  return [{ observed, expected, reaction: 'PING ACK answered' }];
}

/** An ACK, and not behind more DATA than is worth a warning (RFC 9113 §6.7 wants it sooner than other frames). */
export function acknowledgesSoon(view: ConnectionView, opaque: Uint8Array): readonly Breach[] {
  const asked = view.sent.find(({ frame }) => frame.type === 'PING' && isEqual(opaque, frame.opaque));
  if (asked === undefined) return [];
  const ack = view.received.find(({ frame }) => frame.type === 'PING' && frame.ack && isEqual(opaque, frame.opaque));
  const expected = 'a PING ACK, whatever waits for a window or stands in a queue';
  if (ack === undefined) return [{ observed: 'no PING ACK', expected, reaction: 'no PING ACK' }];
  const before = view.received.reduce(
    (sum, { frame, number }) =>
      sum + (frame.type === 'DATA' && number > asked.number && number < ack.number ? frame.data.length : 0),
    0,
  );
  if (before <= tolerableBefore) return [];
  const observed = `${Math.round(before / mebibyte)} MiB of DATA before the PING ACK`;
  return [{ severity: 'warn', observed, expected, reaction: 'PING ACK behind DATA' }];
}

/** How a server defends itself against PINGs (gRFC A8), if it does; that it does not is recorded. */
export function judgeEnforcement(view: ConnectionView): readonly Breach[] {
  const expected = 'GOAWAY(ENHANCE_YOUR_CALM) with too_many_pings, and a closed connection';
  const isOver = view.closed?.by === 'target';
  const goaway = view.received.find(({ frame }) => frame.type === 'GOAWAY');
  const breach = (observed: string, reaction: string, severity?: 'info'): readonly Breach[] => [
    { observed, expected, reaction, ...(severity === undefined ? {} : { severity }) },
  ];
  if (goaway?.frame.type !== 'GOAWAY') {
    return isOver
      ? breach('a closed connection without GOAWAY', 'closed')
      : breach('every PING was acknowledged', 'no enforcement', 'info');
  }
  const { errorCode, debugData } = goaway.frame;
  const asked = view.sent.filter(({ frame, number }) => frame.type === 'PING' && !frame.ack && number < goaway.number);
  const text = Buffer.from(debugData).toString('latin1');
  if (errorCode !== errorCodes.ENHANCE_YOUR_CALM)
    return breach(`GOAWAY(${errorCodeName(errorCode)})`, 'another error code');
  if (asked.length < 3) return breach(`GOAWAY after ${asked.length} PINGs`, 'enforced too early');
  if (text !== 'too_many_pings') return breach('GOAWAY with other debug data', 'other debug data');
  return isOver ? [] : breach('the connection stayed open after GOAWAY', 'open');
}

/** Every PING acknowledged, none of them held against us (gRFC A8). */
export function forgivesPings(view: ConnectionView, rounds: number): readonly Breach[] {
  const expected = 'an ACK for each PING that comes behind HEADERS or DATA of the server, and no GOAWAY';
  if (errorGoaway(view) !== undefined)
    return [{ observed: 'GOAWAY with an error code', expected, reaction: 'PINGs not forgiven' }];
  // An end in good order is for other reasons, and what comes behind it is not sent.
  if (view.closed?.by === 'target' || view.received.some(({ frame }) => frame.type === 'GOAWAY')) return [];
  const missing = rounds - acksOf(view).length;
  if (missing <= 0) return [];
  return [{ observed: `${missing} of ${rounds} PINGs without ACK`, expected, reaction: 'no PING ACK' }];
}
