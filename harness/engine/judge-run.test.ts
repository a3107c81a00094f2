import { defaultTimes } from '../connection/script';
import type { Abandoned, ConnectionTranscript } from '../transcript/transcript';
import type { CallPlan, Plan } from '../grpc/call-plan';
import type { Need } from '../facts/need';
import { rfc9113 } from '../catalogue/requirement';
import { must } from '../catalogue/row';
import { isOk } from '../properties/checks/expectations';
import {
  closed,
  happening,
  message,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  trailersOnly,
  transcriptOf,
  type Arrow,
} from '../rules/transcript.test-helper';
import type { TargetFacts } from '../facts/target-facts';
import { unlistedProperty, type AnyProperty, type Property } from '../properties/property';
import { data, goaway, headers, rstStream } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { fc } from '../index';
import { judgeRun, type Judgement } from './judge-run';

const { NO_ERROR, ENHANCE_YOUR_CALM, PROTOCOL_ERROR } = errorCodes;

const propertyOf = (check: Property<number>['check'], about: Partial<Property<number>> = {}): AnyProperty =>
  unlistedProperty<number>({
    id: 'MSG-01-framing',
    requirement: must(rfc9113('8.1'), 'a rule'),
    generates: 'numbers',
    accepts: ['anything'],
    arbitrary: () => fc.nat(),
    script: () => undefined,
    check,
    ...about,
  });
const satisfied = propertyOf(() => []);
const wantsOk = propertyOf((seen) => isOk(seen.call()));

const factsOf = (...offers: readonly Need[]): TargetFacts => ({
  authority: 'localhost',
  scheme: 'http',
  metadata: [],
  offers,
  settings: [],
  roundTrip: 1,
  times: defaultTimes,
});

interface Run {
  readonly property?: AnyProperty;
  readonly calls?: readonly CallPlan[];
  readonly connections?: readonly ConnectionTranscript[];
  readonly abandoned?: Abandoned;
  readonly facts?: TargetFacts;
}

/** Judges a run whose connection `main` is opened as usual and has a request on stream 1. */
function judge(arrows: readonly Arrow[], run: Run = {}): Judgement {
  const { property: own = satisfied, calls = [planOf()], abandoned, facts = factsOf('unary') } = run;
  const plan: Plan = { steps: [], calls };
  const connections = run.connections ?? [transcriptOf([...opening(), request(), ...arrows])];
  const transcript = { connections, samples: {}, ...(abandoned === undefined ? {} : { abandoned }) };
  return judgeRun(own, plan, { transcript }, 7, facts);
}

const violationsOf = (judgement: Judgement) => (judgement.kind === 'judged' ? judgement.violations : judgement.kind);

const answer = [received(responseHeaders(), message(), trailers())];

test('a conforming run breaks nothing', () => {
  expect(violationsOf(judge(answer))).toEqual([]);
});

describe('octets of ours that no client may send', () => {
  const onIdle = sent(data(9, new Uint8Array(3)));

  test('say nothing of the target, whatever it answered, and are called our fault', () => {
    const badFrame = received(responseHeaders({ 'X-A': '1' }));
    expect(judge([onIdle, ...answer, badFrame], { property: wantsOk })).toMatchObject({
      kind: 'void',
      why: 'fault',
      reason: expect.stringContaining(
        'we ourselves broke a rule of clients: DATA on stream 9, which is idle',
      ) as string,
      isCertain: true,
    });
  });

  test('are judged where the script means them so', () => {
    expect(judge([onIdle, ...answer], { calls: [planOf({ legal: false })] }).kind).toBe('judged');
  });
});

test("the property's own check gets its input and the facts, and its breaches are filed under its row", () => {
  const facts = factsOf('unary', 'gzip');
  const own = propertyOf((seen, input, given) => [
    { observed: `${seen.calls.length} call, input ${input}`, expected: given.offers.join(), reaction: 'own' },
    { rule: 'STATUS-08-error-after-messages', observed: 'a', expected: 'b', reaction: 'elsewhere' },
  ]);
  expect(violationsOf(judge(answer, { property: own, facts }))).toMatchObject([
    { rule: 'MSG-01-framing', observed: '1 call, input 7', expected: 'unary,gzip' },
    { rule: 'STATUS-08-error-after-messages' },
  ]);
});

