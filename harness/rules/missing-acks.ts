import type { Observation } from '../grpc/observation';
import type { Abandoned } from '../transcript/transcript';
import type { Violation } from './violation';

/**
 * SETTINGS that came close together and got fewer acknowledgements than there were (RFC 9113 §6.5.3), where a script has waited for the last in vain. An
 * acknowledgement that came behind them shows that the target goes on: what the script could not do any more, and what it did not see, is no hang.
 *
 * @returns undefined when it waited for something else, or when nothing was acknowledged any more.
 */
export function findMissingAck({ plan, connections }: Observation, { step: index }: Abandoned): Violation | undefined {
  const step = plan.steps[index];
  if (step?.do !== 'fence' || step.by === 'ping') return undefined;
  const view = connections.find(({ name }) => name === step.on);
  if (view === undefined || view.closed !== undefined) return undefined;
  const asked = view.sent.filter(({ frame }) => frame.type === 'SETTINGS' && !frame.ack);
  const acknowledged = view.received.filter(({ frame }) => frame.type === 'SETTINGS' && frame.ack);
  const [last, ack] = [asked.at(-1), acknowledged.at(-1)];
  if (last === undefined || ack === undefined || ack.at < last.at || acknowledged.length >= asked.length)
    return undefined;
  return {
    rule: 'FRAME-19-one-ack-per-settings',
    observed: `${acknowledged.length} SETTINGS ACKs for ${asked.length} SETTINGS`,
    expected: 'one ACK for each SETTINGS',
    reaction: 'too few SETTINGS ACKs',
    at: { connection: view.name, packet: ack.number },
  };
}
