import { checkGenerator } from './check-generator';
import { streamFrame } from './stream-frame';

checkGenerator('streamFrame', streamFrame({ types: ['DATA', 'WINDOW_UPDATE'], maxIncrement: 100 }), {
  isCorrect: ({ type, octets, increment }) =>
    (type === 'DATA' || type === 'WINDOW_UPDATE') && octets <= 600 && increment >= 1 && increment <= 100,
  reaches: {
    'an empty DATA frame with END_STREAM': ({ type, octets, isMessage, endStream }) =>
      type === 'DATA' && octets === 0 && !isMessage && endStream,
    'the largest increment': ({ type, increment }) => type === 'WINDOW_UPDATE' && increment === 100,
    'an error code that no document lists': ({ errorCode }) => errorCode > 13,
  },
  shrinks: [
    {
      fault: ({ type }) => type === 'WINDOW_UPDATE',
      to: { type: 'WINDOW_UPDATE', octets: 0, isMessage: false, endStream: false, increment: 1, errorCode: 0 },
    },
  ],
});