test('the rules of every connection and every call are judged, whatever the property is about', () => {
  const helper = transcriptOf([...opening(), received(goaway(2, NO_ERROR))], 'helper');
  const main = transcriptOf([
    ...opening(),
    request(),
    request(3),
    received(responseHeaders(), message(), trailers({})),
    received(trailersOnly({ 'grpc-status': '01' }, { stream: 3 })),
  ]);
  const calls = [planOf(), planOf({ stream: 3, role: 'probe', kind: 'unknown' })];
  expect(violationsOf(judge([], { calls, connections: [main, helper] }))).toMatchObject([
    { rule: 'KA-08-goaway-fields', at: { connection: 'helper' } },
    { rule: 'TRAIL-03-status-always-present', at: { connection: 'main' } },
    { rule: 'STATUS-02-decimal-no-leading-zero', at: { connection: 'main' } },
  ]);
});

describe('no connection', () => {
  const connections = [
    transcriptOf([
      happening((at) => ({ kind: 'connect-failed', at, reason: 'Nobody listens.', errorName: 'ECONNREFUSED' })),
    ]),
  ];

  test('says nothing about a rule', () => {
    expect(judge([], { connections, calls: [] })).toMatchObject({
      kind: 'no-connection',
      reason: 'Nobody listens.',
      errorName: 'ECONNREFUSED',
    });
  });

  test('is judged by a property that is about connecting', () => {
    const check = () => [{ observed: 'a', expected: 'b', reaction: 'no connection' }];
    const own = propertyOf(check, { id: 'TLS-01-alpn-h2', aboutConnecting: true });
    expect(violationsOf(judge([], { connections, calls: [], property: own }))).toMatchObject([
      { rule: 'TLS-01-alpn-h2' },
    ]);
  });
});

describe('a script that waited in vain', () => {
  const abandoned: Abandoned = { step: 3, waitedFor: 'the end of stream 1', milliseconds: 5000 };

  test('is a hang', () => {
    expect(violationsOf(judge([], { abandoned }))).toEqual([
      {
        rule: 'MSG-01-framing',
        observed: 'nothing came for 5000 ms while we waited for the end of stream 1',
        expected: 'the end of stream 1',
        reaction: 'no answer',
        mark: 'hang',
      },
    ]);
  });

  test('is no second finding beside one that says more', () => {
    expect(violationsOf(judge([], { abandoned, property: wantsOk }))).toMatchObject([
      { observed: 'the call never ended', mark: 'hang' },
    ]);
  });

  test('is a hang beside what is only worth recording', () => {
    const own = propertyOf(() => [{ observed: 'a', expected: 'b', reaction: 'choice', severity: 'info' }]);
    expect(violationsOf(judge([], { abandoned, property: own }))).toMatchObject([
      { reaction: 'choice' },
      { reaction: 'no answer', mark: 'hang' },
    ]);
  });
});

describe('a flood', () => {
  const overflow = happening((at) => ({ kind: 'overflow', at, limit: 9 }));

  test('is a hang', () => {
    expect(violationsOf(judge([received(responseHeaders(), message()), overflow]))).toMatchObject([
      { rule: 'MSG-01-framing', reaction: 'flood', mark: 'hang' },
    ]);
  });

  test('is what the report says, and not that a call or a connection of ours never ended', () => {
    const hangs = propertyOf(() => [
      { observed: 'the call never ended', expected: 'an end', reaction: 'no end', mark: 'hang' },
      { observed: 'the connection stayed open', expected: 'an error', reaction: 'open' },
    ]);
    expect(violationsOf(judge([received(responseHeaders()), overflow], { property: hangs }))).toMatchObject([
      { reaction: 'flood' },
    ]);
    const wrong = propertyOf(() => [{ observed: 'a', expected: 'b', reaction: 'status 0' }]);
    expect(violationsOf(judge([received(responseHeaders()), overflow], { property: wrong }))).toMatchObject([
      { reaction: 'status 0' },
    ]);
  });

  test('names the bound of ours that was reached', () => {
    const bound = { name: 'unasked', octets: 6 * 1024 * 1024 } as const;
    const unasked = happening((at) => ({ kind: 'overflow', at, limit: 9, bound }));
    expect(violationsOf(judge([received(responseHeaders()), unasked]))).toMatchObject([
      { observed: expect.stringContaining('6 MiB that nobody asked for on one connection'), reaction: 'flood' },
    ]);
  });

  test.each(['run', 'connection'] as const)('is none where an answer may be as large as that (%s)', (name) => {
    const tooMuch = happening((at) => ({ kind: 'overflow', at, limit: 9, bound: { name, octets: 1024 * 1024 } }));
    const calls = [planOf({ path: '/acme.Users/List' })];
    expect(judge([received(responseHeaders(), message()), tooMuch], { property: wantsOk, calls })).toMatchObject({
      kind: 'void',
      why: 'bound',
      reason: expect.stringContaining('our bound of 1 MiB'),
    });
    // Nor has it held then.
    expect(judge([received(responseHeaders(), message()), tooMuch], { calls })).toMatchObject({
      kind: 'void',
      why: 'bound',
    });
  });

  test('is a finding where we know how much was asked for, or the frames themselves break a rule', () => {
    const tooMuch = happening((at) => ({
      kind: 'overflow',
      at,
      limit: 9,
      bound: { name: 'connection', octets: 1024 * 1024 },
    }));
    expect(violationsOf(judge([received(responseHeaders(), message()), tooMuch]))).toMatchObject([
      { reaction: 'flood', mark: 'hang' },
    ]);
    expect(violationsOf(judge([received(responseHeaders({ 'X-A': '1' }), message()), tooMuch]))).toMatchObject([
      { rule: 'RESP-05-fields-valid' },
    ]);
  });

  test('leaves only what the frames break to be judged, and says so, where an answer may be as large as that', () => {
    const tooMuch = happening((at) => ({ kind: 'overflow', at, limit: 9, bound: { name: 'run', octets: 1024 } }));
    const arrows = [received(responseHeaders({ 'X-A': '1' }), message()), tooMuch];
    expect(judge(arrows, { property: wantsOk })).toMatchObject({
      kind: 'judged',
      violations: [{ rule: 'RESP-05-fields-valid' }],
      framesOnly: { why: 'bound' },
    });
  });

  test('is no second finding', () => {
    const arrows = [received(responseHeaders({ 'X-A': '1' }), message()), overflow];
    expect(violationsOf(judge(arrows))).toMatchObject([{ rule: 'RESP-05-fields-valid' }]);
  });
});

