import {
  answersStream,
  answersUnary,
  arb,
  callBreach,
  encodeMessage,
  endsWithStatus,
  fc,
  isRefusal,
  joinOctets,
  property,
  sendInReads,
  status,
  streamingOutputCall,
  unaryCall,
  type AnyProperty,
  type Breach,
  type Call,
} from '../../harness';

/** The cardinality of a request that must have one message. */
interface SurplusMessages {
  readonly isUnary: boolean;
  /** Size of the answer that each message asks for; no two alike. */
  readonly sizes: readonly number[];
}

/** How many messages a request may have. */
export const cardinality: readonly AnyProperty[] = [
  property({
    id: 'RPC-05-request-cardinality',
    generates: 'no message before the half-close, or 2 to 5 of them in one frame or in reads of their own',
    accepts: [
      'status UNIMPLEMENTED',
      'another refusal, with a warning',
      'the answer to the first of several messages, with a warning',
    ],
    needs: ['unary', 'server-streaming'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        isUnary: fc.boolean(),
        sizes: fc.oneof(
          fc.constant<readonly number[]>([]),
          fc.uniqueArray(fc.nat(100), { minLength: 2, maxLength: 5 }),
        ),
        isApart: fc.boolean(),
      }),
    examples: () =>
      [true, false].flatMap((isUnary) => [
        { isUnary, sizes: [], isApart: false },
        { isUnary, sizes: [1, 2], isApart: false },
        { isUnary, sizes: [1, 2], isApart: true },
      ]),
    labels: {
      'no message': ({ sizes }) => sizes.length === 0,
      'two messages': ({ sizes }) => sizes.length === 2,
      'several messages in one frame': ({ sizes, isApart }) => sizes.length > 1 && !isApart,
      'several messages in reads of their own': ({ sizes, isApart }) => sizes.length > 1 && isApart,
      'server-streaming': ({ isUnary }) => !isUnary,
    },
    // The end comes on an empty DATA frame where there is no message: END_STREAM on HEADERS is not for gRPC clients (gRPC over HTTP/2, Requests).
    script: (script, { isUnary, sizes, isApart }) => {
      const request = isUnary ? unaryCall() : streamingOutputCall({ responses: [] });
      const messages = sizes.map((size) => encodeMessage(messageFor(isUnary, size)));
      const ends = messages.map((_, index) => joinOctets(messages.slice(0, index + 1)).length);
      sendInReads(script, script.begin(request, { legal: false }), joinOctets(messages), {
        cuts: isApart ? ends.slice(0, -1) : [],
        stops: ends.map((_, index) => index),
      }).awaitEnd();
    },
    check: (seen, surplus) => judgeSurplus(seen.call(), surplus),
  }),
];

const noOctets = new Uint8Array(0);

/** Every error status: those that are not the right one are right in kind. */
const errors: readonly number[] = Object.values(status).filter((code) => code !== status.OK);

/** The message that asks a method with one for an answer of that size. */
const messageFor = (isUnary: boolean, size: number): Uint8Array =>
  (isUnary ? unaryCall({ responseSize: size }) : streamingOutputCall({ responses: [{ size }] })).messages[0] ??
  noOctets;

/** Libraries differ in the status, and in whether they look at what follows the first message at all (catalogue RPC-05): only a second run is a failure. */
function judgeSurplus(call: Call, { isUnary, sizes }: SurplusMessages): readonly Breach[] {
  const [first] = sizes;
  if (first !== undefined && call.status === status.OK) {
    const wrong = isUnary ? answersUnary(call, first) : answersStream(call, [first]);
    const served = callBreach(
      call,
      'status UNIMPLEMENTED',
      'the first of several messages is answered, the rest ignored',
    );
    return wrong.length > 0 ? wrong : [{ ...served, reaction: 'first message alone', severity: 'warn' }];
  }
  const breaches = endsWithStatus(call, [status.UNIMPLEMENTED], errors);
  return isRefusal(call) ? breaches.map((breach) => ({ ...breach, severity: 'warn' })) : breaches;
}
