import type { Call } from '../../grpc/call';
import { status } from '../../grpc/status';
import type { Breach } from '../../rules/violation';
import type { ConnectionView, FramePacket } from '../../transcript/connection-view';
import { maxWindow } from '../../wire/settings';
import { callBreach } from './expectations';

/** The id that a GOAWAY names which only announces another one (RFC 9113 §6.8). */
const highestId = maxWindow;

const lastNamedBy = ({ frame }: FramePacket): number => (frame.type === 'GOAWAY' ? frame.lastStreamId : highestId);

/**
 * A graceful shutdown in two steps (RFC 9113 §6.8): what is opened between the announcement and the GOAWAY that names the last stream is served. A target that
 * names the last stream at once has no such time, and one that names it before it has heard from us may have waited for as long as it wanted.
 *
 * @param calls that were opened behind the announcement
 */
export function servesWhileDraining(view: ConnectionView, calls: readonly Call[]): readonly Breach[] {
  const goaways = view.received.filter(({ frame }) => frame.type === 'GOAWAY');
  const [first] = goaways;
  const last = goaways.at(-1);
  const expected =
    'calls that are served between the announcement of a shutdown and the GOAWAY that names the last stream';
  const opened = calls.filter(({ times }) => times.opened !== undefined);
  if (first === undefined || last === undefined || lastNamedBy(first) < highestId || opened.length === 0) {
    const observed = 'no shutdown in two steps';
    return [{ severity: 'info', observed, expected, reaction: observed }];
  }
  const acknowledged = view.sent.find(
    ({ frame, number }) => frame.type === 'PING' && frame.ack && number > first.number,
  );
  return opened.flatMap((call): readonly Breach[] => {
    const breach = callBreach(call, expected);
    if (call.status !== undefined) return call.status === status.OK ? [] : [{ ...breach, severity: 'warn' }];
    if (call.shape !== 'refused') return [breach];
    const isNamed = lastNamedBy(last) >= call.plan.stream;
    if (isNamed) return [{ ...breach, reaction: 'refused and named' }];
    // It had our HEADERS before our ACK, and yet passes over them.
    const isLate = acknowledged !== undefined && last.number > acknowledged.number;
    return isLate ? [{ ...breach, severity: 'warn', reaction: 'passed over' }] : [];
  });
}
