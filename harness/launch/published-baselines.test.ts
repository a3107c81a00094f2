import type { Baseline } from '../report/baseline-entries';
import { addKnownOf, publishedBaselines } from './published-baselines';

const anyId = { isKnownId: () => true };
const own: Baseline = {
  file: 'known.json',
  entries: [{ id: 'RPC-05-request-cardinality', rule: 'RPC-05-request-cardinality', reason: 'ours' }],
  offers: ['unary'],
};

test('the servers that we publish have one, in the order of the alphabet', () => {
  const names = publishedBaselines();
  expect(names).toEqual(expect.arrayContaining(['grpc-go', 'grpc-java', 'grpcio']));
  expect(names).toEqual(names.toSorted());
});

test('without names nothing changes', () => {
  expect(addKnownOf(own, [], anyId)).toBe(own);
  expect(addKnownOf(undefined, [], anyId)).toBeUndefined();
});

test('what the own file says counts first, and nothing of the others is ever stale', () => {
  const both = addKnownOf(own, ['grpc-go', 'grpcio'], anyId);
  expect(both?.file).toBe('known.json and what is known of grpc-go, grpcio');
  expect(both?.offers).toEqual(['unary']);
  expect(both?.entries[0]).toEqual(own.entries[0]);
  expect(both?.entries.filter(({ id }) => id === 'RPC-05-request-cardinality')).toHaveLength(1);
  expect(both?.entries.slice(1).every(({ intermittent }) => intermittent === true)).toBe(true);
  expect(both?.entries.length).toBeGreaterThan(5);
});

test('what they offer is not missed', () => {
  expect(addKnownOf(undefined, ['grpc-go'], anyId)?.offers).toBeUndefined();
});

test('an unknown name is one sentence', () => {
  expect(() => addKnownOf(own, ['grpcoi'], anyId)).toThrow(
    /^nothing is published about the server "grpcoi" \(did you mean grpcio\?\): known are /,
  );
});
