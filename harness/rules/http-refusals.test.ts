import type { CallPlan } from '../grpc/call-plan';
import {
  block,
  draw,
  judge,
  received,
  request,
  responseHeaders,
  trailersOnly,
  type Fields,
} from './transcript.test-helper';

const illegal: Partial<CallPlan> = { legal: false };

/** What is said of an answer by HTTP alone to what is no legal request. */
const refusal = (fields: Fields, plan: Partial<CallPlan> = illegal): readonly string[] =>
  judge(draw(request(), received(block(fields, { endStream: true }))), plan);

test.each<[string, Fields, readonly string[]]>([
  ['allow', { ':status': '405', allow: 'POST' }, []],
  ['among others', { ':status': '405', allow: 'OPTIONS, POST' }, []],
  ['in two fields', { ':status': '405', allow: ['OPTIONS', 'POST'] }, []],
  ['of no method', { ':status': '405', allow: '' }, ['RESP-14 warn']],
  ['without POST', { ':status': '405', allow: 'GET' }, ['RESP-14 warn']],
  ['that is no list', { ':status': '405', allow: 'POST GET' }, ['RESP-05', 'RESP-14 warn']],
  ['missing', { ':status': '405' }, ['RESP-14']],
  ['not asked of others', { ':status': '404' }, []],
])('405, %s (RESP-14)', (_, fields, want) => {
  expect(refusal(fields)).toEqual(want);
});

test('nobody knows what a path without a handler allows', () => {
  expect(refusal({ ':status': '405', allow: 'GET' }, { ...illegal, kind: 'unknown' })).toEqual([]);
});

test.each<[string, Fields, readonly string[]]>([
  ['401', { ':status': '401', 'www-authenticate': 'Basic' }, []],
  ['401 that asks for nothing', { ':status': '401' }, ['RESP-15']],
  ['415', { ':status': '415' }, []],
  ['415 about a coding', { ':status': '415', 'accept-encoding': 'gzip' }, ['RESP-15']],
  ['204', { ':status': '204' }, []],
  ['204 of some length', { ':status': '204', 'content-length': '0' }, ['RESP-15']],
  ['426', { ':status': '426' }, ['RESP-15 info']],
])('%s (RESP-15)', (_, fields, want) => {
  expect(refusal(fields)).toEqual(want);
});

test('an interim block has no length (RESP-15)', () => {
  const answer = received(block({ ':status': '103', 'content-length': '0' }), trailersOnly());
  expect(judge(draw(request(), answer), { kind: 'server-streaming' })).toEqual(['RESP-15']);
});

const day = 'Sun, 29 Nov 2026 10:00:00 GMT';
test.each<[string | readonly string[], readonly string[]]>([
  [day, []],
  ['Sun, 29 Nov 2026 23:59:60 GMT', []],
  [[day, day], ['RESP-16']],
  ['Sunday, 29-Nov-26 10:00:00 GMT', ['RESP-16']],
  ['Sun Nov 29 10:00:00 2026', ['RESP-16']],
  ['Sun, 29 Nov 2026 10:00:00 UTC', ['RESP-16']],
  ['Sun, 9 Nov 2026 10:00:00 GMT', ['RESP-16']],
  ['Sun, 29 Nov 2026 24:00:00 GMT', ['RESP-16']],
  ['2026-11-29T10:00:00Z', ['RESP-16']],
  ['', ['RESP-16']],
])('date %j (RESP-16)', (date, want) => {
  expect(judge(draw(request(), received(responseHeaders({ date }))))).toEqual(want);
});

test.each<[Fields, readonly string[]]>([
  [{ 'content-type': 'application/grpc; charset=utf-8; q="a b\\"" ;' }, []],
  [{ 'content-type': 'application/grpc;charset' }, ['RESP-05']],
  [{ 'content-type': 'application/grpc+' }, []],
  [{ te: 'trailers' }, ['RESP-05']],
])('%j (RESP-05)', (fields, want) => {
  expect(judge(draw(request(), received(responseHeaders(fields))))).toEqual(want);
});

test('a value that hardly fits its grammar is told before anybody loses patience', () => {
  const blanks = ' '.repeat(60_000);
  const hostile: readonly Fields[] = [
    { 'content-type': `application/grpc;${blanks};${blanks}@` },
    { allow: `${blanks}@${blanks.replaceAll(' ', ' ,')}@ a` },
  ];
  const judged = hostile.map((fields) => judge(draw(request(), received(responseHeaders(fields)))));
  expect(judged).toEqual([['RESP-05'], ['RESP-05']]);
});
