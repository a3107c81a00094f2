import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { readManifests } from './manifest';

interface Entry {
  readonly id: string;
  readonly reason: string;
  readonly link?: string;
  readonly intermittent?: boolean;
}

const folder = join(packageRoot(), 'harness', 'servers');

/** Every entry of the baselines that we publish. */
const entries = readManifests(folder).flatMap(({ name, baseline }) => {
  const { entries: own } = JSON.parse(readFileSync(join(folder, name, baseline), 'utf8')) as {
    entries: readonly Entry[];
  };
  return own.map((entry) => ({ name, ...entry }));
});

test('there are entries to look at', () => {
  expect(entries.length).toBeGreaterThan(50);
});

test.each(entries)('$name, $id: a person has written why', ({ reason, link = 'https://' }) => {
  expect(reason.length).toBeGreaterThan(40);
  expect(link).toMatch(/^https:\/\//);
});

test.each(entries.filter(({ intermittent }) => intermittent === true))(
  '$name, $id: what only some runs show has its reason, and a link to where that can be read',
  ({ reason, link }) => {
    expect(reason).toMatch(/race|at the same time|not seen each time|neither .* knows/i);
    expect(link).toBeDefined();
  },
);

test('one cause is told once: an entry that repeats it refers to the other', () => {
  const told = entries
    .filter(({ reason }) => !/The cause is that of [A-Z]+-\d+/.test(reason))
    .map(({ name, reason }) => `${name}: ${reason}`);
  expect(told.filter((one, index) => told.indexOf(one) !== index)).toEqual([]);
});
