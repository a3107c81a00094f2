import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import { readConnection } from '../../transcript/read-connection';
import type { TranscriptEvent } from '../../transcript/transcript';
import { doesNotHang, flightOf, handshakeOf, isServed, servesOver } from './handshakes';

const made: TranscriptEvent = {
  kind: 'connected',
  at: 0,
  tls: { alpn: 'h2', version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256' },
};
const failed = (errorName: string): TranscriptEvent => ({
  kind: 'connect-failed',
  at: 0,
  reason: 'because',
  errorName,
});
const closed: TranscriptEvent = { kind: 'closed', at: 1, by: 'target', how: 'fin' };

const callOf = (shape: Call['shape'], rest: Partial<Call> = {}): Call => ({
  plan: { connection: 'main', stream: 1, kind: 'unary', path: '/s/m', legal: true, role: 'subject' },
  shape,
  interim: 0,
  messages: [],
  rest: 0,
  dataOctets: 0,
  times: { opened: 1 },
  ...rest,
});

function seenOf(events: readonly TranscriptEvent[], calls: readonly Call[]): Observation {
  const view = readConnection({ name: 'main', events });
  return { calls, connections: [view], connection: () => view } as unknown as Observation;
}

const told = (breaches: ReturnType<typeof servesOver>): readonly string[] =>
  breaches.map(({ reaction, severity = 'full', mark = '' }) => `${reaction} ${severity} ${mark}`.trim());

test.each<[string, readonly TranscriptEvent[], Call, readonly string[], readonly string[]]>([
  ['it serves', [made], callOf('trailers-only', { status: 0 }), [], []],
  ['it answers as HTTP does', [made], callOf('http', { httpStatus: 421 }), [], []],
  ['it closes', [made, closed], callOf('closed'), ['connection closed full'], []],
  ['it says nothing', [made], callOf('open'), ['no end full'], ['no end full hang']],
  [
    'an alert',
    [failed('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')],
    callOf('open', { times: {} }),
    ['no TLS connection full'],
    [],
  ],
  [
    'no handshake',
    [failed('TLS_TIMEOUT')],
    callOf('open', { times: {} }),
    ['no end of the handshake full hang'],
    ['no end of the handshake full hang'],
  ],
  ['we cannot offer it', [failed('CANNOT_OFFER')], callOf('open', { times: {} }), ['not offered by us info'], []],
])('%s', (_, events, call, serving, hanging) => {
  expect(told(servesOver(seenOf(events, [call]), 'main', 'a call'))).toEqual(serving);
  expect(told(doesNotHang(seenOf(events, [call]), 'main', 'an end'))).toEqual(hanging);
});

test('a call that was never made is not served', () => {
  expect(isServed(callOf('normal'))).toBe(true);
  expect(isServed(callOf('normal', { times: {} }))).toBe(false);
  expect(isServed(callOf('reset'))).toBe(false);
});

test('a handshake that was made says what it agreed on', () => {
  expect(handshakeOf(readConnection({ name: 'main', events: [made] }))).toEqual({
    is: 'made',
    alpn: 'h2',
    version: 'TLSv1.2',
    suite: 'ECDHE-RSA-AES128-GCM-SHA256',
  });
});

test('what came in clear text is put together, and never read as frames', () => {
  const pieces = [Uint8Array.of(21, 3, 3), Uint8Array.of(0, 2, 2, 70)];
  const view = readConnection({
    name: 'hello',
    events: [
      { kind: 'connected', at: 0, clear: true },
      ...pieces.map((octets, at): TranscriptEvent => ({ kind: 'received', at: at + 1, octets })),
      { ...closed, at: 3 },
    ],
  });
  expect(view.received).toEqual([]);
  expect(flightOf(view)).toEqual({ alert: 70, isOther: false });
});
