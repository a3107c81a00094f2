import {
  arb,
  damageGzip,
  encodeMessage,
  endsWith,
  experiment,
  fc,
  gzip,
  gzipDamageKinds,
  gzippedCallOfLength,
  joinOctets,
  mostAtOnce,
  payloadOf,
  recorded,
  staysSmall,
  status,
  streamError,
  sumOf,
  sumOfOctets,
  unaryCall,
  warned,
  type AnyProperty,
  type Graded,
  type GzipDamage,
  type OctetsSpec,
  type PlanBuilder,
} from '../../harness';
import { acceptEncoding, answerTo, errors, flaggedCall, maybeUpload, type Flagged } from './shared';

/** A member that is damaged, or `second-member`: another member behind it, which is legal (RFC 1952 §2.2). */
type Damage = GzipDamage | { readonly kind: 'second-member' };

interface Damaged {
  readonly message: Flagged;
  readonly level: number;
  readonly damage: Damage;
}

/** Octets that both members together ask for: the field of the second one counts. */
const secondSize = 5;

const mebibyte = 1024 * 1024;

/** Octets of the largest bomb once it is inflated. */
const largestBomb = 64 * mebibyte;

/** What gRPC libraries take unless told otherwise. Octets. */
const usualLimit = 4 * mebibyte;

/** What may come of a request with that damage. */
function outcomesOf({ message, damage }: Damaged): readonly Graded[] {
  // Clients make INTERNAL of most streams that are reset (gRPC over HTTP/2, Errors).
  const refused = [endsWith(status.INTERNAL), warned(endsWith(...errors)), warned(streamError)];
  switch (damage.kind) {
    case 'second-member':
      return [payloadOf(secondSize), ...refused];
    // Nothing is lost where nothing was, or where what was not asked for is passed over.
    case 'nothing':
      return [...refused, recorded(emptied(message))];
    case 'junk':
      return [...refused, warned(answerTo(message))];
    default:
      return refused;
  }
}

/** The answer to the request when its flagged message has no octets. */
function emptied({ payloads, isUpload, at }: Flagged) {
  if (!isUpload) return payloadOf(0);
  return sumOfOctets(sumOf(payloads) - (payloads[at % payloads.length]?.length ?? 0));
}

/** The octets in place of the flagged message. */
function compressWrongly(octets: Uint8Array, { level, damage }: Damaged): Uint8Array {
  const member = gzip(octets, { level });
  if (damage.kind !== 'second-member') return damageGzip(member, damage);
  const [more = new Uint8Array(0)] = unaryCall({ responseSize: secondSize }).messages;
  return joinOctets([member, gzip(more, { level })]);
}

const kindsOf =
  (...kinds: readonly Damage['kind'][]) =>
  ({ damage }: Damaged): boolean =>
    kinds.includes(damage.kind);

/** Bombs of that many octets, all at once. */
function dropBombs(
  script: PlanBuilder,
  on: string,
  { length, count }: { readonly length: number; readonly count: number },
) {
  const { request, octets } = gzippedCallOfLength(length);
  const calls = Array.from({ length: count }, () =>
    script.call(request, {
      on,
      body: encodeMessage(octets, { compressedFlag: 1 }),
      encoding: 'gzip',
      acceptEncoding,
      awaitEnd: false,
    }),
  );
  for (const call of calls) {
    call.awaitEnd().expect(endsWith(status.RESOURCE_EXHAUSTED), warned(endsWith(...errors)), warned(payloadOf(0)));
  }
}

