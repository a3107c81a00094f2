import {
  arb,
  encodeUndecodable,
  endsWith,
  experiment,
  fc,
  status,
  streamingOutputCall,
  testServiceSchema,
  unaryCall,
  uploadCall,
  warned,
  type AnyProperty,
  type CallRequest,
  type OctetsSpec,
  type UndecodableMessage,
} from '../../harness';

const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** Methods with the type of their request. */
const types = {
  unary: 'grpc.testing.SimpleRequest',
  'server-streaming': 'grpc.testing.StreamingOutputCallRequest',
  'client-streaming': 'grpc.testing.StreamingInputCallRequest',
} as const;

type Kind = keyof typeof types;

interface Undecodable {
  readonly kind: Kind;
  /** Messages of an upload before it, with which nothing is wrong. */
  readonly before: readonly OctetsSpec[];
  readonly damaged: UndecodableMessage;
}

/** What every decoder refuses, whether it knows the field or not; over the other kinds decoders differ. */
const definite = ['truncated-varint', 'truncated-number', 'truncated-tag', 'overlong-length', 'wire-type'] as const;

const kindsOf = (offers: readonly string[]): readonly Kind[] =>
  (Object.keys(types) as readonly Kind[]).filter((kind) => offers.includes(kind));

function undecodableOf(kind: Kind): fc.Arbitrary<Undecodable> {
  return arb.record<Undecodable>({
    kind: fc.constant(kind),
    before: kind === 'client-streaming' ? arb.messages({ maxCount: 3, maxLength: 300 }) : fc.constant([]),
    damaged: arb.undecodable(testServiceSchema(), types[kind], { kinds: definite }),
  });
}

function requestOf({ kind, before, damaged }: Undecodable): CallRequest {
  const octets = encodeUndecodable(damaged);
  if (kind === 'client-streaming') {
    const { messages, ...upload } = uploadCall(before);
    return { ...upload, messages: [...messages, octets] };
  }
  return { ...(kind === 'unary' ? unaryCall() : streamingOutputCall({ responses: [] })), messages: [octets] };
}

const isDamaged =
  (...kinds: readonly string[]) =>
  ({ damaged }: Undecodable): boolean =>
    kinds.includes(damaged.damage.kind);

/** Messages that are whole, and mean nothing. */
export const undecodable: readonly AnyProperty[] = [
  experiment('MSG-12-undecodable-payload', {
    generates:
      'a message of the declared type that ends inside a varint, a number, a tag or a length, or has a wire type that does not exist; in an upload also behind others',
    accepts: ['status INTERNAL', 'another error status, with a warning'],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: ({ offers }) => fc.oneof(...kindsOf(offers).map(undecodableOf)),
    examples: ({ offers }) =>
      kindsOf(offers).flatMap((kind) =>
        ([{ kind: 'truncated-tag' }, { kind: 'overlong-length', number: 3, octets: 2, by: 1 }] as const).map(
          (damage): Undecodable => ({ kind, before: [], damaged: { value: [], inside: [], damage } }),
        ),
      ),
    labels: {
      'ends inside a varint or a tag': isDamaged('truncated-varint', 'truncated-tag'),
      'ends inside a number': isDamaged('truncated-number'),
      'a length past the end': isDamaged('overlong-length'),
      'a wire type that does not exist': isDamaged('wire-type'),
      'inside a message that it holds': ({ damaged: { inside } }) => inside.length > 0,
      'behind fields that are right': ({ damaged: { value } }) => value.length > 0,
    },
    script: (script, input) => {
      script.call(requestOf(input)).expect(endsWith(status.INTERNAL), warned(endsWith(...errors)));
    },
  }),
];
