import { publishedBaselines, readKnownOf } from './published-baselines';

const anyId = { isKnownId: () => true };

test('the servers that we publish have one, in the order of the alphabet', () => {
  const names = publishedBaselines();
  expect(names).toEqual(expect.arrayContaining(['grpc-go', 'grpc-java', 'grpcio']));
  expect(names).toEqual(names.toSorted());
});

test('nothing of what is published is ever stale, and what a published server offers is not missed', () => {
  const known = readKnownOf('grpc-go', anyId);
  expect(known.file).toBe('grpc-go (--known-of)');
  expect(known.entries.length).toBeGreaterThan(3);
  expect(known.entries.every(({ intermittent }) => intermittent === true)).toBe(true);
  expect(known.offers).toBeUndefined();
});

test('an unknown name is one sentence', () => {
  expect(() => readKnownOf('grpcoi', anyId)).toThrow(
    /^nothing is published about the server "grpcoi" \(did you mean grpcio\?\): known are /,
  );
});
