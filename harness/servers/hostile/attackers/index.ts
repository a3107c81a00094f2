import type { Attacker } from '../attacker';
import { total } from './common';
import { descriptorAttackers } from './descriptors';
import { endingAttackers } from './endings';
import { fieldBlockAttackers } from './field-blocks';
import { floodAttackers } from './floods';
import { messageAttackers } from './messages';
import { processAttackers } from './processes';
import { silentAttackers } from './silence';
import { textAttackers } from './texts';
import { transportAttackers } from './transports';
import { wireAttackers } from './wires';

/** In the run, of each kind of cost one. */
const alsoTotal = new Set([
  'silent-in-the-run',
  'reset-in-the-run',
  'flood-ping',
  'flood-noise',
  'endless-field-block',
]);

const kinds: readonly Attacker[] = [
  ...silentAttackers,
  ...endingAttackers,
  ...floodAttackers,
  ...fieldBlockAttackers,
  ...messageAttackers,
  ...textAttackers,
  ...descriptorAttackers,
  ...processAttackers,
  ...transportAttackers,
  ...wireAttackers,
];

/** The table: every attacker there is. A name stands for one of them. */
export const attackers: readonly Attacker[] = [...kinds, ...kinds.filter(({ name }) => alsoTotal.has(name)).map(total)];

export const findAttacker = (wanted: string): Attacker | undefined => attackers.find(({ name }) => name === wanted);
