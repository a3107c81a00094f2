import { fullDuplexCall } from '../grpc/test-service';
import { slowCall } from './slow-call';

test.each([
  ['busy at once', slowCall(3000), [{ size: 1, intervalUs: 3_000_000 }]],
  ['busy after answers', slowCall(1, [5, 7]), [{ size: 5 }, { size: 7 }, { size: 1, intervalUs: 1000 }]],
])('%s: one message asks for everything', (_, got, responses) => {
  expect(got).toEqual(fullDuplexCall([{ responses }]));
  expect(got.messages).toHaveLength(1);
});
