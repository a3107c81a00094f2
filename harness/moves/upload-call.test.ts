import { octetsOf } from '../grpc/octets';
import { streamingInputCall } from '../grpc/test-service';
import { sumOf, uploadCall } from './upload-call';

test('an upload says its payloads in order, and nothing for those of no octets', () => {
  const payloads = [
    { length: 2, seed: 7 },
    { length: 0, seed: 7 },
    { length: 1, seed: 0 },
  ];
  const [first, , third] = payloads.map((payload) => octetsOf(payload));
  const whole = streamingInputCall([{ payload: first! }, { payload: third! }]);
  const request = uploadCall(payloads);
  expect(request).toMatchObject({ kind: 'client-streaming', path: whole.path });
  expect(request.messages).toEqual([whole.messages[0], new Uint8Array(0), whole.messages[1]]);
  expect(sumOf(payloads)).toBe(3);
});

test('an upload of nothing', () => {
  expect(uploadCall([]).messages).toEqual([]);
  expect(sumOf([])).toBe(0);
});
