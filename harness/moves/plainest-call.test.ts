import { connectionError, recorded } from '../grpc/outcome';
import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall } from '../grpc/test-service';
import { absentMethod, callPlainly, plainestCall } from './plainest-call';

test.each([
  ['an empty call of the interop service', ['status', 'unary'], emptyCall().path],
  ['a method that no server has, for one that serves none', [], absentMethod],
  ['a method that no server has, for one that serves something else', ['health'], absentMethod],
])('the plainest call is %s', (_, offers, path) => {
  expect(plainestCall({ offers }).path).toBe(path);
});

test('a call of somebody who means no harm may be allowed to end otherwise as well', () => {
  const script = new PlanBuilder({ authority: 'target', scheme: 'http', metadata: [] });
  callPlainly(script, { offers: ['unary'] }, 'other', recorded(connectionError));
  const { calls, expects } = script.build();
  expect(calls).toMatchObject([{ connection: 'other', role: 'bystander' }]);
  expect(expects?.[0]?.accepts.at(-1)).toEqual(recorded(connectionError));
});
