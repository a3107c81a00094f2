import { tolerableGrowth } from '../../facts/tolerable-growth';
import type { Observation } from '../../grpc/observation';
import { attackWaves } from '../../moves/attack';
import { hasConnectionError } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { growthHeld, inMebibytes } from './memory';

/**
 * What a server holds of an attack while its connections are open has a bound: where it has taken every octet of each of the three waves without a word against it, and
 * its memory grew each time by most of them or more, it has none.
 * @param because what it held, for people: `field blocks`
 * @param allowed octets that it may hold, beside those by which every server may grow
 */
export function boundsWhatItHolds(seen: Observation, because: string, allowed = 0): readonly Breach[] {
  const grown = attackWaves.map((wave) => {
    const views = seen.connections.filter(({ name }) => name === wave || name.startsWith(`${wave}-`));
    if (views.length === 0 || views.some(hasDefendedItself)) return 0;
    const sent = views.reduce((sum, view) => sum + octetsOf(view), 0);
    const growth = growthHeld(seen.transcript, wave);
    return growth >= mostOfIt * sent && growth > tolerableGrowth + allowed ? growth : 0;
  });
  const least = Math.min(...grown);
  if (least === 0) return [];
  return [
    {
      observed: `the server took all of it, and its memory grew with ${because}, by ${inMebibytes(least)} MiB or more each time`,
      expected: `a refusal, the end of the connection, or memory that grows by at most ${inMebibytes(tolerableGrowth + allowed)} MiB`,
      reaction: 'holds without bound',
    },
  ];
}

/** The part of what was sent by which memory must have grown: pages are counted whole, and some were free before. */
const mostOfIt = 0.75;

/** A refusal in any form, or a flood that it did not take. */
function hasDefendedItself(view: ConnectionView): boolean {
  const refuses = view.received.some(({ frame }) => frame.type === 'RST_STREAM' || frame.type === 'GOAWAY');
  const isTaken = view.transcript.events.every(
    (event) => event.kind !== 'flood' || event.ended === undefined || event.ended === 'sent',
  );
  return refuses || !isTaken || hasConnectionError(view);
}

/** Octets of its floods. */
const octetsOf = (view: ConnectionView): number =>
  view.transcript.events.reduce((sum, event) => sum + (event.kind === 'flood' ? event.octets : 0), 0);
