import { PlanBuilder, type CallOptions } from '../grpc/plan-builder';
import { encodeMessage } from '../grpc/length-prefixed-message';
import type { CallRequest } from '../grpc/call-request';
import type { Plan } from '../grpc/call-plan';
import { unaryCall } from '../grpc/test-service';
import { joinOctets } from '../wire/join-octets';
import { ping as pingFrame, rawFrame, windowUpdate } from '../wire/builders';
import { flags, frameTypes } from '../wire/frame';
import type { Violation } from '../rules/violation';
import type { Symptom } from './model';
import { keyOf } from './cause-key';
import { isExplainedBy, symptomOf } from './symptom';

const facts = {
  authority: '127.0.0.1:1',
  scheme: 'http',
  metadata: [{ name: 'authorization', value: 'a.b' }],
} as const;

const request = (kind: CallRequest['kind'] = 'unary', ...lengths: readonly number[]): CallRequest => ({
  kind,
  path: '/s.S/M',
  messages: (lengths.length === 0 ? [2] : lengths).map((length) => new Uint8Array(length)),
});

/** A plan as the engine makes it: with a fresh call at its end. */
function planOf(write: (script: PlanBuilder) => void): Plan {
  const script = new PlanBuilder(facts);
  write(script);
  script.call(request(), { role: 'afterwards' });
  return script.build();
}

const callWith = (options: CallOptions, what = request()): Plan => planOf((script) => script.call(what, options));
const metadata = (name: string, value: string): Plan => callWith({ metadata: [{ name, value }] });

const wantsOk = 'an answer that ends with status OK (0)';
const symptom = (plan: Plan, reaction: string, more: Partial<Violation> = {}): Symptom =>
  symptomOf(plan, { rule: 'MSG-02-x', observed: 'something', expected: wantsOk, reaction, ...more });
const key = (plan: Plan, reaction: string, more: Partial<Violation> = {}): string =>
  keyOf(symptom(plan, reaction, more));

const plain = callWith({});
const cutPrefix = callWith({ cuts: [1] });

