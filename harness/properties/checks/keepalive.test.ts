import { observe } from '../../grpc/observe';
import {
  closed,
  happening,
  opening,
  planOf,
  received,
  sent,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import type { Breach } from '../../rules/violation';
import { goaway, ping } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { dropsTheMute, isEndedInOrder, keepsWhoAnswers, pingsAtAll } from './keepalive';

const asked = received(ping(new Uint8Array(8)));
const ack = sent(ping(new Uint8Array(8), { ack: true }));
const away = (errorCode: number): Arrow => received(goaway(0, errorCode));

/** Events in which nothing happens, a millisecond each. */
const pass = (milliseconds: number): readonly Arrow[] =>
  Array.from({ length: milliseconds }, () => happening((at) => ({ kind: 'timeout', at, step: 0, waitedFor: 'time' })));

const keepalive = { time: 100, timeout: 40 };

const viewOf = (arrows: readonly Arrow[]) =>
  observe(
    { steps: [], calls: [planOf()] },
    { connections: [transcriptOf([...opening(), ...arrows])], samples: {} },
  ).connection();

const said = (breaches: readonly Breach[]) =>
  breaches.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`);

const { NO_ERROR, ENHANCE_YOUR_CALM } = errorCodes;

test.each<[string, readonly Arrow[], boolean, readonly string[]]>([
  ['stays connected', [...pass(100), asked, ack, ...pass(40)], false, []],
  ['gets no PING', pass(300), false, ['no PING warn']],
  ['is dropped behind the ACK', [...pass(100), asked, ack, ...pass(40), closed('target')], false, ['closed full']],
  [
    'is told off',
    [...pass(100), asked, ack, away(ENHANCE_YOUR_CALM), closed('target')],
    true,
    ['GOAWAY ENHANCE_YOUR_CALM full'],
  ],
  ['gets its PING late, so that we or the machine were busy', [...pass(125), asked, ack, closed('target')], false, []],
  [
    'gets its PING late and is told off, which is no timeout',
    [...pass(125), asked, ack, away(ENHANCE_YOUR_CALM), closed('target')],
    false,
    ['GOAWAY ENHANCE_YOUR_CALM full'],
  ],
  ['gets its PING early, so that what came before it was late', [...pass(45), asked, ack, closed('target')], false, []],
  ['is dropped without a PING', [...pass(140), closed('target')], false, ['closed full']],
  ['is reset, so that a PING may be lost', [...pass(140), closed('target', 'reset')], false, []],
  ['is reset at once', [closed('target', 'reset')], false, ['reset full']],
  ['is told to go', [...pass(100), asked, ack, away(NO_ERROR), closed('target')], false, ['closed full']],
  ['is told to go where its time may be over', [...pass(100), asked, ack, away(NO_ERROR), closed('target')], true, []],
  ['has left itself', [...pass(100), asked, ack, closed('client')], false, []],
])('a client that answers %s', (_, arrows, mayEnd, want) => {
  expect(said(keepsWhoAnswers(viewOf(arrows), keepalive, mayEnd))).toEqual(want);
});

test.each<[string, readonly Arrow[], readonly string[], readonly string[]]>([
  ['dropped', [asked, closed('target')], [], []],
  ['kept', [asked], [], ['mute client kept warn']],
  ['never asked', [], ['no PING warn'], ['mute client kept warn']],
])('a client that is mute is %s', (_, arrows, pings, drops) => {
  expect(said(pingsAtAll(viewOf(arrows), keepalive))).toEqual(pings);
  expect(said(dropsTheMute(viewOf(arrows), keepalive))).toEqual(drops);
});

test('a connection is ended in order when the target says so, means no error by it, and closes', () => {
  expect(isEndedInOrder(viewOf([away(NO_ERROR), closed('target')]))).toBe(true);
  expect(isEndedInOrder(viewOf([away(NO_ERROR)]))).toBe(false);
  expect(isEndedInOrder(viewOf([closed('target')]))).toBe(false);
  expect(isEndedInOrder(viewOf([away(NO_ERROR), away(ENHANCE_YOUR_CALM), closed('target')]))).toBe(false);
});
