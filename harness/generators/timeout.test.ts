import { parseTimeout } from '../grpc/timeout';
import { checkGenerator } from './check-generator';
import { isBeyond, malformedTimeout, malformedTimeouts, timeout } from './timeout';

const units = ['H', 'M', 'S', 'm', 'u', 'n'];

checkGenerator('timeout', timeout(), {
  isCorrect: (value) => parseTimeout(value)! > 0,
  reaches: {
    ...Object.fromEntries(units.map((unit) => [`unit ${unit}`, (value: string) => value.endsWith(unit)])),
    'the longest of all': (value) => value === '99999999H',
    'a nanosecond': (value) => value === '1n',
    'the last second that fits into 31 bits of milliseconds': (value) => /^0*2147483S$/.test(value),
    'and the first that does not': (value) => /^0*2147484S$/.test(value),
    'the last hour that fits into 63 bits of nanoseconds': (value) => /^0*2562047H$/.test(value),
    'leading zeros up to 8 digits': (value) => /^0[0-9]{7}[A-Za-z]$/.test(value),
  },
});

checkGenerator('timeout between 100 ms and 1 s', timeout({ min: 100, max: 1000 }), {
  isCorrect: (value) => parseTimeout(value)! >= 100 && parseTimeout(value)! <= 1000,
  reaches: {
    milliseconds: (value) => value === '100m',
    seconds: (value) => value === '1S',
    microseconds: (value) => value.endsWith('u'),
  },
  shrinks: [{ fault: (value) => value.endsWith('m'), to: '100m' }],
  shrinksExample: { from: '00000750m', fault: (value) => parseTimeout(value)! >= 250, to: '250m' },
});

checkGenerator('timeout of an hour at least', timeout({ min: 3_600_000 }), {
  isCorrect: (value) => parseTimeout(value)! >= 3_600_000,
  reaches: { hours: (value) => value.endsWith('H'), minutes: (value) => value.endsWith('M') },
});

checkGenerator('malformedTimeout', malformedTimeout(), {
  isCorrect: (value) => parseTimeout(value) === undefined && value === value.trim(),
  reaches: Object.fromEntries(malformedTimeouts.map((wanted) => [JSON.stringify(wanted), (value) => value === wanted])),
});

test.each([
  ['597H', 31, 'm', true],
  ['596H', 31, 'm', false],
  ['2562048H', 63, 'n', true],
  ['2562047H', 63, 'n', false],
] as const)('%s is beyond 2^%i %s: %s', (value, bits, unit, want) => {
  expect(isBeyond(parseTimeout(value)!, bits, unit)).toBe(want);
});
