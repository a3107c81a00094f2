import { deflate, gzip, inflate } from '../grpc/compression';
import { checkGenerator } from './check-generator';
import { deflateShape, gzipShape } from './compression';

const octets = Uint8Array.of(1, 2, 3);

checkGenerator('gzipShape', gzipShape(), {
  isCorrect: (shape) => {
    const inflated = inflate('gzip', gzip(octets, shape), octets.length);
    return inflated.ok && Buffer.from(inflated.octets).equals(octets);
  },
  reaches: {
    'an ordinary header': ({ name, comment, headerCrc }) => name === undefined && comment === undefined && !headerCrc,
    'stored blocks': ({ level }) => level === 0,
    'all that the header can hold': ({ name, comment, headerCrc }) =>
      name !== undefined && comment !== undefined && headerCrc === true,
  },
  shrinks: [{ fault: ({ headerCrc }) => headerCrc === true, to: { headerCrc: true } }],
});

checkGenerator('deflateShape', deflateShape(), {
  isCorrect: (shape) => {
    const inflated = inflate('deflate', deflate(octets, shape), octets.length);
    return inflated.ok && Buffer.from(inflated.octets).equals(octets);
  },
  reaches: {
    'an ordinary stream': ({ level, fixed, windowBits }) =>
      level === undefined && fixed === undefined && windowBits === undefined,
    'stored blocks': ({ level }) => level === 0,
    'a small window': ({ windowBits }) => windowBits === 9,
  },
  shrinks: [{ fault: ({ fixed }) => fixed === true, to: { fixed: true } }],
});
