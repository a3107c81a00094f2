import type { Call } from '../../grpc/call';
import { windowsOf } from '../../model/connection-state';
import { ourWindows, stateBefore } from '../../model/state-before';
import { hasConnectionError } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { callBreach } from './expectations';

/** Octets beyond its windows that a server may hold before that is worth a warning. */
const tolerableOverrun = 262_144;

/** Octets of credit on a connection with which other calls go on: a quarter of the window that it starts with (RFC 9113 §6.9.2). */
const usefulCredit = 16_384;

/**
 * DATA beyond a window was refused (RFC 9113 §6.9.1). A server may bear it: that is recorded, and a warning where it is more than 262,144 octets that no handler
 * reads. Says nothing where the target has granted what was sent.
 */
export function bearsOverrun(view: ConnectionView, call: Call): readonly Breach[] {
  const isBorne = call.shape === 'open' || call.reset?.by === 'client' || call.status === 0;
  const { stream, connection } = ourWindows(view, call.plan.stream);
  const beyond = -Math.min(stream, connection);
  if (!isBorne || beyond <= 0 || hasConnectionError(view)) return [];
  const { mark: _, ...breach } = callBreach(call, 'a stream error or a connection error for DATA beyond the window');
  const observed = 'DATA beyond the window was taken';
  return [{ ...breach, observed, reaction: 'taken', ...(beyond > tolerableOverrun ? {} : { severity: 'info' }) }];
}

/** A call whose request nobody reads has left the connection enough credit for others, by the time that we reset it (RFC 9113 §5.2.2). */
export function keepsConnectionCredit(view: ConnectionView, call: Call): readonly Breach[] {
  const { stream } = call.plan;
  const reset = view.sent.find(({ frame }) => frame.type === 'RST_STREAM' && frame.streamId === stream);
  if (reset === undefined) return [];
  const { connection } = windowsOf(stateBefore(view, reset.number), 'client', stream);
  if (connection >= usefulCredit) return [];
  const observed = `${connection} octets of credit left on the connection while nobody reads stream ${stream}`;
  const expected = 'credit for the connection that does not wait for a slow reader';
  return [
    { observed, expected, reaction: 'connection short of credit', at: { connection: view.name, packet: reset.number } },
  ];
}
