import { exitCodes } from '../../../error';
import type { Attacker, Common } from '../attacker';

const { conformant, findings, usage, unreachable } = exitCodes;

/** For what never becomes a target that a run could begin with. */
export const neverReady: Common = { exitCodes: [unreachable], selections: ['plain'] };
/** For what sends SETTINGS and is no target all the same: it depends on microseconds what is seen of it. */
export const hardlyReady: Common = { exitCodes: [findings, usage, unreachable], selections: ['plain'] };
/** For what answers no call as it should, not even those before the run. */
export const alwaysBroken: Common = { exitCodes: [findings, unreachable], selections: ['plain', 'calls'] };
/** For what processes no call: nothing is judged, which is not conformant either. */
export const refusesAll: Common = { exitCodes: [findings, usage, unreachable], selections: ['plain', 'calls'] };
/** For what is broken on every connection of the run. */
export const brokenInTheRun: Common = { exitCodes: [findings], selections: ['plain', 'calls'] };
/** For what strikes by chance: no rule fails each time, so both may be said. */
export const brokenByChance: Common = { exitCodes: [conformant, findings], selections: ['calls'] };
/** For correct servers: whoever accuses them is wrong. */
export const innocent: Common = { exitCodes: [conformant], selections: ['plain', 'calls'] };
/** Of a kind that is also met where not even the plainest call is served any more. */
export const total = ({ name, does, means, ...rest }: Attacker): Attacker => ({
  name: `${name}-for-good`,
  does: `${does}, the plainest ones included`,
  means: means.moment === 'run' ? { ...means, isTotal: true } : means,
  ...rest,
});