/** Compressed octets that mean harm, by mistake or on purpose. */
export const damage: readonly AnyProperty[] = [
  experiment('COMP-09-corrupt-compressed-data', {
    generates:
      'a gzip message with one bit flipped in its header, contents, check sum or size, cut short, of no octets, of something else, with junk behind it, and with another member behind it; alone or among others',
    accepts: [
      'status INTERNAL',
      'another error status, or a stream error, with a warning',
      'status OK with what both members say together',
      'status OK with the answer to the right message where junk was behind it, with a warning',
      'status OK with the answer to an empty message where it had no octets, recorded as info',
    ],
    needs: ['gzip', 'unary'],
    arbitrary: ({ offers }) =>
      fc
        .record(
          {
            payloads: arb.list(
              fc.oneof(
                arb.message({ minLength: 1, maxLength: 2000 }),
                fc.integer({ min: 1, max: 2000 }).map((length): OctetsSpec => ({ length, seed: 0 })),
              ),
              { minCount: 1, maxCount: 3 },
            ),
            isUpload: maybeUpload(offers),
            at: fc.nat(2),
            level: fc.constantFrom(6, 0, 1, 9),
            damage: fc.oneof(
              { arbitrary: arb.gzipDamage(), weight: gzipDamageKinds.length },
              { arbitrary: fc.constant<Damage>({ kind: 'second-member' }), weight: 1 },
            ),
          },
          { noNullPrototype: true },
        )
        .map(({ payloads, isUpload, at, level, damage: wrong }) => ({
          // Only a unary call shows what became of the second member.
          message: { payloads, isUpload: isUpload && wrong.kind !== 'second-member', at },
          level,
          damage: wrong,
        })),
    examples: ({ offers }) => {
      const message = { payloads: [{ length: 300, seed: 1 }], isUpload: false, at: 0 };
      const damages: readonly Damage[] = [
        { kind: 'check-sum', bit: 0 },
        { kind: 'size', bit: 0 },
        { kind: 'contents', bit: 2100 },
        { kind: 'truncated', drop: 1 },
        { kind: 'truncated', drop: 8 },
        { kind: 'truncated', drop: 200 },
        { kind: 'no-member', octets: { length: 30, seed: 1 } },
        { kind: 'nothing' },
        { kind: 'junk', octets: { length: 9, seed: 1 } },
        { kind: 'second-member' },
      ];
      return damages.map((wrong, index) => ({
        message: {
          ...message,
          isUpload: index % 2 === 1 && wrong.kind !== 'second-member' && offers.includes('client-streaming'),
        },
        level: 6,
        damage: wrong,
      }));
    },
    labels: {
      'a bit of the contents': kindsOf('contents'),
      'a bit of the check sum': kindsOf('check-sum'),
      'a bit of the size': kindsOf('size'),
      'cut short': kindsOf('truncated'),
      'no octets, or others': kindsOf('nothing', 'no-member', 'header'),
      'junk behind it': kindsOf('junk'),
      'a second member': kindsOf('second-member'),
      'a client-streaming call': ({ message }, { offers }) => message.isUpload || !offers.includes('client-streaming'),
    },
    script: (script, input) => {
      const { request, body } = flaggedCall(input.message, (octets) => compressWrongly(octets, input));
      script.call(request, { body, encoding: 'gzip', acceptEncoding }).expect(...outcomesOf(input));
    },
  }),

  experiment('COMP-11-decompression-bomb', {
    generates:
      'gzip messages that inflate to one octet above the limit, to 16 MiB and to 64 MiB of zeros, several side by side',
    accepts: [
      'status RESOURCE_EXHAUSTED',
      'another error status, or status OK, with a warning',
      'memory that does not grow with what they inflate to (where it can be read: with --exec)',
    ],
    needs: ['gzip', 'unary', 'message-limit'],
    exceeds: ['message'],
    lane: 'exclusive',
    effort: 0.04,
    arbitrary: (facts) =>
      arb.record({
        excess: fc.constantFrom(1, 2, 12 * mebibyte, largestBomb),
        count: fc.integer({ min: 1, max: mostAtOnce(facts, 8) }),
      }),
    examples: (facts) => [
      { excess: 1, count: mostAtOnce(facts, 2) },
      { excess: largestBomb, count: mostAtOnce(facts, 8) },
    ],
    labels: {
      'one octet above the limit': ({ excess }) => excess === 1,
      'far above the limit': ({ excess }) => excess > mebibyte,
      'several side by side': ({ count }, facts) => count > 1 || mostAtOnce(facts, 2) < 2,
    },
    script: (script, { excess, count }, { messageLimit = usualLimit }) => {
      const length = Math.max(messageLimit + 1, Math.min(messageLimit + excess, largestBomb));
      dropBombs(script, 'warm', { length: messageLimit + 1, count });
      script.sampleMemory('warm');
      dropBombs(script, 'main', { length, count });
      script.sampleMemory('bombed');
    },
    check: (seen) => staysSmall(seen.transcript, { from: 'warm', to: 'bombed', because: 'what a message inflates to' }),
  }),
];
