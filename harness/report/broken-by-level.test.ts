import { brokenByLevel } from './broken-by-level';
import { cleanRun, fullRun } from './fixtures/run';

test('MUSTs and all other rules stand apart, with the worst', () => {
  const { must, should, worst } = brokenByLevel(fullRun);
  expect([must, should]).toEqual(['4 broken, 1 broken now and then, 1 known to be broken', '1 not kept']);
  expect([worst?.property.id, worst?.text]).toEqual(['CONN-04-preface-required', 'the process of the server ends']);
});

test('what the baseline lists is the worst only where nothing else is broken', () => {
  const known = fullRun.properties.filter(({ verdict }) => verdict === 'known');
  expect(brokenByLevel({ properties: known })).toMatchObject({
    must: '1 known to be broken',
    worst: { text: 'one stream is hurt, as is known' },
  });
});

test('where nothing is broken there is no worst', () =>
  expect(brokenByLevel(cleanRun)).toEqual({ must: 'none broken', should: 'none broken' }));
