import { emptyCall } from '../grpc/test-service';
import { absentMethod, plainestCall } from './plainest-call';

test.each([
  ['an empty call of the interop service', ['status', 'unary'], emptyCall().path],
  ['a method that no server has, for one that serves none', [], absentMethod],
  ['a method that no server has, for one that serves something else', ['health'], absentMethod],
])('the plainest call is %s', (_, offers, path) => {
  expect(plainestCall({ offers }).path).toBe(path);
});
