import { suites } from '../../suites';
import { connectionPreface } from '../wire/preface';
import { data, goaway, rstStream, settings, settingsAck } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { observe } from '../grpc/observe';
import type { CallPlan } from '../grpc/call-plan';
import type { Expectation } from '../grpc/outcome';
import { PlanBuilder } from '../grpc/plan-builder';
import { judgeExpectations } from './judge-expectations';
import type { Property } from './property';
import type { TargetFacts } from '../facts/target-facts';
import {
  block,
  closed,
  happening,
  opening,
  planOf,
  received,
  request,
  rulesOf,
  transcriptOf,
  trailersOnly,
  type Arrow,
} from '../rules/transcript.test-helper';

/** Servers that were accused, and should not have been, by the check of one property; and beside each what must still be found. */

/** The input type is the property's own affair: the rows of these tables know it. */
const propertyOf = (id: string): Property<unknown> =>
  suites
    .flatMap(({ properties }) => properties)
    .find((one) => one.id.startsWith(`${id}-`)) as unknown as Property<unknown>;

const facts = { offers: ['unary'], settings: [], times: { quiet: 1, reply: 1 } } as unknown as TargetFacts;

/** What a property says of a connection with these calls on it: by what its script expects of the input, and by its own check. */
function check(
  id: string,
  input: unknown,
  arrows: readonly Arrow[],
  plans: readonly Partial<CallPlan>[] = [{}],
): readonly string[] {
  const one = propertyOf(id);
  const connection = transcriptOf(arrows);
  const calls = plans.map((plan) => planOf(plan));
  const seen = observe(
    { steps: [], calls, expects: expectsOf(one, input) },
    { connections: [connection], samples: {} },
  );
  const expected = judgeExpectations(seen, one.id).map((violation) =>
    violation.rule === one.id ? { ...violation, rule: 'own' } : violation,
  );
  return rulesOf([...expected, ...(one.check?.(seen, input, facts) ?? [])]);
}

/** Input of a property whose check says everything need not be whole: its script is not written. */
function expectsOf(one: Property<unknown>, input: unknown): readonly Expectation[] {
  if (one.check !== undefined) return [];
  const script = new PlanBuilder({ scheme: 'http', authority: 'a', metadata: [] }, { row: one.id });
  one.script(script, input, facts);
  return script.build().expects ?? [];
}

const http = (status: number): Arrow => received(block({ ':status': String(status) }, { endStream: true }));
const grpc = (status: number, more: Readonly<Record<string, string>> = {}): Arrow =>
  received(trailersOnly({ 'grpc-status': String(status), ...more }));
/** The status stands in a block that does not end the stream. */
const errorOnHeaders = received(
  block({ ':status': '200', 'content-type': 'application/grpc', 'grpc-status': '12' }),
  data(1, new Uint8Array(0), { endStream: true }),
);
const field = (name: string, value: string) => ({ name, value });
const illegal = { legal: false } as const;
const unknown = { kind: 'unknown' } as const;

test.each<
  [id: string, input: unknown, answer: Arrow, plan: Partial<CallPlan>, want: readonly string[], reason: string]
