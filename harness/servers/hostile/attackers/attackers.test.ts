import { exitCodes } from '../../../error';
import { attackers } from '.';

test('there are many attackers, each with a name of its own, something to be run with, and an exit code that is documented', () => {
  expect(attackers.length).toBeGreaterThanOrEqual(60);
  expect(new Set(attackers.map(({ name }) => name)).size).toBe(attackers.length);
  expect(attackers.filter(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  expect(attackers.filter(({ selections }) => selections.length === 0)).toEqual([]);
  const due: readonly number[] = [
    exitCodes.conformant,
    exitCodes.findings,
    exitCodes.usage,
    exitCodes.unreachable,
    exitCodes.targetLost,
  ];
  expect(attackers.filter((attacker) => attacker.exitCodes.some((code) => !due.includes(code)))).toEqual([]);
});
