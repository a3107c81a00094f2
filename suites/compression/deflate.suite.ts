import {
  arb,
  deflate,
  deflateRaw,
  endsWith,
  fc,
  recorded,
  status,
  stimulus,
  streamError,
  warned,
  type AnyProperty,
  type DeflateShape,
  type Graded,
} from '../../harness';
import {
  acceptEncoding,
  answerTo,
  errors,
  flagged,
  flaggedCall,
  laterMessage,
  oneMessage,
  type Flagged,
} from './shared';

interface Deflated {
  readonly message: Flagged;
  /** Without the header and the check sum of zlib. */
  readonly isRaw: boolean;
  readonly shape: DeflateShape;
}

const outcomesOf = ({ message, isRaw }: Deflated): readonly Graded[] => {
  if (!isRaw) return [answerTo(message)];
  // Clients make INTERNAL of most streams that are reset (gRPC over HTTP/2, Errors).
  return [endsWith(status.INTERNAL), warned(endsWith(...errors)), warned(streamError), recorded(answerTo(message))];
};

/** What deflate is: the name of HTTP, not that of RFC 1951. */
export const deflated: readonly AnyProperty[] = [
  stimulus<Deflated>('COMP-10-deflate-is-zlib', {
    generates:
      'one to three messages of 1 to 1,000 octets, one of them compressed with deflate: in the zlib format with windows of 512 to 32,768 octets, levels 0 to 9 and fixed codes, or without its header and check sum',
    accepts: [
      'status OK with the answer to the zlib format',
      'status INTERNAL for raw deflate, or with a warning another error',
      'raw deflate that is taken as well, recorded as info',
    ],
    needs: ['unary', 'deflate'],
    effort: 0.4,
    sends: ({ offers }) => arb.record({ message: flagged(offers), isRaw: fc.boolean(), shape: arb.deflateShape() }),
    labels: {
      'the zlib format': ({ isRaw }) => !isRaw,
      'raw deflate': ({ isRaw }) => isRaw,
      'stored blocks': ({ shape, isRaw }) => shape.level === 0 && !isRaw,
      'fixed codes': ({ shape, isRaw }) => shape.fixed === true && !isRaw,
      'a window that is not the largest': ({ shape, isRaw }) => (shape.windowBits ?? 15) < 15 && !isRaw,
      'a later message': ({ message }) => message.isUpload && message.at % message.payloads.length > 0,
    },
    examples: ({ offers }) => [
      { message: oneMessage, isRaw: false, shape: {} },
      { message: oneMessage, isRaw: false, shape: { level: 0 } },
      { message: oneMessage, isRaw: false, shape: { windowBits: 9, fixed: true } },
      { message: laterMessage(offers), isRaw: false, shape: { level: 1 } },
      { message: oneMessage, isRaw: true, shape: {} },
    ],
    write: (script, input) => {
      const { request, body } = flaggedCall(input.message, (octets) =>
        input.isRaw ? deflateRaw(octets, input.shape) : deflate(octets, input.shape),
      );
      script.call(request, { body, encoding: 'deflate', acceptEncoding }).expect(...outcomesOf(input));
    },
  }),
];