>([
  ['REQ-03', { method: 'OPTIONS' }, http(204), illegal, [], 'a preflight request, answered by a layer for browsers'],
  ['REQ-03', { method: 'OPTIONS' }, grpc(0), illegal, ['own'], 'OPTIONS, executed'],
  ['REQ-03', { method: 'PUT' }, http(204), illegal, ['own'], 'no other method is a preflight request'],
  ['REQ-16', { contentType: 'application/json' }, http(415), illegal, [], 'what the document asks for'],
  ['REQ-16', { contentType: 'application/json' }, http(400), illegal, ['own info'], 'a server of several protocols'],
  ['REQ-16', { contentType: 'application/json' }, grpc(0), illegal, ['own'], 'executed as gRPC'],
  ['REQ-16', { contentType: 'text/html' }, http(400), illegal, ['own'], 'a type of no protocol'],
  ['REQ-21', { halfClose: true }, grpc(12), unknown, [], 'UNIMPLEMENTED'],
  ['REQ-21', { halfClose: true }, http(404), unknown, ['REQ-21 warn'], 'a router that does not know the path'],
  ['REQ-21', { halfClose: true }, grpc(5), unknown, ['own'], 'another status'],
  ['REQ-30', { fields: [field('grpc-foo', 'bar')] }, grpc(0, { 'grpc-foo': 'bar' }), {}, ['own'], 'a field copied'],
  ['REQ-30', { fields: [field('grpc-foo', 'bar')] }, grpc(0, { 'grpc-foo': 'no' }), {}, [], 'a field of its own'],
  ['REQ-30', { fields: [field('grpc-status', '5')] }, grpc(5), {}, ['STATUS-01'], 'the status of the request'],
  ['REQ-30', { fields: [field('grpc-status', '5')] }, grpc(13), {}, [], 'a refusal, which the script expects not'],
  ['REQ-34', { form: 'extended' }, http(405), illegal, [], 'a refusal'],
  ['REQ-34', { form: 'extended' }, http(200), illegal, ['own'], 'a tunnel'],
  ['REQ-34', { form: 'with :path' }, grpc(0), illegal, ['own'], 'executed'],
  ['REQ-34', { form: 'with :path' }, grpc(12), illegal, [], 'a gRPC error'],
  ['REQ-34', { form: 'with :path' }, errorOnHeaders, illegal, ['own info'], 'a gRPC error in no form that there is'],
  ['REQ-41', { expectation: '100-continue' }, grpc(0), illegal, ['own info'], 'nobody has said 100'],
  ['REQ-41', { expectation: 'x-other' }, http(417), illegal, [], 'what HTTP has for it'],
  ['DL-08', ['1s'], grpc(13), illegal, [], 'a refusal'],
  ['DL-08', ['1s'], received(rstStream(1, errorCodes.INTERNAL_ERROR)), illegal, [], 'a stream error'],
  ['SVC-01', { times: 0, cuts: [] }, grpc(5), {}, ['own warn'], 'the empty name is a should'],
  ['SVC-01', { times: 0, cuts: [] }, grpc(12), {}, ['own'], 'a service that is offered'],
  ['METHOD-01', {}, grpc(16), {}, [], 'the last status of the table'],
  ['METHOD-01', {}, grpc(17), {}, ['own warn'], 'a status that no table has'],
])('%s %j: %#', (id, input, answer, plan, want) => {
  expect(check(id, input, [...opening(), request(), answer], [plan])).toEqual(want);
});

test('DL-08: a malformed timeout may end the connection, since a stream error may (RFC 9113 §5.4)', () => {
  const ends = [received(goaway(0, errorCodes.PROTOCOL_ERROR)), closed('target')];
  expect(check('DL-08', ['1s'], [...opening(), request(), ...ends], [illegal])).toEqual(['own info']);
});

test('REQ-21: who waits for the end of a request is not accused, and recorded', () => {
  expect(check('REQ-21', { halfClose: false }, [...opening(), request(), grpc(12)], [unknown])).toEqual(['own info']);
});

test('REQ-21: a half-open call gets its half-close before anybody waits for its end', () => {
  const script = new PlanBuilder({ scheme: 'http', authority: 'a', metadata: [] });
  propertyOf('REQ-21').script(script, { path: '/a.B/C', hasMessage: true, halfClose: false }, facts);
  const { steps } = script.build();
  expect(steps.map((step) => step.do)).toEqual(['open', 'headers', 'data', 'await', 'data', 'await']);
  expect(steps.map((step) => ('endStream' in step ? step.endStream : undefined))).toEqual([
    undefined,
    false,
    false,
    undefined,
    true,
    undefined,
  ]);
  expect(steps.map((step) => ('optional' in step ? step.optional : undefined))).toEqual([
    undefined,
    undefined,
    undefined,
    true,
    undefined,
    undefined,
  ]);
});

