import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall } from '../grpc/test-service';
import { frameTypes, interpretFrame } from '../wire/frame';
import {
  outcomesOfReaction,
  plainFrame,
  reactionTo,
  sendRequestOn,
  sendStreamFrame,
  streamFrameTypes,
  streamPlaces,
  streamReactions,
  type StreamReaction,
} from './stream-frames';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;

const framesOf = (script: PlanBuilder) =>
  script.build().steps.flatMap((step) => (step.do === 'frame' ? [interpretFrame(step.frame)] : []));

test.each(streamFrameTypes.filter((type) => type !== 'HEADERS'))(
  '%s is one well-formed frame on its stream',
  (type) => {
    const script = new PlanBuilder(facts).open();
    sendStreamFrame(script, 7, plainFrame(type, { increment: 9, errorCode: 3 }));
    expect(framesOf(script)).toMatchObject([{ type, streamId: 7, raw: { type: frameTypes[type] } }]);
  },
);

test('HEADERS are those of a request, with what they are to carry', () => {
  const script = new PlanBuilder(facts).open();
  sendStreamFrame(script, 7, plainFrame('HEADERS', { endStream: true }), [{ name: 'x-late', value: 'a' }]);
  const step = script.build().steps.at(-1);
  expect(step).toMatchObject({ do: 'headers', stream: 7, endStream: true });
  expect(step?.do === 'headers' && step.fields.map(({ name }) => name)).toEqual(
    expect.arrayContaining([':path', 'te', 'x-late']),
  );
});

test('a request on any stream is no call, and leaves the ids of later calls alone', () => {
  const script = new PlanBuilder(facts).open();
  sendRequestOn(script, 4, emptyCall());
  expect(script.build().calls).toEqual([]);
  expect(script.nextStream()).toBe(1);
  expect(framesOf(script)).toMatchObject([{ type: 'DATA', streamId: 4, endStream: true }]);
});

test('every state says something of every frame, and PRIORITY is legal in each (RFC 9113 §5.1)', () => {
  for (const place of streamPlaces) {
    expect(Object.keys(streamReactions[place]).toSorted()).toEqual([...streamFrameTypes].toSorted());
    expect(streamReactions[place].PRIORITY).toBe('legal');
  }
});

test.each<[StreamReaction, readonly string[] | undefined]>([
  ['legal', ['open']],
  ['stream error', ['stream-error']],
  ['connection error', ['connection-error']],
  ['anything', undefined],
])('%s accepts %j', (reaction, want) => {
  expect(outcomesOfReaction(reaction)?.map(({ is }) => is)).toEqual(want);
});

test.each([
  ['half-closed', ['WINDOW_UPDATE', 'PRIORITY'], 'legal'],
  ['half-closed', ['WINDOW_UPDATE', 'DATA'], 'stream error'],
  ['completed', ['RST_STREAM', 'DATA'], 'anything'],
  ['idle', ['DATA', 'RST_STREAM'], 'connection error'],
  ['reset by us', [], 'legal'],
] as const)('%s with %j: %s', (place, types, want) => {
  expect(reactionTo(place, types)).toBe(want);
});
