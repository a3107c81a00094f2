import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suites } from '../../suites';
import { packageRoot } from '../package-root';
import { readRunFile } from './run-file';

const folder = join(packageRoot(), 'reports');
const published = readdirSync(folder).filter((file) => file.endsWith('.json'));
const properties = new Map(suites.flatMap((suite) => suite.properties.map((each) => [each.id, each])));

test.each(published)('%s is read with all words: those of the row, and those of its property', (file) => {
  const records = readRunFile(join(folder, file)).properties;
  expect(records.filter(({ rule, sources }) => rule === '' || sources.length === 0).map(({ id }) => id)).toEqual([]);
  const words = records.map(({ id, generates, accepts }) => ({ id, generates, accepts }));
  const ours = records.map(({ id }) => ({
    id,
    generates: properties.get(id)?.generates ?? '',
    accepts: properties.get(id)?.accepts ?? [],
  }));
  expect(words).toEqual(ours);
});
