import { readConnection } from '../transcript/read-connection';
import type { ConnectionView } from '../transcript/connection-view';
import { continuation, data, goaway, headers, settings } from '../wire/builders';
import { encodeFrames } from '../wire/encode-frame';
import type { RawFrame } from '../wire/frame';
import { HpackEncoder, type FieldSpec } from '../wire/hpack/encoder';
import { decodeHuffmanStart } from '../wire/hpack/huffman';
import { latin1 } from '../wire/hpack/latin1';
import { joinOctets } from '../wire/join-octets';
import { connectionPreface } from '../wire/preface';
import { redactOctets } from './redact-octets';
import { hideSecrets, secretsOf } from './secrets';

const secret = 'Bearer t0p-s3cret/AB==';
const fields = [{ name: 'authorization', value: secret }];
const secrets = secretsOf(fields);

/** A connection on which a direction said these frames, after what opens it. */
function viewOf(direction: 'sent' | 'received', octets: Uint8Array): ConnectionView {
  const event = direction === 'sent' ? { kind: direction, at: 1, octets, by: 0 } : { kind: direction, at: 1, octets };
  return readConnection({ name: 'main', events: [{ kind: 'connected', at: 0 }, event] });
}

const opening = (direction: 'sent' | 'received'): Uint8Array =>
  joinOctets([direction === 'sent' ? connectionPreface : new Uint8Array(0), encodeFrames([settings([])])]);

function redacted(direction: 'sent' | 'received', frames: readonly RawFrame[]): ConnectionView {
  const octets = joinOctets([opening(direction), encodeFrames(frames)]);
  redactOctets(octets, secrets);
  const text = Buffer.from(octets).toString('latin1');
  expect(hideSecrets(text, secrets)).toBe(text);
  return viewOf(direction, octets);
}

const fieldsOf = (view: ConnectionView): readonly (readonly [string, string])[] =>
  view.packets.flatMap((packet) =>
    packet.kind === 'frame' && packet.block !== undefined
      ? packet.block.fields.map(({ name, value }) => [name, value] as const)
      : [],
  );

const ordinary: readonly FieldSpec[] = [
  { name: ':path', value: '/a.B/C' },
  { name: 'x-other', value: 'other' },
];

describe.each(['sent', 'received'] as const)('%s field blocks', (direction) => {
  test.each<[string, Partial<FieldSpec>]>([
    ['Huffman coded', { huffman: true }],
    ['as they stand', { huffman: false }],
    ['never indexed', { representation: 'never-indexed', huffman: true }],
    ['with a literal name', { nameIndex: 'literal', huffman: false }],
  ])('%s', (_name, spec) => {
    const encoder = new HpackEncoder();
    const block = encoder.encode([...ordinary, { name: 'authorization', value: secret, ...spec }, ...ordinary]);
    // Said again, by the dynamic table.
    const again = encoder.encode([...ordinary, { name: 'authorization', value: secret }]);
    const shown = fieldsOf(redacted(direction, [headers(1, block), headers(3, again)]));
    expect(shown).toHaveLength(8);
    expect(shown.map(([name]) => name).filter((name) => name === 'authorization')).toHaveLength(2);
    expect(shown.filter(([name]) => name === 'x-other').every(([, value]) => value === 'other')).toBe(true);
    expect(JSON.stringify(shown)).not.toMatch(/t0p|AB==/);
  });

  test('cut anywhere, padded', () => {
    const block = new HpackEncoder().encode([...ordinary, { name: 'authorization', value: secret, huffman: true }]);
    for (let at = 0; at <= block.length; at += 1) {
      const view = redacted(direction, [
        headers(1, block.subarray(0, at), { endHeaders: false, padLength: 3 }),
        continuation(1, block.subarray(at), { endHeaders: true }),
      ]);
      expect(fieldsOf(view).map(([name]) => name)).toEqual([':path', 'x-other', 'authorization']);
      expect(JSON.stringify(fieldsOf(view))).not.toContain('t0p');
    }
  });
});

