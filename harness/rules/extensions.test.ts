import { data, headers, pushPromise, rawFrame, settings } from '../wire/builders';
import type { RawFrame } from '../wire/frame';
import { connectionPreface } from '../wire/preface';
import { settingIds } from '../wire/settings';
import {
  closed,
  draw,
  drawBare,
  happening,
  judgeConnection,
  received,
  request,
  rulesOf,
  sent,
  type Arrow,
} from './transcript.test-helper';

type Row = readonly [reason: string, arrows: readonly Arrow[], broken: readonly string[]];

const none = new Uint8Array(0);

/** What this file is about, of a connection with a request on stream 1. */
const broken = (...arrows: readonly Arrow[]): readonly string[] =>
  rulesOf(judgeConnection(draw(request(), ...arrows))).filter((rule) => rule.startsWith('FRAME-3'));

/** The same of one whose first SETTINGS are these. */
const brokenBy = (first: RawFrame, ...arrows: readonly Arrow[]): readonly string[] =>
  rulesOf(judgeConnection(drawBare(sent(connectionPreface, settings([])), received(first), ...arrows)));

const dirty = (frame: RawFrame): RawFrame => ({
  ...frame,
  payload: Uint8Array.from([...frame.payload.slice(0, -1), 7]),
});

describe('padding (FRAME-30)', () => {
  const padded = data(1, Uint8Array.of(1), { padLength: 3 });
  test.each<Row>([
    ['none', [received(data(1, Uint8Array.of(1)))], []],
    ['of no octets', [received(data(1, Uint8Array.of(1), { padLength: 0 }))], []],
    ['of zeros', [received(padded)], []],
    ['of DATA', [received(dirty(padded))], ['FRAME-30']],
    ['of HEADERS', [received(dirty(headers(1, none, { padLength: 2 })))], ['FRAME-30']],
    ['of PUSH_PROMISE', [received(dirty(pushPromise(1, 2, none, { padLength: 2 })))], ['FRAME-30']],
    ['nothing but padding', [received(dirty(data(1, none, { padLength: 4 })))], ['FRAME-30']],
    ['once for a connection', [received(dirty(padded), dirty(padded))], ['FRAME-30']],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('settings of extensions (FRAME-31)', () => {
  const of = (...entries: readonly (readonly [number, number])[]): RawFrame =>
    settings(entries.map(([id, value]) => ({ id, value })));
  test.each<[string, RawFrame, readonly Arrow[], readonly string[]]>([
    ['none', of(), [], []],
    ['all of 1', of([8, 1], [9, 1], [0xfe03, 1]), [], []],
    ['all of 0', of([8, 0], [9, 0], [0xfe03, 0]), [], []],
    ['0x8 above 1', of([8, 2]), [], ['FRAME-31']],
    ['0x8 comes later', of(), [received(of([8, 1]))], []],
    ['0x8 goes again', of([8, 1]), [received(of([8, 0]))], ['FRAME-31']],
    ['0x8 goes again after others', of([8, 1]), [received(of(), of([1, 4096])), received(of([8, 0]))], ['FRAME-31']],
    ['0x8 goes in the same frame', of([8, 1], [8, 0]), [], ['FRAME-31']],
    ['0x9 above 1', of([9, 2]), [], ['FRAME-31']],
    ['0x9 later', of(), [received(of([9, 1]))], ['FRAME-31']],
    ['0x9 later, as it was', of([9, 1]), [received(of([9, 1]))], []],
    ['0x9 changes', of([9, 1]), [received(of([9, 0]))], ['FRAME-31']],
    ['0x9 in two ways', of([9, 1], [9, 0]), [], ['FRAME-31']],
    ['0xfe03 above 1', of([0xfe03, 2]), [], ['FRAME-31 warn']],
    ['0xfe03 later', of(), [received(of([0xfe03, 1]))], ['FRAME-31 warn']],
    ['0xfe03 twice', of([0xfe03, 1], [0xfe03, 1]), [], ['FRAME-31 warn']],
    ['the worst of a frame', of([0xfe03, 2], [8, 2]), [], ['FRAME-31']],
  ])('%s', (_, first, arrows, want) => {
    expect(brokenBy(first, ...arrows)).toEqual(want);
  });
});

describe('frames of extensions (FRAME-32)', () => {
  const frame = (type: number, streamId: number): RawFrame => rawFrame({ type, streamId, payload: none });
  test.each<Row>([
    ['PRIORITY_UPDATE', [received(frame(0x10, 0))], ['FRAME-32']],
    ['ORIGIN of the connection', [received(frame(0x0c, 0))], ['FRAME-32 info']],
    ['ORIGIN of a stream', [received(frame(0x0c, 1))], ['FRAME-32']],
    ['ALTSVC', [received(frame(0x0a, 0))], ['FRAME-32 info']],
    ['what is recorded hides nothing', [received(frame(0x21, 0), frame(0x10, 0))], ['FRAME-32 info', 'FRAME-32']],
    ['each once', [received(frame(0x21, 0), frame(0x21, 0), frame(0x22, 0))], ['FRAME-32 info']],
  ])('%s', (_, arrows, want) => {
    expect(broken(...arrows)).toEqual(want);
  });
});

describe('the limit of streams (FRAME-33)', () => {
  const limit = (value: number): RawFrame => settings([{ id: settingIds.MAX_CONCURRENT_STREAMS, value }]);
  const waited = happening((at) => ({ kind: 'timeout', at, step: 1, waitedFor: 'room' }));
  test.each<[string, RawFrame, readonly Arrow[], readonly string[]]>([
    ['none', settings([]), [waited], []],
    ['100', limit(100), [waited], []],
    ['99', limit(99), [], ['FRAME-33 info']],
    ['1', limit(1), [], ['FRAME-33 info']],
    ['later ones are not looked at', settings([]), [received(limit(1))], []],
    ['0 for a short time', limit(0), [received(limit(100)), waited], []],
    ['0, and nobody waited', limit(0), [], []],
    ['0 for long', limit(0), [waited], ['FRAME-33 warn']],
    ['0 until the end', limit(0), [waited, closed('target')], []],
  ])('%s', (_, first, arrows, want) => {
    expect(brokenBy(first, ...arrows)).toEqual(want);
  });
});
