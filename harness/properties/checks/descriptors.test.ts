import { givesDescriptorsBack, tolerableDescriptors } from './descriptors';

const labels = ['before', 'first', 'second', 'third'];
const samplesOf = (counts: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(counts.map((count, index) => [labels[index]!, count]));

test.each<[string, readonly number[], number]>([
  ['as many as before', [30, 90, 80, 30], 0],
  ['as many more as a server may need', [30, 40, 50, 30 + tolerableDescriptors], 0],
  ['a pool that fills once', [30, 130, 130, 130], 0],
  ['more each time', [30, 80, 130, 180], 1],
  ['not counted at last', [30, 80, 130], 0],
])('%s', (_, counts, breaches) =>
  expect(givesDescriptorsBack({ samples: samplesOf(counts) }, labels, 'connections')).toHaveLength(breaches),
);

test('says how many', () => {
  const [breach] = givesDescriptorsBack({ samples: samplesOf([30, 80, 130, 180]) }, labels, 'connections');
  expect(breach).toMatchObject({ observed: expect.stringContaining('150 more') as string });
});
