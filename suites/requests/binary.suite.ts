import {
  anyEnd,
  arb,
  binaryValueOf,
  damagedBinaryOf,
  echoedInTrailers,
  echoTrailingName,
  encodeBinaryValue,
  endsWith,
  experiment,
  fc,
  fullDuplexCall,
  largestMetadata,
  latin1Of,
  mostAtOnce,
  payloadOf,
  rejected,
  settingValue,
  status,
  staysUp,
  streamOfSizes,
  unaryCall,
  warned,
  type AnyProperty,
  type BinaryDamageKind,
  type BinaryValue,
  type FieldSpec,
  type TargetFacts,
} from '../../harness';

/** How a value of a name follows the one before it: in the same field, or in one of its own. */
const joints = [',', ', ', 'another field'] as const;
type Joint = (typeof joints)[number];

interface JoinedValue {
  readonly value: BinaryValue;
  /** Of no meaning for the first. */
  readonly joint: Joint;
}

/** Fields of one name that hold these values, joined or apart. */
function fieldsOf(name: string, values: readonly JoinedValue[]): readonly FieldSpec[] {
  const written: string[] = [];
  for (const { value, joint } of values) {
    const last = written.pop();
    if (last === undefined) written.push(binaryValueOf(value));
    else if (joint === 'another field') written.push(last, binaryValueOf(value));
    else written.push(`${last}${joint}${binaryValueOf(value)}`);
  }
  return written.map((value) => ({ name, value }));
}

const isJoined = (values: readonly JoinedValue[]): boolean =>
  values.slice(1).some(({ joint }) => joint !== 'another field');

const joinedValue = (joint: Joint, padding: boolean, length: number): JoinedValue => ({
  value: { octets: { length, seed: length }, padding },
  joint,
});

/** GRPC_ALLOW_TRUE_BINARY_METADATA (gRFC G1). */
const trueBinarySetting = 0xfe03;

const takesTrueBinary = ({ settings }: TargetFacts): boolean => settingValue(settings, trueBinarySetting) === 1;

/** Octets that something on the way may take for something else: ends, separators, blanks, what base64 writes as + or /. */
const suspicious = [0x00, 0x2c, 0xff, 0x0a, 0x0d, 0x20, 0x3d, 0x2b, 0x2f, 0xfb, 0xef, 0xbe, 0x80, 0x7f];

/** Octets that repeat. */
interface Repeated {
  readonly unit: readonly number[];
  readonly times: number;
}

const octetsOfRepeated = ({ unit, times }: Repeated): Uint8Array =>
  Uint8Array.from({ length: unit.length * times }, (_, index) => unit[index % unit.length] ?? 0);

/** Octets of values that fit beside the rest of a request, their base64 twice: it is echoed. */
const longestValue = (facts: TargetFacts): number => Math.min(3000, Math.floor(largestMetadata(facts) / 2));

