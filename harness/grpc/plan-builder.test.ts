import type { Step } from '../connection/script';
import { data, ping, rstStream } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import type { CallRequest } from './call-request';
import { encodeMessage } from './length-prefixed-message';
import { connectionError, emptyAnswer, ignored, recorded } from './outcome';
import { ordinaryFields, PlanBuilder, type CallWriter } from './plan-builder';

const facts = { authority: 'target:1', scheme: 'http', metadata: [{ name: 'x-user', value: 'given' }] } as const;
const octets = Uint8Array.of(1, 2, 3);
const method: CallRequest = { kind: 'unary', path: '/s/m', messages: [octets, new Uint8Array(0)] };
const body = Uint8Array.of(0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0);
const main = { on: 'main' } as const;
const onFirst = { ...main, stream: 1 } as const;

/** The steps that a builder's methods append, without the opening of the main connection. */
function stepsOf(write: (script: PlanBuilder) => unknown): readonly Step[] {
  const script = new PlanBuilder(facts).open();
  write(script);
  return script.build().steps.slice(1);
}

const names = (fields: readonly { readonly name: string; readonly value: string }[]): readonly string[] =>
  fields.map(({ name, value }) => `${name}=${value}`);

describe('fields of a request', () => {
  test('the ordinary ones in the order that the protocol advises', () => {
    expect(names(ordinaryFields(facts, '/s/m'))).toEqual([
      ':method=POST',
      ':scheme=http',
      ':path=/s/m',
      ':authority=target:1',
      'te=trailers',
      'content-type=application/grpc',
      'x-user=given',
    ]);
  });

  test('those that a call adds: the timeout before the content-type, metadata last', () => {
    const metadata = [{ name: 'x-call', value: '1' }];
    const fields = ordinaryFields({ ...facts, scheme: 'https' }, '/', {
      timeout: '1S',
      encoding: 'gzip',
      acceptEncoding: 'gzip, identity',
      metadata,
    });
    expect(names(fields).slice(1)).toEqual([
      ':scheme=https',
      ':path=/',
      ':authority=target:1',
      'te=trailers',
      'grpc-timeout=1S',
      'content-type=application/grpc',
      'grpc-encoding=gzip',
      'grpc-accept-encoding=gzip, identity',
      'x-user=given',
      'x-call=1',
    ]);
  });

  test('a rewrite gets the ordinary ones and has the last word', () => {
    const [step] = stepsOf((script) =>
      script.begin(method, { timeout: '1S', fields: (ordinary) => ordinary.toReversed() }),
    );
    expect(step).toMatchObject({
      do: 'headers',
      fields: ordinaryFields(facts, '/s/m', { timeout: '1S' }).toReversed(),
    });
  });
});

describe('a whole call', () => {
  const header = { do: 'headers', ...onFirst, fields: ordinaryFields(facts, '/s/m'), endStream: false };
  const end = { do: 'await', ...main, until: { see: 'end', stream: 1 }, within: 'reply' };

  test.each<[string, (script: PlanBuilder) => unknown, readonly unknown[]]>([
    [
      'header, messages, half-close, end',
      (script) => script.call(method),
      [header, { do: 'data', ...onFirst, octets: body, endStream: true }, end],
    ],
    [
      'no message',
      (script) => script.call({ ...method, messages: [] }),
      [header, { do: 'data', ...onFirst, octets: new Uint8Array(0), endStream: true }, end],
    ],
    [
      'another body',
      (script) => script.call(method, { body: octets }),
      [header, { do: 'data', ...onFirst, octets, endStream: true }, end],
    ],
    [
      'left open',
      (script) => script.call(method, { halfClose: false }),
      [header, { do: 'data', ...onFirst, octets: body, endStream: false }],
    ],
    [
      'left open with nothing to say',
      (script) => script.call({ ...method, messages: [] }, { halfClose: false }),
      [header],
    ],
    [
      'END_STREAM on HEADERS',
      (script) => script.call(method, { endStream: true }),
      [{ ...header, endStream: true }, end],
    ],
    [
      'no wait for the end',
      (script) => script.call({ ...method, messages: [] }, { awaitEnd: false, endStream: true }),
      [{ ...header, endStream: true }],
    ],
    [
      'a wait of its own length',
      (script) => script.call(method, { endStream: true, awaitEnd: 'cancel' }),
      [
        { ...header, endStream: true },
        { ...end, within: 'cancel' },
      ],
    ],
    [
      'a wait, said in so many words',
      (script) => script.call(method, { endStream: true, awaitEnd: true }),
      [{ ...header, endStream: true }, end],
    ],
  ])('%s', (_, write, want) => {
    expect(stepsOf(write)).toEqual(want);
  });

  test('how it is laid out on the wire', () => {
    const priority = { exclusive: false, dependency: 0, weight: 1 };
    const layout = { headerCuts: [3], headerPadLength: 4, priority, endHeaders: false, sizeUpdates: [0] };
    const dataLayout = { cuts: [1], padLengths: [-1, 2], endStreamOnEmptyFrame: true };
    const [first, second] = stepsOf((script) => script.call(method, { ...layout, ...dataLayout }));
    expect(first).toEqual({ ...header, cuts: [3], padLength: 4, priority, endHeaders: false, sizeUpdates: [0] });
    expect(second).toEqual({ do: 'data', ...onFirst, octets: body, endStream: true, ...dataLayout });
  });

  test('is plain data that a failure file can hold', () => {
    const steps = stepsOf((script) => script.call(method));
    expect(steps.flatMap((step) => Object.values(step))).not.toContain(undefined);
  });
});

