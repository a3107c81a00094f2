import { parseTimeout } from '../grpc/timeout';
import { checkGenerator } from './check-generator';
import { malformedTimeout, malformedTimeouts, timeout } from './timeout';

const units = ['H', 'M', 'S', 'm', 'u', 'n'];

checkGenerator('timeout', timeout(), {
  isCorrect: (value) => parseTimeout(value)! > 0,
  reaches: {
    ...Object.fromEntries(units.map((unit) => [`unit ${unit}`, (value: string) => value.endsWith(unit)])),
    'the longest of all': (value) => value === '99999999H',
    'a nanosecond': (value) => value === '1n',
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
