import { PlanBuilder } from '../../grpc/plan-builder';
import { emptyCall, fullDuplexCall, unaryCall } from '../../grpc/test-service';
import { plainCallOf } from './plain-call';

const facts = { authority: 'h:1', scheme: 'http', metadata: [{ name: 'x-run', value: '1' }] } as const;

function callOf(write: (script: PlanBuilder) => void) {
  const script = new PlanBuilder(facts);
  write(script);
  return plainCallOf(script.build());
}

test('a call with metadata and messages is plain', () => {
  const request = fullDuplexCall([{ responses: [] }, { payload: new Uint8Array(3), responses: [{ size: 1 }] }]);
  expect(callOf((script) => script.call(request, { metadata: [{ name: 'a-bin', value: 'AA' }] }))).toEqual({
    kind: request.kind,
    path: request.path,
    authority: 'h:1',
    metadata: [...facts.metadata, { name: 'a-bin', value: 'AA' }],
    messages: request.messages,
  });
});

test('what the engine adds afterwards does not count', () => {
  const call = callOf((script) => {
    script.call(emptyCall());
    const after = script.call(emptyCall(), { role: 'afterwards', awaitEnd: false });
    script.await({ see: 'end', stream: after.stream }, { optional: true });
    script.call(emptyCall(), { on: 'fresh', role: 'afterwards' });
  });
  expect(call?.path).toBe(emptyCall().path);
});

test.each<[string, (script: PlanBuilder) => void]>([
  ['two calls', (script) => (script.call(emptyCall()), script.call(emptyCall()))],
  ['a bystander', (script) => (script.call(emptyCall(), { role: 'bystander' }), script.call(emptyCall()))],
  ['a call that is not legal', (script) => script.call(emptyCall(), { legal: false })],
  ['no half-close', (script) => script.call(emptyCall(), { halfClose: false })],
  ['END_STREAM on HEADERS', (script) => script.call(emptyCall(), { endStream: true })],
  ['cut DATA', (script) => script.call(unaryCall(), { cuts: [1] })],
  ['padding', (script) => script.call(unaryCall(), { padLengths: [3] })],
  ['CONTINUATION', (script) => script.call(unaryCall(), { headerCuts: [3] })],
  ['a cut-off message', (script) => script.call(unaryCall(), { body: Uint8Array.of(0, 0, 0, 0, 9, 1) })],
  ['a compressed message', (script) => script.call(unaryCall(), { body: Uint8Array.of(1, 0, 0, 0, 0) })],
  ['a timeout', (script) => script.call(unaryCall(), { timeout: '1S' })],
  ['an encoding', (script) => script.call(unaryCall(), { encoding: 'gzip' })],
  [
    'another field list',
    (script) => script.call(unaryCall(), { fields: (fields) => fields.filter(({ name }) => name !== 'te') }),
  ],
  [
    'a field twice',
    (script) => script.call(unaryCall(), { fields: (fields) => [...fields, { name: 'te', value: 'trailers' }] }),
  ],
  ['a name in upper case', (script) => script.call(unaryCall(), { metadata: [{ name: 'X-A', value: '1' }] })],
  ['a stream id that no client begins with', (script) => script.call(unaryCall(), { stream: 3 })],
  ['a reset', (script) => script.call(unaryCall()).reset()],
  ['settings of its own', (script) => script.open({ settings: [] }).call(unaryCall())],
  ['a fence', (script) => (script.call(unaryCall()), script.fence())],
])('%s is not plain', (_name, write) => {
  expect(callOf(write)).toBeUndefined();
});