describe('a target that defends itself (O-19)', () => {
  const calm = [received(goaway(1, ENHANCE_YOUR_CALM)), closed('target')];

  test('makes the input void', () => {
    expect(judge(calm, { property: wantsOk })).toMatchObject({
      kind: 'void',
      reason: 'the target answered GOAWAY ENHANCE_YOUR_CALM to the volume of an input',
    });
  });

  test('is judged where nothing is wrong', () => {
    expect(violationsOf(judge([...answer, ...calm], { property: wantsOk }))).toEqual([]);
  });

  test('is judged where the property is about that', () => {
    const own = propertyOf((seen) => isOk(seen.call()), { expectsDefence: true });
    expect(violationsOf(judge(calm, { property: own }))).toMatchObject([{ reaction: 'GOAWAY ENHANCE_YOUR_CALM' }]);
  });

  test('is judged when it names another error', () => {
    const arrows = [received(goaway(1, PROTOCOL_ERROR)), closed('target')];
    expect(violationsOf(judge(arrows, { property: wantsOk }))).toMatchObject([{ reaction: 'GOAWAY PROTOCOL_ERROR' }]);
  });
});

describe('calls that were not processed', () => {
  const refusal = (errorCode: number): Arrow => received(rstStream(1, errorCode));
  const answered = (status: string, more: Readonly<Record<string, string>> = {}): Arrow =>
    received(trailersOnly({ 'grpc-status': status, ...more }));
  const denied: TargetFacts = { ...factsOf('unary'), denials: ['status 16'] };

  test.each<[string, readonly Arrow[], TargetFacts, object]>([
    ['REFUSED_STREAM', [refusal(errorCodes.REFUSED_STREAM)], factsOf('unary'), { why: 'refused', isCertain: true }],
    ['a GOAWAY below the stream', [received(goaway(0, NO_ERROR))], factsOf('unary'), { why: 'refused' }],
    ['a bare close under a call', [closed('target')], factsOf('unary'), { why: 'ended', isCertain: false }],
    ['a denial that everybody gets', [answered('16')], denied, { why: 'denied', isCertain: true }],
    ['RESOURCE_EXHAUSTED', [answered('8')], factsOf('unary'), { why: 'exhausted', isCertain: false }],
    [
      'UNAVAILABLE with pushback, which is bounded',
      [answered('14', { 'grpc-retry-pushback-ms': '70000' })],
      factsOf('unary'),
      { why: 'unavailable', pushback: 2000 },
    ],
    [
      'a gateway that cannot serve',
      [received(trailersOnly({ ':status': '503', 'content-type': 'text/plain' }))],
      factsOf('unary'),
      { why: 'unavailable', reason: 'the target answered HTTP status 503' },
    ],
  ])('prove nothing: %s', (_name, arrows, facts, want) => {
    expect(judge(arrows, { property: wantsOk, facts })).toMatchObject({ kind: 'void', ...want });
  });

  test.each<[string, readonly Arrow[], object]>([
    ['UNAUTHENTICATED where other calls are served', [answered('16')], { reaction: 'status 16' }],
    ['another status', [answered('13')], { reaction: 'status 13' }],
    ['a reset for another reason', [refusal(errorCodes.INTERNAL_ERROR)], { reaction: 'RST INTERNAL_ERROR' }],
    [
      'a close with an error',
      [received(goaway(1, PROTOCOL_ERROR)), closed('target')],
      { reaction: 'GOAWAY PROTOCOL_ERROR' },
    ],
    [
      'a GOAWAY below the stream that accuses us',
      [received(goaway(0, errorCodes.COMPRESSION_ERROR)), closed('target')],
      { reaction: 'GOAWAY below the stream' },
    ],
  ])('were processed when they got %s', (_name, arrows, want) => {
    expect(violationsOf(judge(arrows, { property: wantsOk }))).toMatchObject([want]);
  });

  test('are no excuse for frames that break a rule', () => {
    const arrows = [received(goaway(2, NO_ERROR)), refusal(errorCodes.REFUSED_STREAM)];
    expect(violationsOf(judge(arrows, { property: wantsOk }))).toMatchObject([{ rule: 'KA-08-goaway-fields' }]);
    expect(judge(arrows, { property: wantsOk })).toHaveProperty('framesOnly');
    // What a property asks that holds is looked at as a whole, as it is where the frames break nothing.
    expect(judge(arrows)).toMatchObject({ kind: 'judged', violations: [{ rule: 'KA-08-goaway-fields' }] });
    expect(judge(arrows)).not.toHaveProperty('framesOnly');
  });

  test('are an answer where the request was not legal', () => {
    const calls = [planOf({ legal: false })];
    expect(violationsOf(judge([answered('8')], { property: wantsOk, calls }))).toHaveLength(1);
  });

  test('may be one where REFUSED_STREAM meets a request that was not legal: it is played again, and judged if it comes back each time', () => {
    const calls = [planOf({ legal: false })];
    const judged = judge([refusal(errorCodes.REFUSED_STREAM)], { property: wantsOk, calls });
    expect(judged).toMatchObject({
      kind: 'void',
      why: 'refused',
      isCertain: false,
      otherwise: [{ reaction: 'RST REFUSED_STREAM' }],
    });
  });

  test('are none at all where the connection had ended in good order before the first call, legal or not', () => {
    const hangs = propertyOf(() => [{ observed: 'the call never ended', expected: 'an end', reaction: 'no end' }]);
    const judgedWith = (...arrows: readonly Arrow[]): Judgement =>
      judge([], {
        property: hangs,
        calls: [planOf({ legal: false })],
        connections: [transcriptOf([...opening(), ...arrows])],
      });
    expect(judgedWith(received(goaway(2 ** 31 - 1, NO_ERROR)))).toMatchObject({
      kind: 'void',
      why: 'ended',
      isCertain: true,
    });
    expect(judgedWith(received(goaway(2 ** 31 - 1, PROTOCOL_ERROR))).kind).toBe('judged');
    expect(judgedWith(request(), received(goaway(2 ** 31 - 1, NO_ERROR))).kind).toBe('judged');
  });

  test('are none of the business of a script that asked for that status', () => {
    const own = propertyOf(() => [{ observed: 'another text', expected: 'a text', reaction: 'status text changed' }]);
    expect(violationsOf(judge([answered('8')], { property: own }))).toMatchObject([
      { reaction: 'status text changed' },
    ]);
  });

  test('the fresh call afterwards excuses nothing but itself', () => {
    const calls = [planOf(), planOf({ stream: 3, role: 'afterwards', kind: 'unary' })];
    const own = propertyOf(() => [{ observed: 'memory grows', expected: 'none', reaction: 'memory grows' }]);
    const ended = [...answer, received(goaway(1, NO_ERROR)), closed('target')];
    expect(violationsOf(judge(ended, { property: own, calls }))).toMatchObject([{ reaction: 'memory grows' }]);
  });

  test('a script that does not fit into a limit of the target makes its input void', () => {
    const abandoned = { step: 3, waitedFor: 'a free stream', milliseconds: 5000, limit: 'MAX_CONCURRENT_STREAMS=1' };
    expect(judge([], { property: wantsOk, abandoned })).toMatchObject({
      kind: 'void',
      why: 'limit',
      reason: 'the script does not fit into MAX_CONCURRENT_STREAMS=1',
    });
  });
});

