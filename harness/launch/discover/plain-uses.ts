import { emptyCall, fullDuplexCall, streamingInputCall, streamingOutputCall, unaryCall } from '../../grpc/test-service';
import type { PlainUse } from './talk';

/** Octets of the answer to the plain unary call. */
const plainAnswer = 271;
const plainUploads = [10, 20];
const plainUploaded = plainUploads.reduce((sum, length) => sum + length, 0);
const plainAnswers = [31, 9];
const plainTurns = [5, 7];

const zeros = (length: number) => ({ length, seed: 0 });

/** The plain call of each kind of method of TestService. */
export const plainUses = {
  empty: {
    need: 'unary',
    about: 'the plain call of EmptyCall',
    write: (script) => script.call(emptyCall()),
    answer: { of: 'empty' },
    row: 'MSG-05-zero-length-message',
    input: { method: 'EmptyCall', payloads: [zeros(0)], cuts: [], stops: [], key: 'discovery' },
  },
  unary: {
    need: 'unary',
    about: 'the plain call of UnaryCall',
    write: (script) => script.call(unaryCall({ responseSize: plainAnswer }), { acceptEncoding: 'identity,gzip' }),
    answer: { of: 'payload', octets: plainAnswer },
    row: 'RPC-01-unary',
    input: { payload: zeros(0), size: plainAnswer, cuts: [], stops: [] },
  },
  'client-streaming': {
    need: 'client-streaming',
    about: 'the plain call of StreamingInputCall',
    write: (script) =>
      script.call(streamingInputCall(plainUploads.map((length) => ({ payload: new Uint8Array(length) })))),
    answer: { of: 'sum', octets: plainUploaded },
    row: 'RPC-02-client-streaming',
    input: { payloads: plainUploads.map(zeros), endStreamOnEmptyFrame: false },
  },
  'server-streaming': {
    need: 'server-streaming',
    about: 'the plain call of StreamingOutputCall',
    write: (script) => script.call(streamingOutputCall({ responses: plainAnswers.map((size) => ({ size })) })),
    answer: { of: 'stream', sizes: plainAnswers },
    row: 'RPC-03-server-streaming',
    input: { sizes: plainAnswers },
  },
  'bidirectional-streaming': {
    need: 'bidirectional-streaming',
    about: 'the plain call of FullDuplexCall',
    write: (script) => {
      const duplex = fullDuplexCall(plainTurns.map((size) => ({ responses: [{ size }] })));
      const call = script.begin(duplex);
      // The first answer must come before the second question is asked: that is what makes it bidirectional.
      call.sendMessages(duplex.messages.slice(0, 1)).awaitMessages(1);
      return call.sendMessages(duplex.messages.slice(1), { endStream: true }).awaitEnd();
    },
    answer: { of: 'stream', sizes: plainTurns },
    row: 'RPC-04-bidi',
    input: {
      rounds: plainTurns.map((size, index) => ({ payload: zeros(0), responses: [size], await: index === 0 })),
      isLate: false,
    },
  },
} as const satisfies Readonly<Record<string, PlainUse>>;