describe('more on a stream', () => {
  const data3 = (length: number, endStream: boolean) => ({
    do: 'data',
    ...onFirst,
    octets: new Uint8Array(length),
    endStream,
  });
  const wait = (until: object, within: unknown = 'reply') => ({ do: 'await', ...main, until, within });

  test.each<[string, (call: CallWriter) => CallWriter, unknown]>([
    [
      'messages',
      (call) => call.sendMessages(method.messages),
      { do: 'data', ...onFirst, octets: body, endStream: false },
    ],
    [
      'messages, the last of them',
      (call) => call.sendMessages([octets], { endStream: true, cuts: [2] }),
      { do: 'data', ...onFirst, octets: encodeMessage(octets), endStream: true, cuts: [2] },
    ],
    ['octets', (call) => call.sendOctets(octets), { do: 'data', ...onFirst, octets, endStream: false }],
    ['half-close', (call) => call.halfClose(), data3(0, true)],
    ['trailers', (call) => call.sendTrailers([]), { do: 'headers', ...onFirst, fields: [], endStream: true }],
    [
      'a field block',
      (call) => call.sendTrailers([], { endStream: false }),
      { do: 'headers', ...onFirst, fields: [], endStream: false },
    ],
    ['Response-Headers', (call) => call.awaitHeaders(), wait({ see: 'headers', stream: 1 })],
    ['messages to come', (call) => call.awaitMessages(2), wait({ see: 'messages', stream: 1, count: 2 })],
    ['octets to come', (call) => call.awaitData(7, 100), wait({ see: 'data', stream: 1, octets: 7 }, 100)],
    ['the end', (call) => call.awaitEnd('close'), wait({ see: 'end', stream: 1 }, 'close')],
    ['a cancellation', (call) => call.reset(), { do: 'frame', ...main, frame: rstStream(1, errorCodes.CANCEL) }],
    ['a reset', (call) => call.reset(2), { do: 'frame', ...main, frame: rstStream(1, 2) }],
    ['credit', (call) => call.grant(9), { do: 'grant', ...onFirst, octets: 9 }],
  ])('%s', (_, act, want) => {
    const steps = stepsOf((script) => {
      const call = script.begin(method);
      expect(act(call)).toBe(call);
    });
    expect(steps.slice(1)).toEqual([want]);
  });
});