describe('the fresh call afterwards', () => {
  const calls = (kind: CallPlan['kind']): readonly CallPlan[] => [
    planOf(),
    planOf({ stream: 3, role: 'afterwards', kind }),
  ];
  const of3 = (status: string): Arrow => received(trailersOnly({ 'grpc-status': status }, { stream: 3 }));
  const served3 = received(
    responseHeaders({}, { stream: 3 }),
    { ...message(), streamId: 3 },
    trailers({ 'grpc-status': '0' }, { stream: 3 }),
  );

  test.each<[string, CallPlan['kind'], readonly Arrow[], readonly string[]]>([
    ['served', 'unary', [request(3), served3], []],
    ['answered otherwise', 'unary', [request(3), of3('13')], ['afterwards status 13']],
    ['reset', 'unary', [request(3), received(rstStream(3, PROTOCOL_ERROR))], ['afterwards RST PROTOCOL_ERROR']],
    ['not answered', 'unary', [request(3)], ['afterwards no end']],
    ['on a closed connection', 'unary', [request(3), closed('target')], []],
    ['after GOAWAY', 'unary', [request(3), received(goaway(1, NO_ERROR))], []],
    ['never sent, since the script ended before', 'unary', [], []],
    ['of an unknown method', 'unknown', [request(3), of3('12')], []],
    [
      'of an unknown method: HTTP 404',
      'unknown',
      [request(3), received(trailers({ ':status': '404' }, { stream: 3 }))],
      [],
    ],
    ['of an unknown method, not answered', 'unknown', [request(3)], ['afterwards no end']],
  ])('%s', (_, kind, arrows, want) => {
    const facts = kind === 'unknown' ? factsOf() : factsOf('unary');
    const own = violationsOf(judge([...answer, ...arrows], { calls: calls(kind), facts }));
    const reactions = [own]
      .flat()
      .flatMap((one) => (typeof one === 'string' || one.rule !== 'MSG-01-framing' ? [] : [one]));
    expect(reactions.map(({ reaction }) => reaction)).toEqual(want);
    expect(reactions.map(({ mark }) => mark)).toEqual(
      want.map((reaction) => (/no end/.test(reaction) ? 'hang' : undefined)),
    );
  });

  test('is described with where it ended', () => {
    const refused = judge([...answer, request(3), of3('13')], { calls: calls('unary') });
    expect(violationsOf(refused)).toEqual([
      {
        rule: 'MSG-01-framing',
        observed: 'a fresh call on the same connection afterwards: status INTERNAL (13)',
        expected: 'a connection that is closed or still serves calls',
        reaction: 'afterwards status 13',
        at: { connection: 'main', packet: refused.seen.allCalls[1]?.lastPacket },
      },
    ]);
    expect(violationsOf(judge([...answer, request(3)], { calls: calls('unary') }))).toMatchObject([
      { observed: 'a fresh call on the same connection afterwards: no answer' },
    ]);
  });

  test('is no call that the check sees', () => {
    const own = propertyOf((seen) =>
      seen.calls.slice(1).map(() => ({ observed: 'a', expected: 'b', reaction: 'seen' })),
    );
    expect(violationsOf(judge([...answer, request(3), served3], { property: own, calls: calls('unary') }))).toEqual([]);
  });
});

