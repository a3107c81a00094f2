import { decodePercent, encodePercent } from '../grpc/percent-encoding';
import { checkGenerator } from './check-generator';
import { statusCode, statusMessage, statusMessageFragments } from './status';

checkGenerator('statusCode', statusCode(), {
  isCorrect: (code) => code >= 1 && code <= 16,
  reaches: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`${index + 1}`, (code) => code === index + 1])),
});

checkGenerator('statusCode with OK', statusCode({ ok: true }), {
  isCorrect: (code) => code >= 0 && code <= 16,
  reaches: { OK: (code) => code === 0 },
});

checkGenerator('statusMessage', statusMessage(), {
  isCorrect: (message) => !/\p{Surrogate}/u.test(message) && decodePercent(encodePercent(message)) === message,
  reaches: {
    'the empty message': (message) => message === '',
    ...Object.fromEntries(
      statusMessageFragments.map((fragment) => [
        JSON.stringify(fragment),
        (message: string) => message.includes(fragment),
      ]),
    ),
  },
  shrinks: [
    { fault: (message) => message.includes('%'), to: '%' },
    { fault: (message) => message.includes('%4'), to: '%4' },
    { fault: (message) => message.includes('\r'), to: '\r' },
  ],
  shrinksExample: { from: 'a☺b%c', fault: (message) => message.includes('☺'), to: '☺' },
});