describe('one cause', () => {
  const twoEmpty: readonly (readonly [string, Plan])[] = [
    ['before the message', callWith({ cuts: [0, 0] })],
    ['in the middle of it', callWith({ cuts: [6, 6, 6] })],
    ['in an upload', callWith({ cuts: [7, 7, 7] }, request('client-streaming', 0, 2))],
    [
      'in two steps',
      planOf((script) => {
        const call = script.begin(request());
        call
          .sendOctets(new Uint8Array(0))
          .sendOctets(new Uint8Array(0))
          .sendMessages([new Uint8Array(1)], { endStream: true });
      }),
    ],
    [
      'in one of several calls',
      planOf((script) => {
        script.call(request('bidirectional-streaming'));
        script.call(request(), { cuts: [0, 0] });
      }),
    ],
    ['at the end', callWith({ cuts: [7], endStreamOnEmptyFrame: true })],
  ];
  test.each(twoEmpty)('two empty DATA frames in a row %s', (_where, plan) => {
    expect(key(plan, 'status 2')).toBe('an error status | empty DATA frames in a row');
  });

  test.each<[string, Plan, string, Partial<Violation>]>([
    ['whatever status the misread prefix earned', callWith({ cuts: [3] }), 'status 8', {}],
    ['whichever row it broke', cutPrefix, 'status 13', { rule: 'RPC-01-x', expected: '1 message' }],
    ['with the other kind of call', callWith({ cuts: [4] }, request('client-streaming')), 'status 13', {}],
    ['in a later message', callWith({ cuts: [8] }, request('client-streaming', 1, 1)), 'status 13', {}],
    ['with an empty frame beside it', callWith({ cuts: [1, 1] }), 'status 13', {}],
  ])('a prefix cut over DATA frames, %s', (_why, plan, reaction, more) => {
    expect(key(plan, reaction, more)).toBe(key(cutPrefix, 'status 13'));
  });

  test.each(['404', '413', '502'])('HTTP %s to ordinary calls, whatever the row', (status) => {
    const wanted = key(plain, `HTTP ${status}`);
    expect(key(callWith({ timeout: '1S' }), `HTTP ${status}`, { rule: 'DL-01-x', expected: 'in time' })).toBe(wanted);
    expect(key(callWith({}, request('unknown')), `HTTP ${status}`, { rule: 'REQ-21-x' })).toBe(wanted);
    expect(key(callWith({}, request('unary', 100_000)), `HTTP ${status}`)).toBe(wanted);
  });

  test('an answer without its status, whatever was asked', () => {
    expect(key(callWith({}, request('unary', 100_000)), 'no grpc-status', { rule: 'RPC-03-x' })).toBe(
      key(plain, 'no grpc-status', { rule: 'TRAIL-03-x' }),
    );
  });

  test('an answer that ends on DATA, whether a call or all traffic was looked at', () => {
    const wanted = key(plain, 'ended on DATA', { rule: 'TRAIL-01-x' });
    expect(key(callWith({ timeout: '1S' }), 'ended on DATA', { rule: 'DL-03-x' })).toBe(wanted);
    expect(key(callWith({}, request('unary', 100_000)), 'END_STREAM on DATA', { rule: 'TRAIL-02-x' })).toBe(wanted);
  });

  test('one status in place of another, however the call was made', () => {
    const wanted = { expected: 'an answer that ends with status DATA_LOSS (15)' };
    expect(key(plain, 'status 2', wanted)).toBe(
      key(metadata('a-bin', 'AA'), 'status 2', { ...wanted, rule: 'TRAIL-08-x' }),
    );
  });

  test('one status in place of each that a handler was told to end with, but of none that it was not told', () => {
    const asking = (code: number): Plan => callWith({}, unaryCall({ status: { code, message: '' } }));
    const wants = (words: string): Partial<Violation> => ({ expected: `an answer that ends with status ${words}` });
    const dataLoss = key(asking(15), 'status 2', wants('DATA_LOSS (15)'));
    expect(key(asking(16), 'status 2', { ...wants('UNAUTHENTICATED (16)'), rule: 'FLOW-02-x' })).toBe(dataLoss);
    // One that no library makes was chosen by whatever handler.
    expect(key(plain, 'status 2', { ...wants('UNAUTHENTICATED (16)'), rule: 'STATUS-13-x' })).toBe(dataLoss);
    expect(key(asking(13), 'status 2', wants('INTERNAL (13)'))).toBe(dataLoss);
    expect(key(callWith({}, request('unknown')), 'status 2', wants('UNIMPLEMENTED (12)'))).not.toBe(dataLoss);
    expect(key(asking(16), 'status 13', wants('UNAUTHENTICATED (16)'))).not.toBe(dataLoss);
  });

  test('a sign at which an echo differs, whatever else the request was about', () => {
    const semicolon = key(metadata('x', 'a;b'), 'wrong metadata', { differsAt: ';' });
    const many = callWith({ metadata: [{ name: 'x', value: ' !"#$%&/()=a;b' }], cuts: [1] });
    expect(key(many, 'wrong metadata', { rule: 'RESP-08-x', differsAt: ';' })).toBe(semicolon);
    expect(key(metadata('x', 'a;b'), 'wrong metadata')).toBe(semicolon);
    expect(key(many, 'wrong metadata', { differsAt: '"' })).not.toBe(semicolon);
  });

  test('metadata that comes back otherwise because of one sign', () => {
    const more = { expected: 'the values of the request' };
    const repeated = callWith({ metadata: ['a;', 'b'].map((value) => ({ name: 'x', value })) });
    expect(key(repeated, 'wrong metadata', { ...more, rule: 'REQ-25-x' })).toBe(
      key(metadata('x', 'a;'), 'wrong metadata', more),
    );
  });
});

