import { encodeMessage } from '../grpc/length-prefixed-message';
import { defaultTimes } from '../connection/script';
import type { TargetFacts } from '../facts/target-facts';
import { joinOctets } from '../wire/join-octets';
import { settingIds } from '../wire/settings';
import { fillWindow } from './fill-window';

const plain: TargetFacts = {
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['client-streaming'],
  settings: [],
  roundTrip: 1,
  times: defaultTimes,
};
const window = (value: number) => ({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value }] });
const sent = [new Uint8Array(100), new Uint8Array(0)];
const sentOctets = 110;

const lengthOf = (messages: readonly Uint8Array[]): number =>
  joinOctets(messages.map((message) => encodeMessage(message))).length;

test.each<[string, Partial<TargetFacts>, number]>([
  ['the window that every stream starts with', {}, 65_535],
  ['a smaller one that the target announces', window(5000), 5000],
  ['the window of the connection where that of the stream is larger', window(1_048_576), 65_535],
  ['several messages where one would be too large', { messageLimit: 10_000 }, 65_535],
  ['an odd rest', { ...window(20_001), messageLimit: 9000 }, 20_001],
])('to the last octet: %s', (_, facts, octets) => {
  const { request, sum } = fillWindow(sent, { ...plain, ...facts });
  expect(lengthOf(request.messages)).toBe(octets - sentOctets);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThan(octets);
});

test.each<[string, Partial<TargetFacts>]>([
  ['no room is left', window(sentOctets)],
  ['less room than a message takes that can be made to measure', window(sentOctets + 30)],
  ['more was sent than that', window(50)],
])('nothing where %s', (_, facts) => {
  expect(fillWindow(sent, { ...plain, ...facts })).toMatchObject({ request: { messages: [] }, sum: 0 });
});