test.each([
  ['REQ-21', { path: '/a.B/C', hasMessage: false, halfClose: true }],
  ['RPC-05', { isUnary: true, sizes: [], isApart: false }],
])('%s: no request ends on its HEADERS, which gRPC forbids to clients', (id, input) => {
  const script = new PlanBuilder({ scheme: 'http', authority: 'a', metadata: [] });
  propertyOf(id).script(script, input, facts);
  const ends = script.build().steps.filter((step) => 'endStream' in step && step.endStream);
  expect(ends.map((step) => step.do)).toEqual(['data']);
});

describe('CONN-05', () => {
  const repeated = [
    { id: 3, value: 1 },
    { id: 3, value: 2 },
  ];
  const once = [{ id: 3, value: 1 }];
  const refusal = received(settings([]), goaway(0, errorCodes.PROTOCOL_ERROR));
  test.each<[string, unknown, Arrow, readonly string[]]>([
    ['repeated settings may be refused (RFC 9113 §10.5)', repeated, refusal, ['own info']],
    ['repeated settings are no excuse for silence', repeated, received(settings([])), ['own']],
    ['settings that are there once may not be refused', once, refusal, ['own']],
    ['an ACK is an ACK', repeated, received(settings([]), settingsAck()), []],
  ])('%s', (_, own, answer, want) => {
    const start = happening((at) => ({ kind: 'connected', at }));
    const preface: Arrow = (chart) => chart.carry('sent', connectionPreface);
    const ours: Arrow = (chart) => chart.carry('sent', settings(own as typeof once));
    expect(check('CONN-05', { own }, [start, preface, ours, answer], [])).toEqual(want);
  });
});

describe('TLS-01', () => {
  const connected = (alpn: string): Arrow =>
    happening((at) => ({ kind: 'connected', at, tls: { version: 'TLSv1.3', alpn, cipher: 'any' } }) as never);
  test.each([
    ['last', 'http/1.1', ['own info'], "the choice of two is the server's"],
    ['first', 'http/1.1', ['own info'], "the choice of two is the server's"],
    ['not offered', 'http/1.1', ['own'], 'what nobody has offered'],
    ['last', '', ['own'], 'h2 was offered, and nothing selected'],
  ])('http/1.1 %s, selected "%s"', (http1, alpn, want) => {
    expect(check('TLS-01', { http1 }, [connected(alpn)], [])).toEqual(want);
  });
});

describe('DL-01', () => {
  const passing =
    (milliseconds: number): Arrow =>
    (chart) => {
      for (let passed = 0; passed < milliseconds; passed++)
        chart.events.push({ kind: 'sent', at: chart.now, octets: new Uint8Array(0), by: chart.step });
    };
  /** Calls with a timeout of 100 ms each that end after so many, as told. */
  const ended = (...ends: readonly [after: number, how: Arrow][]): readonly Arrow[] => [
    ...opening(),
    ...ends.flatMap(([after, how]) => [request(), passing(after), how]),
  ];
  test.each<[string, number, Arrow, readonly string[]]>([
    ['a gateway answers 504 in time', 100, http(504), []],
    ['a gateway answers 502 in time', 100, http(502), []],
    ['it ends with another status in time', 100, grpc(14), []],
    ['it ends by a reset in time', 100, received(rstStream(1, errorCodes.CANCEL)), []],
    ['it ends at once', 2, grpc(4), ['own']],
    ['it is not enforced', 200, grpc(0), ['own warn']],
  ])('%s', (_, after, how, want) => {
    expect(check('DL-01', { long: [], short: ['100m'] }, ended([after, how]), [{ label: 'slow 0' }])).toEqual(want);
  });
});
