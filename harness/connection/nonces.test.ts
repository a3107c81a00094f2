import { fillNonces, drawNonce, nonceLength, nonceMark } from './nonces';
import type { Step } from './script';

const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const headers = (value: string): Step => ({
  do: 'headers',
  on: 'main',
  stream: 1,
  fields: [
    { name: 'te', value: 'trailers' },
    { name: 'key', value },
  ],
  endStream: false,
});
const data = (text: string): Step => ({
  do: 'data',
  on: 'main',
  stream: 1,
  octets: octetsOf(text),
  endStream: true,
});
const flood = (text: string): Step => ({
  do: 'flood',
  on: 'main',
  frames: [
    { type: 0, flags: 0, streamId: 1, reserved: false, payload: octetsOf('nothing') },
    { type: 1, flags: 0, streamId: 1, reserved: false, payload: octetsOf(text) },
  ],
  times: 2,
  within: 'reply',
});
const marks = [nonceMark(0), nonceMark(1)] as const;
const nonces = ['a'.repeat(nonceLength), 'c'.repeat(nonceLength)] as const;
const [firstMark, secondMark] = marks;
const [first, second] = nonces;

test.each<[why: string, step: Step, filled: Step]>([
  ['a field value', headers(firstMark), headers(first)],
  ['a part of a field value, twice', headers(`<${firstMark},${firstMark}>`), headers(`<${first},${first}>`)],
  ['octets of DATA', data(`\n\u{14}${firstMark}`), data(`\n\u{14}${first}`)],
  ['octets of a flood', flood(`x${firstMark}`), flood(`x${first}`)],
  ['both marks', data(`${secondMark}${firstMark}${secondMark}`), data(`${second}${first}${second}`)],
])('%s is filled in', (_, step, filled) => {
  const left = [...nonces];
  expect(fillNonces({ steps: [step], nonces: marks }, () => left.shift() ?? '')).toEqual([filled]);
});

test('what has no mark stays the very same', () => {
  const steps = [
    headers('x'),
    data('y'),
    flood('z'),
    { do: 'pause', milliseconds: 1 },
  ] as const satisfies readonly Step[];
  const filled = fillNonces({ steps, nonces: marks });
  expect(filled).toHaveLength(steps.length);
  expect(filled.every((step, index) => step === steps[index])).toBe(true);
});

test('a mark that the script does not declare is octets like any other', () => {
  const steps = [headers(firstMark)];
  expect(fillNonces({ steps })).toBe(steps);
});

test('each play gets another, as long as the mark, of characters that take five bits each', () => {
  const drawn = Array.from({ length: 1000 }, drawNonce);
  expect(new Set(drawn).size).toBe(drawn.length);
  expect(drawn.filter((nonce) => !/^[012aceiost]{20}$/.test(nonce))).toEqual([]);
  expect(marks.map(({ length }) => length)).toEqual([nonceLength, nonceLength]);
});
