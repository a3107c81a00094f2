import type { Transcript } from '../transcript/transcript';
import { crashTranscript, failingTranscript } from './fixtures/run';
import { mostCaptured, writePcapng } from './pcapng';

const options = { startedAt: 1_700_000_000_000, application: 'grpc-conform 0.1.0', comment: 'MSG-02: ä' };

/** Blocks of a capture: type and body, with both lengths compared. */
function blocksOf(file: Uint8Array): readonly { readonly type: number; readonly body: DataView }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const found = [];
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    expect(length % 4).toBe(0);
    expect(view.getUint32(at + length - 4, true)).toBe(length);
    found.push({
      type: view.getUint32(at, true),
      body: new DataView(file.buffer, file.byteOffset + at + 8, length - 12),
    });
    at += length;
  }
  return found;
}

/** IPv4 packets with the time of each in microseconds. */
const packetsOf = (file: Uint8Array) =>
  blocksOf(file)
    .filter(({ type }) => type === 6)
    .map(({ body }) => ({
      at: Number((BigInt(body.getUint32(4, true)) << 32n) | BigInt(body.getUint32(8, true))),
      ip: new Uint8Array(body.buffer, body.byteOffset + 20, body.getUint32(12, true)),
    }));

/** The one's complement sum, which is all ones over a header that is right (RFC 1071). */
function sum(octets: Uint8Array, start = 0): number {
  let total = start;
  for (let at = 0; at < octets.length; at += 2) total += (octets[at]! << 8) + (octets[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

const octetsOf = (transcript: Transcript, kind: 'sent' | 'received'): readonly number[] =>
  transcript.connections.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === kind ? [...event.octets] : [])),
  );

describe('a capture of a transcript', () => {
  const file = writePcapng(failingTranscript, options);
  const packets = packetsOf(file);

  test('begins with a section and an interface of raw IP', () => {
    const [section, network] = blocksOf(file);
    expect([section?.type, section?.body.getUint32(0, true)]).toEqual([0x0a0d0d0a, 0x1a2b3c4d]);
    expect([network?.type, network?.body.getUint16(0, true)]).toEqual([1, 101]);
  });

  test('has every octet of both directions, in order, between a handshake and the end', () => {
    const said = (port: number): readonly number[] =>
      packets.flatMap(({ ip }) => (((ip[20]! << 8) | ip[21]!) === port ? [...ip.subarray(40)] : []));
    expect(said(80)).toEqual(octetsOf(failingTranscript, 'received'));
    expect(said(40_001)).toEqual(octetsOf(failingTranscript, 'sent'));
    expect(packets.map(({ ip }) => ip[33]).slice(0, 3)).toEqual([0x02, 0x12, 0x10]);
    expect(packets.at(-1)?.ip[33]).toBe(0x11);
  });

  test('has checksums that are right, and sequence numbers without a gap', () => {
    const next = new Map<number, number>();
    for (const { ip } of packets) {
      const view = new DataView(ip.buffer, ip.byteOffset, ip.length);
      expect(view.getUint16(2)).toBe(ip.length);
      expect(sum(ip.subarray(0, 20))).toBe(0xffff);
      expect(sum(ip.subarray(20), sum(ip.subarray(12, 20)) + 6 + ip.length - 20)).toBe(0xffff);
      const port = view.getUint16(20);
      const sequence = view.getUint32(24);
      expect(sequence).toBe(next.get(port) ?? 0);
      next.set(port, sequence + ip.length - 40 + ((ip[33]! & 3) === 0 ? 0 : 1));
    }
  });

  test('has the times of the run', () => {
    expect(packets[0]?.at).toBe(1_700_000_000_000_410);
    const times = packets.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('says beside the packets what is on no wire', () => {
    const text = Buffer.from(file).toString('utf8');
    expect(text).toContain('MSG-02: ä');
    expect(text).toContain('Step 2 of the script');
    expect(text).toContain('Closed by the target, with FIN');
    expect(Buffer.from(writePcapng(crashTranscript, options)).toString('utf8')).toContain(
      'step 3: the connection had closed',
    );
  });

  test('a connection that never was takes no packets', () => {
    const [, failed] = crashTranscript.connections;
    const none = writePcapng({ connections: failed === undefined ? [] : [failed], samples: {} }, options);
    expect(blocksOf(none).map(({ type }) => type)).toEqual([0x0a0d0d0a, 1]);
  });

  test('large writes become several segments, and the file has a bound', () => {
    const octets = new Uint8Array(mostCaptured);
    const flood: Transcript = {
      connections: [
        {
          name: 'main',
          events: [
            { kind: 'sent', at: 0, by: 0, octets },
            { kind: 'sent', at: 1, by: 0, octets },
          ],
        },
      ],
      samples: {},
    };
    const large = writePcapng(flood, options);
    expect(large.length).toBeLessThanOrEqual(mostCaptured);
    expect(large.length).toBeGreaterThan(mostCaptured - 70_000);
  });
});
