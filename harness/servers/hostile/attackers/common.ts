import { exitCodes } from '../../../error';
import type { Common } from '../attacker';

const { conformant, findings, unreachable } = exitCodes;

/** For what never becomes a target that a run could begin with. */
export const neverReady: Common = { exitCodes: [unreachable], selections: ['plain'] };
/** For what answers no call as it should, not even those before the run. */
export const alwaysBroken: Common = { exitCodes: [findings, unreachable], selections: ['plain', 'calls'] };
/** For what is broken on every connection of the run. */
export const brokenInTheRun: Common = { exitCodes: [findings], selections: ['plain', 'calls'] };
/** For what strikes by chance: no rule fails each time, so both may be said. */
export const brokenByChance: Common = { exitCodes: [conformant, findings], selections: ['calls'] };
/** For correct servers: whoever accuses them is wrong. */
export const innocent: Common = { exitCodes: [conformant], selections: ['plain', 'calls'] };
