import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall, fullDuplexCall, unaryCall } from '../grpc/test-service';
import { plainCallOf } from './plain-call';

const facts = { authority: 'h:1', scheme: 'http', metadata: [{ name: 'x-run', value: '1' }] } as const;

function callOf(write: (peer: PlanBuilder) => void) {
  const peer = new PlanBuilder(facts);
  write(peer);
  return plainCallOf(peer.build());
}

test('a call with metadata and messages is plain', () => {
  const request = fullDuplexCall([{ responses: [] }, { payload: new Uint8Array(3), responses: [{ size: 1 }] }]);
  expect(callOf((peer) => peer.call(request, { metadata: [{ name: 'a-bin', value: 'AA' }] }))).toEqual({
    kind: request.kind,
    path: request.path,
    authority: 'h:1',
    metadata: [...facts.metadata, { name: 'a-bin', value: 'AA' }],
    messages: request.messages,
  });
});

test('what the engine adds afterwards does not count', () => {
  const call = callOf((peer) => {
    peer.call(emptyCall());
    const after = peer.call(emptyCall(), { role: 'afterwards', awaitEnd: false });
    peer.await({ see: 'end', stream: after.stream }, { optional: true });
    peer.call(emptyCall(), { on: 'fresh', role: 'afterwards' });
  });
  expect(call?.path).toBe(emptyCall().path);
});

test.each<[string, (peer: PlanBuilder) => void]>([
  ['two calls', (peer) => (peer.call(emptyCall()), peer.call(emptyCall()))],
  ['a bystander', (peer) => (peer.call(emptyCall(), { role: 'bystander' }), peer.call(emptyCall()))],
  ['a call that is not legal', (peer) => peer.call(emptyCall(), { legal: false })],
  ['no half-close', (peer) => peer.call(emptyCall(), { halfClose: false })],
  ['END_STREAM on HEADERS', (peer) => peer.call(emptyCall(), { endStream: true })],
  ['cut DATA', (peer) => peer.call(unaryCall(), { cuts: [1] })],
  ['padding', (peer) => peer.call(unaryCall(), { padLengths: [3] })],
  ['CONTINUATION', (peer) => peer.call(unaryCall(), { headerCuts: [3] })],
  ['a cut-off message', (peer) => peer.call(unaryCall(), { body: Uint8Array.of(0, 0, 0, 0, 9, 1) })],
  ['a compressed message', (peer) => peer.call(unaryCall(), { body: Uint8Array.of(1, 0, 0, 0, 0) })],
  ['a timeout', (peer) => peer.call(unaryCall(), { timeout: '1S' })],
  ['an encoding', (peer) => peer.call(unaryCall(), { encoding: 'gzip' })],
  [
    'another field list',
    (peer) => peer.call(unaryCall(), { fields: (fields) => fields.filter(({ name }) => name !== 'te') }),
  ],
  [
    'a field twice',
    (peer) => peer.call(unaryCall(), { fields: (fields) => [...fields, { name: 'te', value: 'trailers' }] }),
  ],
  ['a name in upper case', (peer) => peer.call(unaryCall(), { metadata: [{ name: 'X-A', value: '1' }] })],
  ['a reset', (peer) => peer.call(unaryCall()).reset()],
  ['settings of its own', (peer) => peer.open({ settings: [] }).call(unaryCall())],
  ['a fence', (peer) => (peer.call(unaryCall()), peer.fence())],
])('%s is not plain', (_name, write) => {
  expect(callOf(write)).toBeUndefined();
});
