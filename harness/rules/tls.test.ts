import { readConnection } from '../transcript/read-connection';
import type { TranscriptEvent } from '../transcript/transcript';
import { judgeTraffic } from './judge';

const rulesOf = (version: string, by: 'target' | 'client'): readonly string[] => {
  const events: readonly TranscriptEvent[] = [
    { kind: 'connected', at: 0, tls: { alpn: 'h2', version, cipher: 'any' } },
    { kind: 'received', at: 1, octets: Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0) },
    { kind: 'renegotiated', at: 2, by },
  ];
  return judgeTraffic([readConnection({ name: 'main', events })], []).violations.map(({ rule }) => rule);
};

test('a handshake that the target asks for is a violation; ours is judged where we ask', () => {
  expect(rulesOf('TLSv1.2', 'target')).toEqual(['TLS-05-no-renegotiation']);
  expect(rulesOf('TLSv1.2', 'client')).toEqual([]);
});