test('of calls behind a field block that does not decode nobody knows how they ended: that block is the finding', () => {
  const calls = [planOf(), planOf({ stream: 3 }), planOf({ stream: 5, role: 'afterwards' })];
  const unreadable = received(headers(3, Uint8Array.of(0x80), { endStream: true }));
  const behind = [unreadable, ...answer, request(5), received(trailersOnly({}, { stream: 5 }))];
  const breaches = violationsOf(judge([request(3), ...behind], { property: wantsOk, calls }));
  const rule = 'HPACK-14-server-blocks-decode-strictly';
  expect(breaches).toMatchObject([
    { rule, reaction: 'index-zero' },
    { rule, reaction: 'index-zero' },
  ]);
});

test('views that were read live are judged like the transcript itself', () => {
  const plan: Plan = { steps: [], calls: [planOf()] };
  const transcript = {
    connections: [transcriptOf([...opening(), request(), received(data(1, new Uint8Array(0)))])],
    samples: {},
  };
  const read = judgeRun(satisfied, plan, { transcript }, 7, factsOf('unary'));
  const live = judgeRun(satisfied, plan, { transcript, views: read.seen.connections }, 7, factsOf('unary'));
  expect(violationsOf(live)).toMatchObject([{ rule: 'RESP-04-headers-first' }]);
  expect(violationsOf(live)).toEqual(violationsOf(read));
});
