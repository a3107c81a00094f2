import type { TargetFacts } from './target-facts';
import { settingIds } from '../wire/settings';
import {
  largestBody,
  largestMessage,
  largestMetadata,
  longestFrame,
  mostAtOnce,
  mostCalls,
  mostEmptyFrames,
} from './within-limits';

type Facts = Pick<TargetFacts, 'limits' | 'messageLimit' | 'metadata'>;

test.each<[string, Partial<Facts>, (facts: Facts) => number, number]>([
  ['as many calls as are wanted', {}, (facts) => mostAtOnce(facts, 10), 10],
  ['calls on one connection', { limits: { streams: 4, handlers: 9 } }, (facts) => mostAtOnce(facts, 10), 4],
  ['calls that are served', { limits: { streams: 4, handlers: 2 } }, (facts) => mostAtOnce(facts, 10), 2],
  ['calls that one connection takes', { limits: { callsPerConnection: 5 } }, (facts) => mostCalls(facts, 10), 5],
  ['calls at the same time are calls', { limits: { callsPerConnection: 5 } }, (facts) => mostAtOnce(facts, 10), 5],
  ['the common message limit', {}, largestMessage, 4_194_304],
  ['what discovery saw', { messageLimit: 20_480 }, largestMessage, 20_480],
  ['what was shown', { messageLimit: 20_480, limits: { message: 20_000 } }, largestMessage, 20_000],
  ['a prefix counts in a body', { limits: { body: 1000 } }, largestMessage, 995],
  ['a body without limit', {}, largestBody, Infinity],
  ['a body', { limits: { body: 1000 } }, largestBody, 1000],
  ['empty frames without limit', {}, mostEmptyFrames, Infinity],
  ['no empty frame', { limits: { emptyFrames: 0 } }, mostEmptyFrames, 0],
  ['metadata without limit', {}, largestMetadata, Infinity],
  [
    'metadata beside the fields of each call',
    { limits: { headerList: 2048 }, metadata: [{ name: 'a', value: 'b' }] },
    largestMetadata,
    1374,
  ],
  ['no metadata', { limits: { headerList: 100 } }, largestMetadata, 0],
])('%s', (_, facts, most, want) => {
  expect(most({ metadata: [], ...facts })).toBe(want);
});

test('a frame is as long as the initial value or the last SETTINGS allow', () => {
  expect(longestFrame({ settings: [] })).toBe(16_384);
  expect(longestFrame({ settings: [{ id: settingIds.MAX_FRAME_SIZE, value: 4_194_304 }] })).toBe(4_194_304);
});