describe('different causes', () => {
  const plans: Readonly<Record<string, Plan>> = {
    plain,
    'client-streaming': callWith({}, request('client-streaming')),
    'several messages': callWith({}, request('client-streaming', 1, 1)),
    'an unknown method': callWith({}, request('unknown')),
    'cut prefix': cutPrefix,
    'cut message': callWith({ cuts: [6] }),
    'an empty frame': callWith({ cuts: [0] }),
    'empty frames': callWith({ cuts: [0, 0] }),
    padding: callWith({ padLengths: [3] }),
    'padded HEADERS': callWith({ headerPadLength: 3 }),
    CONTINUATION: callWith({ headerCuts: [4] }),
    priority: callWith({ priority: { exclusive: false, dependency: 0, weight: 1 } }),
    'table size updates': callWith({ sizeUpdates: [0] }),
    'never indexed': callWith({ metadata: [{ name: 'x', value: 'a', representation: 'never-indexed' }] }),
    'closed windows': planOf((script) => {
      script.open({ settings: [{ id: 4, value: 0 }] });
      script.call(request());
    }),
    'a smaller table': planOf((script) => {
      script.open({ settings: [{ id: 1, value: 0 }] });
      script.call(request());
    }),
    'two connections': planOf((script) => {
      script.call(request(), { on: 'a' });
      script.call(request(), { on: 'b' });
    }),
    'two calls': planOf((script) => {
      script.call(request());
      script.call(request());
    }),
    'no half-close': callWith({ halfClose: false }),
    reset: planOf((script) => {
      script.begin(request()).reset();
    }),
    'a large request': callWith({}, request('unary', 70_000)),
    'a large field section': metadata('x', 'a'.repeat(5000)),
    'discarded DATA': callWith({}, request('unknown', 70_000)),
    compressed: callWith({
      encoding: 'gzip',
      body: joinOctets([encodeMessage(new Uint8Array(2), { compressedFlag: 1 })]),
    }),
    'an unfinished message': callWith({ body: Uint8Array.of(0, 0, 0), legal: false }),
    'a bad flag': callWith({ body: encodeMessage(new Uint8Array(1), { compressedFlag: 2 }), legal: false }),
    'another content-type': callWith({
      fields: (fields) =>
        fields.map((field) => (field.name === 'content-type' ? { ...field, value: 'text/plain' } : field)),
      legal: false,
    }),
    'a subtype': callWith({
      fields: (fields) =>
        fields.map((field) => (field.name === 'content-type' ? { ...field, value: 'application/grpc+proto' } : field)),
    }),
    'no scheme': callWith({ fields: (fields) => fields.filter(({ name }) => name !== ':scheme'), legal: false }),
    GET: callWith({
      fields: (fields) => fields.map((field) => (field.name === ':method' ? { ...field, value: 'GET' } : field)),
      legal: false,
    }),
    uppercase: callWith({ metadata: [{ name: 'X', value: 'a' }], legal: false }),
    'HTTP/1': callWith({ metadata: [{ name: 'connection', value: 'close' }], legal: false }),
    'a timeout': callWith({ timeout: '1S' }),
    'a bad timeout': callWith({ timeout: '1s', legal: false }),
    'WINDOW_UPDATE on an idle stream': planOf((script) => script.frame(windowUpdate(9, 1))),
    'HEADERS by hand': planOf((script) => script.frame(rawFrame({ type: frameTypes.HEADERS, streamId: 9 }))),
    'padded HEADERS by hand': planOf((script) =>
      script.frame(rawFrame({ type: frameTypes.HEADERS, streamId: 9, flags: flags.PADDED, payload: Uint8Array.of(4) })),
    ),
    'HEADERS that are begun': planOf((script) =>
      script.frame(rawFrame({ type: frameTypes.HEADERS, streamId: 9, length: 20_000 })),
    ),
    'long HEADERS': planOf((script) =>
      script.frame(rawFrame({ type: frameTypes.HEADERS, streamId: 9, payload: new Uint8Array(20_000) })),
    ),
    'WINDOW_UPDATE on the connection': planOf((script) => script.frame(windowUpdate(0, 1))),
    octets: planOf((script) => script.octets(Uint8Array.of(1))),
    'another preface': planOf((script) => script.open({ insteadOfPreface: Uint8Array.of(1) })),
    'a graceful stop': planOf((script) => script.call(request(), { awaitEnd: false }) && script.gracefulStop()),
    semicolon: metadata('x', 'a;'),
    comma: metadata('x', 'a,'),
  };

  test('each kind of request has a key of its own', () => {
    const keys = Object.entries(plans).map(([name, plan]) => [key(plan, 'no end'), name]);
    const twice = keys.filter(([own], index) => keys.findIndex(([other]) => other === own) !== index);
    expect(twice).toEqual([]);
  });

  test('no key holds a number that was generated', () => {
    const numbers = Object.values(plans).flatMap(
      (plan) => /\d+/.exec(key(plan, 'no end', { expected: 'after 17 ms' })) ?? [],
    );
    // The connection, the protocol that the fields come from.
    expect(numbers.filter((number) => number !== '0' && number !== '1')).toEqual([]);
  });

  test.each([
    ['how it ended', 'RST CANCEL', {}],
    ['that it was served', 'status 0', {}],
    ['that it hung', 'status 13', { mark: 'hang' as const }],
  ])('a cut prefix, and %s', (_what, reaction, more) =>
    expect(key(cutPrefix, reaction, more)).not.toBe(key(cutPrefix, 'status 13')),
  );

  test('an ordinary call and what its row wants', () => {
    expect(key(plain, 'status 13', { expected: 'exactly 2 messages' })).not.toBe(key(plain, 'status 13'));
    expect(key(plain, 'status 13', { expected: 'exactly 3 messages' })).toBe(
      key(plain, 'status 13', { expected: 'exactly 2 messages' }),
    );
  });

  test('what was wrong about octets of the target stays with its row', () => {
    expect(key(plain, 'HEADERS', { rule: 'TRAIL-07-x' })).not.toBe(key(plain, 'HEADERS', { rule: 'STREAM-09-x' }));
  });

  test('a request that is illegal in a way that nobody noted stays with its row', () => {
    const strange = callWith({ legal: false });
    expect(key(strange, 'status 0', { rule: 'A-01-x' })).not.toBe(key(strange, 'status 0', { rule: 'A-02-x' }));
  });
});

