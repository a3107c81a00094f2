import { data, goaway, rstStream, windowUpdate } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { observe } from '../../grpc/observe';
import {
  block,
  closed,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import { isNotResetLate, isServedOnce, opensNothing, resetsNoReset } from './stream-states';

const octets = (count: number): Uint8Array => new Uint8Array(count);
const again = sent(block({ ':method': 'POST' }, { endStream: false }));
const answer = [received(responseHeaders()), received(trailers())];
const { STREAM_CLOSED, COMPRESSION_ERROR, CANCEL, NO_ERROR } = errorCodes;

const seenOf = (...arrows: readonly Arrow[]) =>
  observe({ steps: [], calls: [planOf()] }, { connections: [transcriptOf([...opening(), ...arrows])], samples: {} });

type Case = readonly [reason: string, arrows: readonly Arrow[], want: readonly string[]];

const reactions = (breaches: readonly { readonly reaction: string; readonly severity?: string }[]) =>
  breaches.map(({ reaction, severity = 'own' }) => `${severity} ${reaction}`);

test.each<Case>([
  ['nothing', [again], ['warn ignored']],
  ['an error of the stream', [again, received(rstStream(1, STREAM_CLOSED))], ['warn RST STREAM_CLOSED']],
  ['a connection error', [again, received(goaway(1, STREAM_CLOSED))], []],
  ['a close', [again, closed('target')], []],
  ['an answer', [again, ...answer], ['own answered']],
  ['an answer, and a connection error behind it', [again, ...answer, closed('target')], ['own answered']],
])('a stream that was used is opened again: %s', (_, arrows, want) => {
  expect(reactions(opensNothing(seenOf(request(), ...answer, ...arrows), 1, true))).toEqual(want);
});

test('a stream that nobody has used has no earlier answer', () => {
  expect(reactions(opensNothing(seenOf(request(), ...answer), 1, false))).toEqual(['own answered']);
  expect(reactions(opensNothing(seenOf(request(), ...answer), 3, false))).toEqual(['warn ignored']);
});

test.each<Case>([
  ['nothing more', [again], []],
  ['another answer', [again, received(responseHeaders())], ['own answered again']],
  ['an error', [again, received(rstStream(1, STREAM_CLOSED))], []],
  ['a lost table', [again, received(goaway(1, COMPRESSION_ERROR))], ['own GOAWAY COMPRESSION_ERROR']],
])('late frames behind a whole call: %s', (_, arrows, want) => {
  expect(reactions(isServedOnce(seenOf(request(), ...answer, ...arrows), 1, false))).toEqual(want);
});

test('what comes behind late frames on a stream that was reset is an answer only where a fence stood between', () => {
  const seen = seenOf(request(), sent(rstStream(1, CANCEL)), again, received(responseHeaders()));
  expect(isServedOnce(seen, 1, false)).toEqual([]);
  expect(reactions(isServedOnce(seen, 1, true))).toEqual(['own answered again']);
});

test.each<Case>([
  ['silence', [sent(rstStream(1, CANCEL))], []],
  ['RST_STREAM', [sent(rstStream(1, CANCEL)), received(rstStream(1, STREAM_CLOSED))], ['own RST STREAM_CLOSED']],
  ['RST_STREAM on another stream', [sent(rstStream(1, CANCEL)), received(rstStream(3, CANCEL))], []],
  ['RST_STREAM that came before', [received(rstStream(1, CANCEL)), sent(rstStream(1, CANCEL))], []],
  ['no reset of ours', [received(rstStream(1, CANCEL))], []],
])('RST_STREAM of ours: %s', (_, arrows, want) => {
  expect(reactions(resetsNoReset(seenOf(request(), ...arrows).connection(), 1))).toEqual(want);
});

test.each<Case>([
  ['nothing', [], []],
  ['an error', [received(rstStream(1, STREAM_CLOSED))], ['own RST STREAM_CLOSED late']],
  ['no error', [received(rstStream(1, NO_ERROR))], []],
])('WINDOW_UPDATE behind the answer: %s', (_, arrows, want) => {
  const seen = seenOf(request(), ...answer, sent(windowUpdate(1, 5)), ...arrows);
  expect(reactions(isNotResetLate(seen.call()))).toEqual(want);
});

test('DATA is an answer as well', () => {
  const seen = seenOf(request(), ...answer, again, received(data(1, octets(3))));
  expect(reactions(isServedOnce(seen, 1, false))).toEqual(['own answered again']);
});