describe('the connection', () => {
  test.each<[string, (script: PlanBuilder) => PlanBuilder, Step]>([
    [
      'a frame',
      (script) => script.frame(ping(new Uint8Array(8))),
      { do: 'frame', ...main, frame: ping(new Uint8Array(8)) },
    ],
    ['octets', (script) => script.octets(octets), { do: 'bytes', ...main, octets }],
    [
      'settings',
      (script) => script.settings([{ id: 1, value: 2 }]),
      { do: 'settings', ...main, settings: [{ id: 1, value: 2 }] },
    ],
    ['credit', (script) => script.grant(0, 5), { do: 'grant', ...main, stream: 0, octets: 5 }],
    ['a fence', (script) => script.fence(), { do: 'fence', ...main, by: 'settings' }],
    [
      'a fence by PING',
      (script) => script.fence({ by: 'ping', opaque: octets }),
      { do: 'fence', ...main, by: 'ping', opaque: octets },
    ],
    [
      'a wait for an answer',
      (script) => script.await({ see: 'goaway' }),
      { do: 'await', ...main, until: { see: 'goaway' }, within: 'reply' },
    ],
    [
      'a wait for a close',
      (script) => script.await({ see: 'closed' }),
      { do: 'await', ...main, until: { see: 'closed' }, within: 'close' },
    ],
    [
      'a wait for silence',
      (script) => script.await({ see: 'quiet' }),
      { do: 'await', ...main, until: { see: 'quiet' }, within: 'quiet' },
    ],
    [
      'an optional wait of another length',
      (script) => script.await({ see: 'goaway' }, { within: 7, optional: true }),
      { do: 'await', ...main, until: { see: 'goaway' }, within: 7, optional: true },
    ],
    [
      'a connection error, which may not come',
      (script) => script.awaitConnectionError(),
      { do: 'await', ...main, until: { see: 'connection-error' }, within: 'close', optional: true },
    ],
    ['a pause', (script) => script.pause(5), { do: 'pause', milliseconds: 5 }],
    ['FIN', (script) => script.close('fin'), { do: 'close', ...main, how: 'fin' }],
    ['a graceful stop', (script) => script.gracefulStop(), { do: 'control', action: 'graceful-stop' }],
    [
      'descriptors',
      (script) => script.sampleDescriptors('before'),
      { do: 'sample', what: 'descriptors', label: 'before' },
    ],
    [
      'descriptors that are given back',
      (script) => script.awaitDescriptors('after', { from: 'before', growth: 8, within: 1000 }),
      { do: 'watch', what: 'descriptors', label: 'after', from: 'before', growth: 8, within: 1000, returns: true },
    ],
    ['memory', (script) => script.sampleMemory('before'), { do: 'sample', what: 'rss', label: 'before' }],
    [
      'a flood',
      (script) => script.flood({ frames: [data(1, octets)], times: 3 }),
      { do: 'flood', ...main, frames: [data(1, octets)], times: 3, within: 'reply' },
    ],
    [
      'the end of floods',
      (script) => script.awaitFloods(),
      { do: 'await', ...main, until: { see: 'flooded' }, within: 30_000, optional: true },
    ],
    ['silence of ours', (script) => script.reading(false), { do: 'reading', ...main, reads: false }],
    [
      'a fence that need not be passed',
      (script) => script.fence({ optional: true }),
      { do: 'fence', ...main, by: 'settings', optional: true },
    ],
    ['any step', (script) => script.step({ do: 'pause', milliseconds: 1 }), { do: 'pause', milliseconds: 1 }],
  ])('%s', (_, act, want) => {
    const steps = stepsOf((script) => expect(act(script)).toBe(script));
    expect(steps).toEqual([want]);
  });

  test('whatever is said first on a connection opens it, once', () => {
    const acts: readonly ((script: PlanBuilder) => unknown)[] = [
      (script) => script.call(method, { on: 'other' }),
      (script) => script.begin(method, { on: 'other' }),
      (script) => script.frame(data(1, octets), 'other'),
      (script) => script.octets(octets, 'other'),
      (script) => script.settings([], 'other'),
      (script) => script.grant(0, 1, 'other'),
      (script) => script.fence({ on: 'other' }),
      (script) => script.await({ see: 'closed' }, { on: 'other' }),
    ];
    for (const act of acts) {
      const script = new PlanBuilder(facts);
      act(script);
      script.octets(octets, 'other');
      const { steps } = script.build();
      expect(steps.filter((step) => step.do === 'open')).toEqual([{ do: 'open', on: 'other' }]);
      expect(steps[0]).toMatchObject({ do: 'open' });
      expect(script.openConnections).toEqual(['other']);
    }
  });

  test('with settings and housekeeping of its own', () => {
    const options = { settings: [], awaitSettings: false, housekeeping: { ackPings: false }, segments: [1] };
    const script = new PlanBuilder(facts).open({ on: 'other', ...options }).open();
    expect(script.build().steps).toEqual([
      { do: 'open', on: 'other', ...options },
      { do: 'open', ...main },
    ]);
    expect(script.openConnections).toEqual(['other', 'main']);
  });

  test.each<[string, (script: PlanBuilder) => unknown]>([
    ['by name', (script) => script.open().open()],
    ['after its first use', (script) => script.fence().open()],
    ['after a call', (script) => [script.call(method), script.open()]],
  ])('opened twice is our mistake: %s', (_, act) => {
    expect(() => act(new PlanBuilder(facts))).toThrow(
      expect.objectContaining({ code: 'ERR_SCRIPT', message: expect.stringContaining('main is opened twice') }),
    );
  });
});

