import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { data } from '../../../wire/builders';
import { anyCall, atEnd, rarely } from './answer-operators';
import { isOf } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { isTrailers, onMessages, onMessagesOf } from './operators';

const twice = (message: Uint8Array): readonly Uint8Array[] => [message, message];

/** The messages of answers: their prefixes, and how many there are. */
export const responseBodyMutants: readonly Mutant[] = [
  ...mutantsOf('MSG-13-response-framing', {
    'flag-2': {
      says: 'Compressed-Flag of answers is 2',
      provokedBy: anyCall,
      ...onMessages((message) => [Buffer.concat([Uint8Array.of(2), message.subarray(1)])]),
    },
    ...rarely(
      'web-trailers',
      {
        says: 'Before the trailers there is a message with flag 0x80, as gRPC-Web has it',
        provokedBy: anyCall,
        outbound: {
          section: (section) =>
            isTrailers(section)
              ? [
                  data(section.streamId, encodeMessage(Buffer.from('grpc-status:0\r\n'), { compressedFlag: 0x80 })),
                  section,
                ]
              : [section],
        },
      },
      ['later', 'beside', 'after-refusal'],
    ),
    'left-over': {
      says: 'The last octet of an answer of one message is lost',
      provokedBy: ['RPC-01', 'RESP-01'],
      seams: onMessagesOf(isOf('UnaryCall', 'StreamingInputCall'), (message) => [message.subarray(0, -1)]),
    },
    'prefix-alone': {
      says: 'A prefix without a message goes before the trailers after three messages',
      provokedBy: ['RPC-03', 'TRAIL-03', 'RPC-04'],
      seams: atEnd((section, messages) =>
        messages >= 3 && isTrailers(section)
          ? [data(section.streamId, Uint8Array.of(0, 0, 0, 0, 9)), section]
          : [section],
      ),
    },
  }),
  ...mutantsOf('RPC-06-response-cardinality', {
    none: {
      says: 'A unary call that ends with OK has no message when its message is empty',
      provokedBy: ['RPC-01', 'MSG-05', 'RESP-01'],
      ...onMessages((message) => (message.length <= 5 ? [] : [message])),
    },
    'two-of-unary': {
      says: 'The answer to a unary call comes twice',
      provokedBy: ['RPC-01', 'RESP-01'],
      seams: onMessagesOf(isOf('UnaryCall', 'EmptyCall'), twice),
    },
    'two-of-upload': {
      says: 'The answer to a client-streaming call comes twice',
      provokedBy: ['RPC-02', 'RESP-01'],
      seams: onMessagesOf(isOf('StreamingInputCall'), twice),
    },
    'two-beside': {
      says: 'The answer to a unary call comes twice while another stream is open',
      provokedBy: ['MUX-01', 'MUX-02', 'RESP-01'],
      seams: onMessagesOf(isOf('UnaryCall', 'EmptyCall'), (message, _index, _stream, wire) =>
        wire.streams().length >= 2 ? twice(message) : [message],
      ),
    },
  }),
];
