import type { Call } from '../grpc/call';
import { answersUnary } from '../properties/checks/answers';
import { endsAtDeadline } from '../properties/checks/deadline';
import { endsWithStatus } from '../properties/checks/expectations';
import { httpAnswerBreach, isAnsweredInFront } from './http-answers';
import { callOf, draw, block, received, request, rulesOf } from './transcript.test-helper';

const answered = (status: number, plan: Partial<Call['plan']> = {}): Call =>
  callOf(draw(request(), received(block({ ':status': String(status) }, { endStream: true }))), plan);

test.each<[number, Partial<Call['plan']>, boolean, string, string]>([
  [502, {}, true, 'RESP-01 warn', 'a gateway whose server gave no answer'],
  [503, {}, true, 'RESP-01 warn', 'a gateway without a server'],
  [504, {}, true, 'RESP-01 warn', 'a gateway that ran out of time'],
  [429, {}, true, 'RESP-01 warn', 'a limit of rate'],
  [413, {}, true, 'RESP-01 warn', 'a limit of size'],
  [431, {}, true, 'RESP-01 warn', 'a limit of header size'],
  [401, {}, true, 'RESP-01 warn', 'who are you'],
  [403, {}, true, 'RESP-01 warn', 'not for you'],
  [404, { kind: 'unknown' }, true, 'REQ-21 warn', 'a router that does not know the path'],
  [404, {}, false, 'RESP-01', 'a method that is served'],
  [415, {}, false, 'RESP-01', 'a content-type that gRPC demands'],
  [500, { kind: 'unknown' }, false, 'RESP-01', 'a fault of the server'],
  [502, { legal: false }, false, 'RESP-01 warn', 'no legal request: any HTTP error is a refusal'],
])('HTTP %d to %o is from what stands in front: %s, %s (%s)', (status, plan, inFront, rule) => {
  const call = answered(status, plan);
  expect(isAnsweredInFront(call)).toBe(inFront);
  const { rule: row, severity } = httpAnswerBreach(call.plan, status);
  expect(
    rulesOf([{ rule: row, observed: '', expected: '', reaction: '', ...(severity === undefined ? {} : { severity }) }]),
  ).toEqual([rule]);
});

test.each([
  ['a status', (call: Call) => endsWithStatus(call, [0])],
  ['an answer', (call: Call) => answersUnary(call, 3)],
  ['an end at the deadline', (call: Call) => endsAtDeadline(call, 100)],
])('whoever asks for %s files the answer of a gateway under the one row that it breaks', (_, check) => {
  expect(rulesOf(check(answered(502)))).toEqual(['RESP-01 warn']);
  expect(rulesOf(check(answered(500)))).toEqual(['own']);
});
