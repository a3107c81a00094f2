import { randomInt } from 'node:crypto';
import { largestSeed } from '../launch/option-bounds';

/** The seed of runs under CI that name none: the same every time, so that a red build is about the change. */
const fixedSeed = 1;

/** True where a CI system says so in the usual way. */
export function isContinuousIntegration(environment: NodeJS.ProcessEnv): boolean {
  const { CI } = environment;
  return CI !== undefined && CI !== '' && CI !== '0' && CI.toLowerCase() !== 'false';
}

/** The seed of a run: the one asked for; without one, fixed under CI and random elsewhere. */
export function chooseSeed(asked: number | 'random' | undefined, environment: NodeJS.ProcessEnv): number {
  if (typeof asked === 'number') return asked;
  return asked === undefined && isContinuousIntegration(environment) ? fixedSeed : randomInt(largestSeed + 1);
}