test('what every call carries, such as credentials, is no feature', () => {
  expect(key(plain, 'status 7')).toBe(`status 7 | unary call | ${wantsOk.replace('0', '#')}`);
});

test('a call that waits for credit does so whatever it is about', () => {
  const hang: Violation = { rule: 'MSG-07-x', observed: 'o', expected: wantsOk, reaction: 'no end', mark: 'hang' };
  const keys = [plain, cutPrefix, metadata('a', 'b;')].map((plan) =>
    keyOf(symptomOf(plan, hang, 'ours on the stream')),
  );
  expect(new Set(keys)).toEqual(new Set(['no end (hang) | credit: ours on the stream']));
});

describe('one finding explains another', () => {
  const resets = (write: (script: PlanBuilder) => void = () => undefined): Plan =>
    planOf((script) => {
      write(script);
      script.begin(request()).reset();
    });
  const small = (script: PlanBuilder): void => void script.open({ settings: [{ id: 4, value: 0 }] });
  const zeroTimeout = callWith({ timeout: '0S', legal: false });
  const representation = (name: string): Plan =>
    callWith({ metadata: [{ name, value: 'a', representation: 'never-indexed' }] });

  test.each<[string, Symptom, Symptom]>([
    ['with more about the request', symptom(resets(small), 'RST CANCEL'), symptom(resets(), 'RST CANCEL')],
    [
      'with the body laid out otherwise',
      symptom(callWith({ cuts: [1], padLengths: [1] }), 'status 8'),
      symptom(cutPrefix, 'status 13'),
    ],
    [
      'with a request that its rule forbids',
      symptom(zeroTimeout, 'status 0'),
      symptom(callWith({ timeout: '1S' }), 'status 0'),
    ],
    [
      'that a rule on all traffic calls otherwise',
      symptom(callWith({ timeout: '1S' }), 'OK with no message'),
      symptom(callWith({ timeout: '9S' }), 'status 0'),
    ],
    [
      'with another refusal of what was misread',
      symptom(representation('y'), 'HTTP 415'),
      symptom(representation('x'), 'RST PROTOCOL_ERROR'),
    ],
  ])('%s', (_how, one, other) => {
    expect(isExplainedBy(one, other)).toBe(true);
  });

  test.each<[string, Symptom, Symptom]>([
    ['another reaction', symptom(resets(small), 'no end'), symptom(resets(), 'RST CANCEL')],
    ['nothing unusual', symptom(resets(), 'status 13'), symptom(plain, 'status 13')],
    ['something else', symptom(callWith({ timeout: '1S' }), 'status 13'), symptom(metadata('x', 'a;'), 'status 13')],
    [
      'that it waits for credit',
      symptomOf(resets(), { rule: 'A-01-x', observed: 'o', expected: wantsOk, reaction: 'no end' }, 'theirs'),
      symptom(resets(), 'no end'),
    ],
    [
      'a status of its own',
      symptom(cutPrefix, 'status 2', { expected: 'an answer that ends with status DATA_LOSS (15)' }),
      symptom(cutPrefix, 'status 13'),
    ],
  ])('not where it is %s', (_how, one, other) => {
    expect(isExplainedBy(one, other)).toBe(false);
  });

  test('a PING that is not acknowledged, whatever waits for it', () => {
    const pinged = planOf((script) => script.frame(pingFrame(new Uint8Array(8))));
    const hang: Violation = { rule: 'FRAME-02-x', observed: 'o', expected: wantsOk, reaction: 'no end', mark: 'hang' };
    expect(keyOf(symptomOf(plain, hang, 'the ACK of a PING'))).toBe(keyOf(symptom(pinged, 'no PING ACK')));
    expect(
      isExplainedBy(
        symptom(
          planOf((script) => script.open({ settings: [{ id: 4, value: 0 }] }).frame(pingFrame(new Uint8Array(8)))),
          'no PING ACK',
        ),
        symptom(pinged, 'no PING ACK'),
      ),
    ).toBe(true);
  });
});

test('calls that get the answers of each other have one cause, whatever else is unusual about them', () => {
  const call = { connection: 'main', stream: 1 };
  const sizes = planOf((script) => {
    for (const responseSize of [1, 12]) script.call(unaryCall({ responseSize }), { awaitEnd: false });
  });
  const found = symptom(sizes, 'wrong message', { call, payload: 12 });
  expect(found).toMatchObject({ reaction: 'wrong message of another call', telling: [], isSure: true });
  expect(key(cutPrefix, 'wrong message', { call, payload: 3, asker: 3 })).toBe(keyOf(found));
  expect(key(sizes, 'wrong message', { call, payload: 13 })).not.toBe(keyOf(found));
});