describe('calls of a plan', () => {
  test('keep the order in which they were opened, and what was said about them', () => {
    const script = new PlanBuilder(facts);
    script.call(method);
    script.begin({ kind: 'unknown', path: '/none' }, { on: 'other', legal: false, role: 'bystander' });
    script.begin(method, { acceptEncoding: 'gzip, identity' });
    const plain = { kind: 'unary', path: '/s/m', legal: true, role: 'subject' };
    expect(script.build().calls).toEqual([
      { ...plain, connection: 'main', stream: 1 },
      { ...plain, connection: 'other', stream: 1, kind: 'unknown', path: '/none', legal: false, role: 'bystander' },
      { ...plain, connection: 'main', stream: 3, acceptEncoding: ['gzip', 'identity'] },
    ]);
  });

  test('take the next free stream of their connection', () => {
    const script = new PlanBuilder(facts);
    const streams = [undefined, 7, undefined, 3, undefined].map((stream) => script.begin(method, { stream }).stream);
    expect(streams).toEqual([1, 7, 9, 3, 11]);
    expect([script.nextStream(), script.nextStream('other')]).toEqual([13, 1]);
  });

  test('may be left after some messages: what has ended by then is not cancelled', () => {
    const script = new PlanBuilder(facts);
    script.begin({ kind: 'server-streaming', path: '/a/b' }, { endStream: true }).leaveAfter(3, 100);
    expect(script.build().steps.slice(2)).toEqual([
      { do: 'await', on: 'main', until: { see: 'messages', stream: 1, count: 3 }, within: 100, optional: true },
      { do: 'frame', on: 'main', frame: rstStream(1, errorCodes.CANCEL), unlessEnded: true },
    ]);
  });

  test('say which row is broken when what must come does not: that of the script, or another', () => {
    const script = new PlanBuilder(facts, { row: 'FLOW-01-window-respected' });
    script.call(method).expect(emptyAnswer).expectOf('FLOW-03-resumes-on-credit', emptyAnswer);
    const on = { connection: 'main', stream: 1 };
    expect(script.build().expects).toEqual([
      { on, row: 'FLOW-01-window-respected', accepts: [emptyAnswer] },
      { on, row: 'FLOW-03-resumes-on-credit', accepts: [emptyAnswer] },
    ]);
  });

  test('a stream that is taken is no call’s', () => {
    const script = new PlanBuilder(facts);
    expect([script.takeStream(), script.takeStream('other'), script.takeStream()]).toEqual([1, 1, 3]);
    expect([script.call(method).stream, script.call(method, { on: 'other' }).stream]).toEqual([5, 3]);
    expect(script.build().calls).toHaveLength(2);
  });

  test('skip the streams that frames as they stand were left', () => {
    const script = new PlanBuilder(facts);
    expect(script.passStreams(5).nextStream()).toBe(7);
    expect(script.passStreams(8).nextStream()).toBe(9);
    // None is given twice.
    expect(script.passStreams(3).nextStream()).toBe(9);
  });

  test('what no answer is expected of is the connection', () => {
    const script = new PlanBuilder(facts);
    script.open().expectSubject([connectionError, recorded(ignored)]);
    expect(script.build().expects).toEqual([
      { on: { connection: 'main' }, accepts: [connectionError, recorded(ignored)] },
    ]);
  });

  test('a plan that was built does not change when the builder goes on', () => {
    const script = new PlanBuilder(facts);
    script.call(method);
    const early = script.build();
    const { steps, calls } = structuredClone(early);
    script.call(method);
    expect(early).toEqual({ steps, calls });
  });
});
