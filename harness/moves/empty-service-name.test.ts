import { healthCheckOfAll } from './empty-service-name';
import { healthCheck } from '../grpc/test-service';

test.each([
  ['not said: the message that protobuf makes of it', 0, healthCheck('').messages],
  ['said once', 1, [Uint8Array.of(0x0a, 0)]],
  ['said twice', 2, [Uint8Array.of(0x0a, 0, 0x0a, 0)]],
])('an empty name that is %s', (_, times, want) => {
  expect(healthCheckOfAll(times).messages).toEqual(want);
});
