import { data, goaway, ping } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { observe } from '../../grpc/observe';
import {
  happening,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  sent,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import type { Breach } from '../../rules/violation';
import { acknowledgesOnce, acknowledgesSoon, forgivesPings, judgeEnforcement } from './pings';

const octets = (octet: number): Uint8Array => new Uint8Array(8).fill(octet);
const asked = (octet: number): Arrow => sent(ping(octets(octet)));
const ack = (octet: number): Arrow => received(ping(octets(octet), { ack: true }));
const unasked = (octet: number): Arrow => sent(ping(octets(octet), { ack: true }));
const closed = happening((at) => ({ kind: 'closed', at, by: 'target', how: 'fin' }));
const away = (errorCode: number, text = ''): Arrow => received(goaway(0, errorCode, Buffer.from(text)));

const viewOf = (arrows: readonly Arrow[]) =>
  observe(
    { steps: [], calls: [planOf()] },
    { connections: [transcriptOf([...opening(), ...arrows])], samples: {} },
  ).connection();

const said = (breaches: readonly Breach[]) =>
  breaches.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`);

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['the PING alone', [unasked(1), asked(2), ack(2)], []],
  ['the ACK too', [unasked(1), ack(1), asked(2), ack(2)], ['PING ACK answered full']],
  ['the ACK with the octets of the PING', [unasked(2), ack(2), asked(2), ack(2)], ['PING ACK answered full']],
  ['not even the PING', [unasked(1), asked(2)], ['no PING ACK full']],
  ['by an error', [unasked(1), away(errorCodes.PROTOCOL_ERROR), closed], ['connection error warn']],
])('what nobody asked for is answered: %s', (_, arrows, want) => {
  expect(said(acknowledgesOnce(viewOf(arrows), [octets(1), octets(2)], octets(2)))).toEqual(want);
});

const mebibyte = received(data(1, new Uint8Array(1_048_576)));

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['at once', [asked(1), ack(1)], []],
  ['behind four MiB', [mebibyte, asked(1), mebibyte, mebibyte, mebibyte, mebibyte, ack(1), mebibyte], []],
  ['behind five', [asked(1), mebibyte, mebibyte, mebibyte, mebibyte, mebibyte, ack(1)], ['PING ACK behind DATA warn']],
  ['never', [asked(1), ack(2)], ['no PING ACK full']],
  ['nobody asked', [], []],
])('a PING is acknowledged %s', (_, arrows, want) => {
  const view = viewOf([request(), received(responseHeaders()), ...arrows]);
  expect(said(acknowledgesSoon(view, octets(1)))).toEqual(want);
});

const { ENHANCE_YOUR_CALM, NO_ERROR, PROTOCOL_ERROR } = errorCodes;
const three = [asked(1), ack(1), asked(2), ack(2), asked(3)];

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['as gRFC A8 says', [...three, away(ENHANCE_YOUR_CALM, 'too_many_pings'), closed], []],
  ['not at all', three, ['no enforcement info']],
  ['by another code', [...three, away(PROTOCOL_ERROR, 'too_many_pings'), closed], ['another error code full']],
  ['too early', [asked(1), away(ENHANCE_YOUR_CALM, 'too_many_pings'), closed], ['enforced too early full']],
  ['in other words', [...three, away(ENHANCE_YOUR_CALM, 'calm down'), closed], ['other debug data full']],
  ['in words alone', [...three, away(ENHANCE_YOUR_CALM, 'too_many_pings')], ['open full']],
  ['without a word', [...three, closed], ['closed full']],
])('a server defends itself %s', (_, arrows, want) => {
  expect(said(judgeEnforcement(viewOf(arrows)))).toEqual(want);
});

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['all', [asked(1), ack(1), asked(2), ack(2)], []],
  ['but one', [asked(1), ack(1), asked(2)], ['no PING ACK full']],
  ['until there are too many', [asked(1), ack(1), away(ENHANCE_YOUR_CALM)], ['PINGs not forgiven full']],
  ['until the connection ends in good order', [asked(1), ack(1), away(NO_ERROR)], []],
])('PINGs are forgiven: %s', (_, arrows, want) => {
  expect(said(forgivesPings(viewOf(arrows), 2))).toEqual(want);
});
