import { data, goaway, rstStream, windowUpdate } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import {
  block,
  draw,
  fence,
  judge,
  message,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  trailersOnly,
  type Arrow,
} from './transcript.test-helper';

type Row = readonly [reason: string, arrows: readonly Arrow[], broken: readonly string[]];

const { NO_ERROR, CANCEL, INTERNAL_ERROR } = errorCodes;
const half = data(1, new Uint8Array(3));
const reset = (errorCode: number): Arrow => received(rstStream(1, errorCode));
const answer: readonly Arrow[] = [received(responseHeaders()), received(message()), received(trailers())];

describe('RST_STREAM(NO_ERROR) (EOS-10)', () => {
  test.each<Row>([
    ['after the end', [...answer, reset(NO_ERROR)], []],
    ['after Trailers-Only', [received(trailersOnly({ 'grpc-status': '5' })), reset(NO_ERROR)], []],
    ['without an answer', [reset(NO_ERROR)], ['EOS-10']],
    ['after an interim block', [received(block({ ':status': '103' })), reset(NO_ERROR)], ['EOS-10']],
    ['before the trailers', [received(responseHeaders(), message()), reset(NO_ERROR)], ['EOS-10']],
    ['after our own reset', [sent(rstStream(1, CANCEL)), reset(NO_ERROR)], []],
    ['after one of its own', [reset(INTERNAL_ERROR), reset(NO_ERROR)], []],
    ['behind GOAWAY with an error', [received(goaway(1, INTERNAL_ERROR)), reset(NO_ERROR)], []],
    ['behind GOAWAY without one', [received(goaway(1, NO_ERROR)), reset(NO_ERROR)], ['EOS-10']],
  ])('%s', (_, arrows, want) => {
    expect(judge(draw(request(), ...arrows))).toEqual(want);
  });
});

describe('RST_STREAM(CANCEL) (STATUS-15)', () => {
  const begun = received(responseHeaders(), message());
  test.each<Row>([
    ['between messages', [begun, reset(CANCEL)], ['STATUS-15']],
    ['before anything', [reset(CANCEL)], ['STATUS-15']],
    ['inside a message', [begun, received(half), reset(CANCEL)], []],
    ['another code', [begun, reset(INTERNAL_ERROR)], []],
    ['after the end', [...answer, reset(CANCEL)], []],
    ['after our own', [begun, sent(rstStream(1, CANCEL)), reset(CANCEL)], []],
  ])('%s', (_, arrows, want) => {
    expect(judge(draw(request(), ...arrows))).toEqual(want);
  });

  test('is right after a deadline, and not asked of what is no request', () => {
    expect(judge(draw(request(), begun, reset(CANCEL)), { hasDeadline: true })).toEqual([]);
    expect(judge(draw(request(), begun, reset(CANCEL)), { legal: false })).toEqual([]);
  });
});

describe('a stream that both sides have ended (STREAM-22)', () => {
  test.each<Row>([
    ['is silent', [fence(), ...answer], []],
    ['is reset with an error', [fence(), ...answer, reset(INTERNAL_ERROR)], ['STREAM-22']],
    ['is reset without one', [fence(), ...answer, reset(NO_ERROR)], ['STREAM-22 warn']],
    ['gets credit', [fence(), ...answer, received(windowUpdate(1, 5))], ['STREAM-22 warn']],
    ['gets credit before', [fence(), received(windowUpdate(1, 5)), ...answer], []],
    ['without a fence nobody knows', [...answer, reset(INTERNAL_ERROR)], []],
    ['nor with one after the end', [...answer, fence(), reset(INTERNAL_ERROR)], []],
    ['our credit disturbs nobody', [fence(), ...answer, sent(windowUpdate(1, 5)), reset(CANCEL)], ['STREAM-22']],
    ['our DATA does', [fence(), ...answer, sent(half), reset(errorCodes.STREAM_CLOSED)], []],
    ['so does our reset', [fence(), ...answer, sent(rstStream(1, CANCEL)), reset(CANCEL)], []],
  ])('%s', (_, arrows, want) => {
    expect(judge(draw(request(), ...arrows))).toEqual(want);
  });
});

describe('GOAWAY below an answer (KA-13)', () => {
  const on = { stream: 3 } as const;
  const away = received(goaway(1, NO_ERROR));
  const onlyStatus = (code: string): Arrow => received(trailersOnly({ 'grpc-status': code }, on));
  test.each<Row>([
    ['above all', [received(responseHeaders({}, on)), received(goaway(3, NO_ERROR))], []],
    ['below one that was not answered', [away], []],
    ['below Response-Headers', [received(responseHeaders({}, on)), away], ['KA-13']],
    ['below an interim block alone', [received(block({ ':status': '103' }, on)), away], []],
    ['below OK', [onlyStatus('0'), away], ['KA-13']],
    ['below an error of a handler', [onlyStatus('10'), away], ['KA-13']],
    ['below an error that a library gives', [onlyStatus('12'), away], ['KA-13 warn']],
    [
      'below a refusal by HTTP',
      [received(block({ ':status': '415' }, { ...on, endStream: true })), away],
      ['KA-13 warn'],
    ],
    ['below a reset alone', [received(rstStream(3, CANCEL)), away], []],
    ['the answer comes later', [away, onlyStatus('0')], ['KA-08']],
  ])('%s', (_, arrows, want) => {
    expect(judge(draw(request(), request(3), ...arrows))).toEqual(want);
  });
});