test.each<[string, string]>([
  ['inside of another text', `no such token: ${secret}!`],
  ['without its scheme', `t0p-s3cret/AB== is unknown`],
  ['percent-encoded', encodeURIComponent(secret)],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['its beginning alone', 'Bearer t0p-s...'],
])('what a target echoes, %s', (_name, message) => {
  for (const huffman of [true, false]) {
    const block = new HpackEncoder().encode([
      { name: ':status', value: '200' },
      { name: 'grpc-message', value: message, huffman },
    ]);
    const shown = fieldsOf(redacted('received', [headers(1, block, { endStream: true })]));
    expect(shown[0]).toEqual([':status', '200']);
    expect(hideSecrets(JSON.stringify(shown), secrets)).toBe(JSON.stringify(shown));
    expect(shown[1]?.[1]).not.toBe(message);
  }
});

test('messages that are cut into DATA frames, between which others stand', () => {
  const echo = Buffer.from(`you said ${secret}`);
  const frames = [...echo].flatMap((octet) => [
    data(1, Uint8Array.of(octet), { padLength: 2 }),
    data(3, Buffer.from('x')),
  ]);
  const view = redacted('received', frames);
  const said = view.received.flatMap(({ frame }) =>
    frame.type === 'DATA' && frame.streamId === 1 ? [...frame.data] : [],
  );
  expect(Buffer.from(said).toString()).toBe(`you said ${'*'.repeat(secret.length)}`);
});

test.each<[string, Uint8Array]>([
  ['no HTTP/2 at all', Buffer.from(`HTTP/1.1 401 No\r\nx-echo: ${secret}\r\n\r\n`)],
  ['a frame whose length lies', joinOctets([Uint8Array.of(0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1), Buffer.from(secret)])],
  [
    'a block that ends early',
    encodeFrames([
      headers(1, new HpackEncoder().encode([{ name: 'x', value: secret, huffman: true }]).subarray(0, -1)),
    ]),
  ],
  ['nothing', new Uint8Array(0)],
])('%s', (_name, octets) => {
  const copy = octets.slice();
  redactOctets(copy, secrets);
  const text = Buffer.from(copy).toString('latin1');
  expect(copy).toHaveLength(octets.length);
  expect(hideSecrets(text, secrets)).toBe(text);
});

test('octets without a secret stay as they are', () => {
  const octets = encodeFrames([
    headers(1, new HpackEncoder().encode(ordinary)),
    data(1, Buffer.from('Bearer of news')),
  ]);
  const copy = octets.slice();
  redactOctets(copy, secrets);
  expect(copy).toEqual(octets);
});

describe('octets that end within a secret', () => {
  const secretOnly = 'Q0wertyZ1uiop2asdfg3hjkl';
  const own = secretsOf([{ name: 'x-key', value: secretOnly }]);
  /** What can be read of octets that were cut, in the field and in the message. */
  const left = (octets: Uint8Array): string => {
    redactOctets(octets, own, { end: true });
    const view = viewOf('received', octets);
    return `${latin1(octets)} ${JSON.stringify(fieldsOf(view))}`;
  };

  test.each<[string, readonly RawFrame[]]>([
    [
      'a field in Huffman coding',
      [headers(1, new HpackEncoder().encode([{ name: 'x', value: secretOnly, huffman: true }]))],
    ],
    [
      'a field as it stands',
      [headers(1, new HpackEncoder().encode([{ name: 'x', value: secretOnly, huffman: false }]))],
    ],
    ['a message', [data(1, Buffer.from(secretOnly))]],
    ['GOAWAY', [goaway(1, 2, Buffer.from(secretOnly))]],
  ])('%s', (_name, frames) => {
    const whole = joinOctets([opening('received'), encodeFrames(frames)]);
    for (let at = opening('received').length; at < whole.length; at += 1) {
      const octets = whole.slice(0, at);
      const said = left(octets);
      for (const piece of [secretOnly.slice(0, 4), secretOnly.slice(4, 8)]) expect(said).not.toContain(piece);
      expect(decodeHuffmanStart(octets.slice(opening('received').length + 9 + 4))).not.toContain(
        secretOnly.slice(0, 4),
      );
    }
  });
});
