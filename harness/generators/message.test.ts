import { checkGenerator } from './check-generator';
import { message, messageLengths, messages, opaque, responseSizes, rounds } from './message';

checkGenerator('message', message(), {
  isCorrect: ({ length, seed }) => length >= 0 && length <= 65_536 && seed >= 0 && seed <= 0xffff,
  reaches: Object.fromEntries(messageLengths.map((wanted) => [`${wanted} octets`, ({ length }) => length === wanted])),
  shrinks: [
    { fault: () => true, to: { length: 0, seed: 0 } },
    { fault: ({ length }) => length > 16_379, to: { length: 16_380, seed: 0 } },
    { fault: ({ length, seed }) => length > 0 && seed !== 0, to: { length: 1, seed: 1 } },
  ],
  shrinksExample: {
    from: { length: 40_000, seed: 99 },
    fault: ({ length }) => length > 5,
    to: { length: 6, seed: 0 },
  },
});

checkGenerator('message between bounds', message({ minLength: 5, maxLength: 10 }), {
  isCorrect: ({ length }) => length >= 5 && length <= 10,
  reaches: { '6 octets': ({ length }) => length === 6 },
});

checkGenerator('messages', messages({ minCount: 1, maxCount: 8, maxTotal: 70_000 }), {
  isCorrect: (all) =>
    all.length >= 1 &&
    all.length <= 8 &&
    (all.length === 1 || all.reduce((sum, { length }) => sum + length, 0) <= 70_000),
  reaches: {
    'as many as allowed': (all) => all.length === 8,
    'an empty one among others': (all) => all.length > 1 && all.some(({ length }) => length === 0),
  },
  shrinks: [
    { fault: (all) => all.length > 2, to: Array.from({ length: 3 }, () => ({ length: 0, seed: 0 })) },
    { fault: (all) => all.some(({ length }) => length > 255), to: [{ length: 256, seed: 0 }] },
  ],
  shrinksExample: {
    from: [1, 2, 3].map((seed) => ({ length: 9, seed })),
    fault: (all) => all.length > 1,
    to: [
      { length: 0, seed: 0 },
      { length: 0, seed: 0 },
    ],
  },
});

checkGenerator('responseSizes', responseSizes({ maxCount: 200, maxTotal: 100_000, maxLength: 60_000 }), {
  isCorrect: (sizes) => sizes.length <= 200 && sizes.reduce((sum, size) => sum + size, 0) <= 100_000,
  reaches: {
    none: (sizes) => sizes.length === 0,
    'a size of zero': (sizes) => sizes.includes(0),
    'a size of the interop tests': (sizes) => sizes.includes(58_979),
  },
  shrinks: [{ fault: (sizes) => sizes.length > 0, to: [0] }],
});

checkGenerator('opaque', opaque(8), {
  isCorrect: ({ length }) => length === 8,
  shrinks: [{ fault: () => true, to: { length: 8, seed: 0 } }],
});

checkGenerator('rounds', rounds(), {
  isCorrect: (all) =>
    all.length <= 20 &&
    all.every(({ payload, responses }) => payload.length <= 20_000 && responses.length <= 3) &&
    (all.length === 0 ||
      all.flatMap(({ payload, responses }) => [payload.length, ...responses]).reduce((sum, size) => sum + size) <=
        262_144),
  reaches: {
    'a message that asks for nothing': (all) => all.some(({ responses }) => responses.length === 0),
    'a burst': (all) => all.length > 5 && all.every((round) => !round.await),
    'ping-pong': (all) => all.length > 2 && all.every((round) => round.await && round.responses.length > 0),
  },
  shrinks: [
    {
      fault: (all) => all.some((round) => round.await && round.responses.length > 1),
      to: [{ payload: { length: 0, seed: 0 }, responses: [0, 0], await: true }],
    },
  ],
});
