import type { Observation } from '../../grpc/observation';
import { status } from '../../grpc/status';
import { windowsBefore } from '../../model/state-before';
import type { Breach } from '../../rules/violation';
import type { HappeningPacket } from '../../transcript/connection-view';

/**
 * Credit on both levels that was not used when a wait of the script for its use ran out, although there was more to send: a warning, once. Some servers hold
 * back very small sends for a moment (catalogue FLOW-03). A call that did not end well is not told that it was late.
 */
export function usesCredit(seen: Observation): readonly Breach[] {
  return seen.calls
    .filter((call) => call.status === status.OK)
    .flatMap(({ plan, lastPacket = 0 }) => {
      const view = seen.connection(plan.connection);
      return view.packets
        .filter((packet): packet is HappeningPacket => packet.kind === 'happening' && packet.number < lastPacket)
        .filter(({ event }) => event.kind === 'timeout' && awaitsCreditOf(seen, event.step, plan.stream))
        .map(({ number }) => windowsBefore(view, plan.stream, number));
    })
    .filter(({ stream, connection }) => stream > 0 && connection > 0)
    .slice(0, 1)
    .map(({ stream, connection }) => ({
      severity: 'warn',
      observed: `${Math.min(stream, connection)} octets of credit were not used for as long as we waited`,
      expected: 'DATA as soon as both windows allow it',
      reaction: 'credit held back',
    }));
}

/** The step waits for octets of DATA on that stream, or for the use of its credit. */
function awaitsCreditOf({ plan: { steps } }: Observation, index: number, stream: number): boolean {
  const step = steps[index];
  if (step?.do !== 'await') return false;
  const { until } = step;
  return (until.see === 'credit-used' || until.see === 'data') && until.stream === stream;
}
