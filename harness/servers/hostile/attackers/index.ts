import type { Attacker } from '../attacker';
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

/** The table: every attacker there is. A name stands for one of them. */
export const attackers: readonly Attacker[] = [
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

export const findAttacker = (wanted: string): Attacker | undefined => attackers.find(({ name }) => name === wanted);
