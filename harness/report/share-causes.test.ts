import { failingFinding, properties } from './fixtures/run';
import type { PropertyRecord, Symptom } from './model';
import { shareCauses } from './share-causes';
import { keyOf } from './cause-key';

const failing = properties.find(({ findings }) => findings.includes(failingFinding))!;

const symptomOf = (telling: readonly string[], features = telling, reaction = 'status 13'): Symptom => ({
  reaction,
  telling,
  features,
});

const propertyWith = (id: string, symptom: Symptom): PropertyRecord => ({
  ...failing,
  id,
  findings: [{ ...failingFinding, rule: id, symptom, causeKey: keyOf(symptom) }],
});

const keysOf = (records: readonly PropertyRecord[]) => records.map(({ findings }) => findings[0]?.causeKey);

const timeout = symptomOf(['grpc-timeout']);
const timeoutAndMore = symptomOf(['closed windows', 'grpc-timeout']);
const timeoutAndMuchMore = symptomOf(['closed windows', 'grpc-timeout', 'padded DATA']);
const other = symptomOf(['padded DATA'], ['padded DATA'], 'no end');
const unnamed: Symptom = { reaction: 'status 13', telling: [], features: ['grpc-timeout'], beside: 'DL-09-x' };

test('what is enough for one finding explains others in which there is more, wherever they stand', () => {
  const all = [timeoutAndMuchMore, timeoutAndMore, other, timeout, unnamed];
  const shared = shareCauses(all.map((symptom, index) => propertyWith(`A-0${index}-x`, symptom)));
  const key = keyOf(timeout);
  expect(keysOf(shared)).toEqual([key, key, keyOf(other), key, key]);
  expect(shareCauses(shared)).toEqual(shared);
});

test('of two that name as much the one that is among the features of the other explains it, whichever comes first', () => {
  const representation = symptomOf(['never-indexed field'], ['never-indexed field'], 'RST PROTOCOL_ERROR');
  const frame = symptomOf(['PING on stream 0'], ['PING on stream 0', 'never-indexed field'], 'HTTP 405');
  for (const all of [
    [frame, representation],
    [representation, frame],
  ]) {
    const shared = shareCauses(all.map((symptom) => propertyWith('A-01-x', symptom)));
    expect(new Set(keysOf(shared))).toEqual(new Set([keyOf(representation)]));
  }
});

test('a key is shared when all that have it are explained, and not for one of them', () => {
  const elsewhere: Symptom = { ...unnamed, features: [] };
  const shared = shareCauses([timeout, unnamed, elsewhere].map((symptom) => propertyWith('A-01-x', symptom)));
  expect(keysOf(shared)).toEqual([keyOf(timeout), keyOf(unnamed), keyOf(unnamed)]);
});

test('what a plain call shows explains the same of one in which something is unusual, where both want the same', () => {
  const count = 'wrong message count';
  const kind = 'bidirectional-streaming call, several messages | exactly # messages';
  const plain: Symptom = { ...symptomOf([], [], count), beside: kind };
  const unusual: Symptom = { ...symptomOf(['grpc-encoding gzip'], ['grpc-encoding gzip'], count), plainly: kind };
  const elsewhere: Symptom = { ...unusual, telling: ['padded DATA'], features: ['padded DATA'], plainly: 'unary call' };
  const shared = shareCauses([unusual, elsewhere, plain].map((symptom) => propertyWith('A-01-x', symptom)));
  expect(keysOf(shared)).toEqual([keyOf(plain), keyOf(elsewhere), keyOf(plain)]);
});

test('calls that get the answers of each other explain one among several that gets none', () => {
  const mixedUp: Symptom = { ...symptomOf([], ['several calls'], 'wrong message of another call'), isSure: true };
  const left = symptomOf(['credit by hand'], ['credit by hand', 'several calls'], 'no end (hang)');
  const alone = symptomOf(['padded DATA'], ['padded DATA'], 'no end (hang)');
  const shared = shareCauses([left, mixedUp, alone].map((symptom) => propertyWith('A-01-x', symptom)));
  expect(keysOf(shared)).toEqual([keyOf(mixedUp), keyOf(mixedUp), keyOf(alone)]);
});

test('DATA beyond a window as it was granted explains DATA beyond one that SETTINGS have changed, and not the other way round', () => {
  const plain: Symptom = { ...symptomOf([], [], 'window overrun'), beside: 'FLOW-01-window-respected' };
  const changed: Symptom = { ...symptomOf([], [], 'window not adjusted'), beside: 'FLOW-04-initial-window-change' };
  const repeated: Symptom = { ...symptomOf([], [], 'too much'), beside: 'FRAME-20-settings-last-value-wins' };
  const shared = shareCauses([changed, plain, repeated].map((symptom) => propertyWith('A-01-x', symptom)));
  expect(new Set(keysOf(shared))).toEqual(new Set([keyOf(plain)]));
  const alone = shareCauses([changed, repeated].map((symptom) => propertyWith('A-01-x', symptom)));
  expect(keysOf(alone)).toEqual([keyOf(changed), keyOf(repeated)]);
});

test('findings of older files keep their keys', () => {
  const old: PropertyRecord = { ...failing, findings: [{ ...failingFinding, causeKey: 'one' }] };
  expect(shareCauses([old, propertyWith('A-01-x', timeout)])[0]).toBe(old);
});
