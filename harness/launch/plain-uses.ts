import { emptyAnswer, payloadOf, streamOfSizes, sumOfOctets } from '../grpc/outcome';
import { emptyCall, fullDuplexCall, streamingInputCall, streamingOutputCall, unaryCall } from '../grpc/test-service';
import { answersEmpty, answersStream, answersSum, answersUnary } from '../properties/checks/answers';
import type { PlainUse } from './talk';

/** Octets of the answer to the plain unary call. */
const plainAnswer = 271;
const plainUploads = [10, 20];
const plainUploaded = 30;
const plainAnswers = [31, 9];
const plainTurns = [5, 7];

const zeros = (length: number) => ({ length, seed: 0 });

/** The plain call of each kind of method of TestService; what its script expects is what its row is judged by. */
export const plainUses = {
  empty: {
    need: 'unary',
    about: 'the plain call of EmptyCall',
    write: (peer) => void peer.call(emptyCall()).expect(emptyAnswer),
    row: 'MSG-05-zero-length-message',
    input: { method: 'EmptyCall', payloads: [zeros(0)], cuts: [], stops: [], key: 'discovery' },
    check: answersEmpty,
  },
  unary: {
    need: 'unary',
    about: 'the plain call of UnaryCall',
    write: (peer) =>
      void peer
        .call(unaryCall({ responseSize: plainAnswer }), { acceptEncoding: 'identity,gzip' })
        .expect(payloadOf(plainAnswer)),
    row: 'RPC-01-unary',
    input: { payload: zeros(0), size: plainAnswer, cuts: [], stops: [] },
    check: (call) => answersUnary(call, plainAnswer),
  },
  'client-streaming': {
    need: 'client-streaming',
    about: 'the plain call of StreamingInputCall',
    write: (peer) =>
      void peer
        .call(streamingInputCall(plainUploads.map((length) => ({ payload: new Uint8Array(length) }))))
        .expect(sumOfOctets(plainUploaded)),
    row: 'RPC-02-client-streaming',
    input: { payloads: plainUploads.map(zeros), endStreamOnEmptyFrame: false },
    check: (call) => answersSum(call, plainUploaded),
  },
  'server-streaming': {
    need: 'server-streaming',
    about: 'the plain call of StreamingOutputCall',
    write: (peer) =>
      void peer
        .call(streamingOutputCall({ responses: plainAnswers.map((size) => ({ size })) }))
        .expect(streamOfSizes(plainAnswers)),
    row: 'RPC-03-server-streaming',
    input: { sizes: plainAnswers },
    check: (call) => answersStream(call, plainAnswers),
  },
  'bidirectional-streaming': {
    need: 'bidirectional-streaming',
    about: 'the plain call of FullDuplexCall',
    write: (peer) => {
      const duplex = fullDuplexCall(plainTurns.map((size) => ({ responses: [{ size }] })));
      const call = peer.begin(duplex).expect(streamOfSizes(plainTurns));
      // The first answer must come before the second question is asked: that is what makes it bidirectional.
      call.sendMessages(duplex.messages.slice(0, 1)).awaitMessages(1);
      call.sendMessages(duplex.messages.slice(1), { endStream: true }).awaitEnd();
    },
    row: 'RPC-04-bidi',
    input: {
      rounds: plainTurns.map((size, index) => ({ payload: zeros(0), responses: [size], await: index === 0 })),
      isLate: false,
    },
    check: (call) => answersStream(call, plainTurns),
  },
} as const satisfies Readonly<Record<string, PlainUse>>;