/** What Binary-Headers mean. */
export const binary: readonly AnyProperty[] = [
  experiment('REQ-27-bin-comma-split', {
    generates:
      'two to five binary values of 1 to 40 octets, each padded or not, joined by commas with and without a blank or in fields of their own, echoed by the handler',
    accepts: [
      'status OK with the same octets as several values',
      'the first value alone, recorded as info',
      'a refusal of a blank after the comma, with a warning',
    ],
    needs: ['metadata'],
    effort: 0.6,
    borrows: ['before', 'fields', 'ending', 'arrival'],
    arbitrary: () => {
      const value = arb.binaryValue({ minLength: 1, maxLength: 40 });
      const joint = fc.oneof(
        { arbitrary: fc.constantFrom<Joint>(',', ', '), weight: 3 },
        { arbitrary: fc.constant<Joint>('another field'), weight: 1 },
      );
      return arb.record({ values: arb.list(arb.record<JoinedValue>({ value, joint }), { minCount: 2, maxCount: 5 }) });
    },
    examples: () => [
      { values: [joinedValue(',', false, 3), joinedValue(',', false, 3)] },
      { values: [joinedValue(',', true, 1), joinedValue(',', true, 2)] },
      { values: [joinedValue(',', true, 1), joinedValue(', ', false, 2), joinedValue(',', true, 4)] },
      { values: [joinedValue(',', false, 1), joinedValue('another field', false, 2), joinedValue(',', false, 4)] },
    ],
    labels: {
      'padding before a comma': ({ values }) =>
        values.slice(1).some(({ joint }, index) => joint !== 'another field' && isPadded(values[index])),
      'no padding before a comma': ({ values }) =>
        values.slice(1).some(({ joint }, index) => joint !== 'another field' && !isPadded(values[index])),
      'a blank after a comma': ({ values }) => values.slice(1).some(({ joint }) => joint === ', '),
      'joined values beside fields of their own': ({ values }) =>
        isJoined(values) && values.slice(1).some(({ joint }) => joint === 'another field'),
      'more than two values in one field': ({ values }) => values.length > 2 && isJoined(values),
    },
    script: (script, { values }) => {
      // gRPC joins by a comma alone; that a blank may follow it is HTTP's rule for lists (RFC 9110 §5.3).
      const hasBlank = values.slice(1).some(({ joint }) => joint === ', ');
      const blank = hasBlank ? [warned(rejected)] : [];
      script
        .call(unaryCall(), { metadata: fieldsOf(echoTrailingName, values), legal: !hasBlank })
        .expect(endsWith(status.OK), ...blank)
        .expect(echoedInTrailers(values.map(({ value }) => binaryValueOf(value))), ...blank);
    },
  }),

  experiment('REQ-28-bin-invalid-base64', {
    generates:
      'a unary request with a binary field that is no base64: illegal characters, the URL-safe alphabet, a tail of one character, spare bits, whitespace or padding where there may be none; beside another call where there can be one',
    accepts: [anyEnd, 'a connection that stays open', 'the answers of the call beside it'],
    needs: ['unary'],
    effort: 0.4,
    borrows: ['fields', 'arrival'],
    arbitrary: () => arb.record({ value: arb.damagedBinary(), isEchoed: fc.boolean() }),
    examples: () =>
      (
        ['illegal character', 'URL-safe alphabet', 'spare bits', 'one character too many', 'inner whitespace'] as const
      ).flatMap((kind) =>
        [false, true].map((isEchoed) => ({ value: { octets: { length: 6, seed: 1 }, kind, at: 2 }, isEchoed })),
      ),
    labels: {
      'a field that the handler reads': ({ isEchoed }) => isEchoed,
      'characters of another alphabet': ({ value }) => isOfKind(value, 'illegal character', 'URL-safe alphabet'),
      'octets that do not come out even': ({ value }) => isOfKind(value, 'one character too many', 'spare bits'),
      'padding in the wrong place': ({ value }) =>
        isOfKind(value, 'padding too much', 'inner padding', 'padding alone'),
      'whitespace inside': ({ value }) => isOfKind(value, 'inner whitespace'),
    },
    script: (script, { value, isEchoed }, facts) => {
      const name = isEchoed ? echoTrailingName : 'x-damaged-bin';
      const others = fullDuplexCall([5, 7].map((size) => ({ responses: [{ size }] })));
      const hasOther = facts.offers.includes('bidirectional-streaming') && mostAtOnce(facts, 2) === 2;
      const other = hasOther ? script.begin(others, { role: 'bystander' }) : undefined;
      other?.sendMessages(others.messages.slice(0, 1)).awaitMessages(1);
      const metadata = [{ name, value: damagedBinaryOf(value) }];
      script.call(unaryCall({ responseSize: 3 }), { metadata, legal: false }).expect(anyEnd);
      other
        ?.sendMessages(others.messages.slice(1), { endStream: true })
        .awaitEnd()
        .expect(streamOfSizes([5, 7]));
      script.expectConnection([staysUp]);
    },
  }),

  experiment('REQ-29-bin-values-opaque', {
    generates:
      'binary values of up to 3,000 octets, NUL, comma, 0xff, blanks and line ends among them, as base64 and, where the target has announced that it takes it, as they are, echoed by the handler',
    accepts: ['status OK with the same octets in the trailers, as base64'],
    needs: ['metadata'],
    borrows: ['before', 'fields', 'ending', 'arrival'],
    arbitrary: (facts) => {
      const octet = fc.oneof(fc.constantFrom(...suspicious), fc.integer({ min: 0, max: 0xff }));
      return arb.record({
        value: fc
          .record({
            unit: arb.list(octet, { minCount: 1, maxCount: 48 }),
            times: arb.boundaryInteger({ min: 1, max: 1000, boundaries: [2, 3, 64, 256] }),
          })
          .map(({ unit, times }): Repeated => ({
            unit,
            times: Math.max(1, Math.min(times, Math.floor(longestValue(facts) / unit.length))),
          })),
        padding: fc.boolean(),
        isRaw: takesTrueBinary(facts) ? fc.boolean() : fc.constant(false),
      });
    },
    examples: (facts) =>
      [[0], [0x2c], [0xff], [0x0d, 0x0a], [0xfb, 0xff, 0xbf, 0xef]].flatMap((unit) =>
        [1, Math.min(300, longestValue(facts))].map((times) => ({
          value: { unit, times: Math.max(1, Math.floor(times / unit.length)) },
          padding: false,
          isRaw: takesTrueBinary(facts) && times === 1,
        })),
      ),
    labels: {
      'an octet of 0': ({ value }) => value.unit.includes(0),
      'a comma': ({ value }) => value.unit.includes(0x2c),
      'an octet of 0xff': ({ value }) => value.unit.includes(0xff),
      'a line end': ({ value }) => value.unit.includes(0x0a) || value.unit.includes(0x0d),
      'more than 255 octets': ({ value }) => value.unit.length * value.times > 255,
      'base64 with + and /': ({ value }) => {
        const text = encodeBinaryValue(octetsOfRepeated(value));
        return text.includes('+') && text.includes('/');
      },
    },
    script: (script, { value, padding, isRaw }) => {
      const octets = octetsOfRepeated(value);
      const written = isRaw ? `\0${latin1Of(octets)}` : encodeBinaryValue(octets, { padding });
      script
        .call(unaryCall({ responseSize: 3 }), { metadata: [{ name: echoTrailingName, value: written }] })
        .expect(payloadOf(3))
        .expect(echoedInTrailers([encodeBinaryValue(octets)]));
    },
  }),
];

const isPadded = (one: JoinedValue | undefined): boolean => one !== undefined && binaryValueOf(one.value).endsWith('=');

const isOfKind = ({ kind }: { readonly kind: BinaryDamageKind }, ...kinds: readonly BinaryDamageKind[]): boolean =>
  kinds.includes(kind);
