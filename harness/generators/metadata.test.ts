import { fieldSize } from '../wire/hpack/field';
import { decodeBinaryValue, isAsciiValue, isBinaryName, isMetadataName, isReservedName } from '../grpc/metadata';
import { octetsOf } from '../grpc/octets';
import { checkGenerator } from './check-generator';
import {
  asciiValue,
  binaryFieldOf,
  binaryMetadata,
  binaryValue,
  binaryValueOf,
  longValue,
  longValueOf,
  metadata,
  metadataName,
  repeatedValues,
} from './metadata';

const isFreeName = (name: string) =>
  name.startsWith('x-') && name.length <= 24 && isMetadataName(name) && !isReservedName(name) && !isBinaryName(name);

checkGenerator('metadataName', metadataName(), {
  isCorrect: isFreeName,
  reaches: { 'a dot': (name) => name.includes('.'), 'an underscore': (name) => name.includes('_') },
  shrinks: [{ fault: () => true, to: 'x-a' }],
  shrinksExample: { from: 'x-user.id', fault: (name) => name.includes('.'), to: 'x-.a' },
});

checkGenerator('asciiValue', asciiValue(), {
  isCorrect: (value) => isAsciiValue(value) && !value.includes(',') && value.length <= 64,
  reaches: {
    'the empty value': (value) => value === '',
    'an inner space': (value) => value.includes(' '),
    'the first visible character': (value) => value.includes('!'),
    'the last visible character': (value) => value.includes('~'),
    'a full length': (value) => value.length === 64,
  },
  shrinks: [
    { fault: (value) => value.includes(' '), to: 'a a' },
    { fault: (value) => value.length > 3, to: 'aaaa' },
  ],
  shrinksExample: { from: 'some value', fault: (value) => value.length > 0, to: 'a' },
});

checkGenerator('asciiValue with commas', asciiValue({ minLength: 1, commas: true }), {
  isCorrect: (value) => isAsciiValue(value) && value !== '',
  reaches: { 'a comma': (value) => value.includes(','), 'a comma at an end': (value) => value.startsWith(',') },
});

checkGenerator('longValue', longValue(), {
  isCorrect: (value) =>
    longValueOf(value).length === value.length && value.length <= 4096 && isAsciiValue(longValueOf(value)),
  reaches: { '127 characters': ({ length }) => length === 127, '4096 characters': ({ length }) => length === 4096 },
  shrinks: [{ fault: ({ length }) => length > 126, to: { unit: 'a', length: 127 } }],
});

checkGenerator('metadata', metadata(), {
  isCorrect: (fields) =>
    fields.length <= 12 &&
    fields.every(({ name, value }) => isFreeName(name) && isAsciiValue(value)) &&
    fields.reduce((sum, field) => sum + fieldSize(field), 0) < 2048,
  reaches: {
    'one name twice': (fields) => new Set(fields.map(({ name }) => name)).size < fields.length,
    'a dozen': (fields) => fields.length === 12,
  },
  shrinks: [{ fault: (fields) => fields.length > 0, to: [{ name: 'x-a', value: '' }] }],
});

checkGenerator('metadata of few names', metadata({ names: 2, minCount: 2 }), {
  isCorrect: (fields) => fields.length >= 2 && fields.every(({ name }) => name === 'x-name-0' || name === 'x-name-1'),
});

checkGenerator('repeatedValues', repeatedValues(), {
  isCorrect: (values) =>
    values.length >= 2 && values.length <= 10 && values.every((value) => value !== '' && isAsciiValue(value)),
  shrinks: [{ fault: () => true, to: ['a', 'a'] }],
});

checkGenerator('binaryValue', binaryValue(), {
  isCorrect: (value) =>
    Buffer.from(decodeBinaryValue(binaryValueOf(value)) ?? []).equals(octetsOf(value.octets)) &&
    value.octets.length <= 64,
  reaches: {
    'no octets': ({ octets }) => octets.length === 0,
    'two padding characters': ({ octets, padding }) => octets.length % 3 === 1 && padding,
    'one padding character': ({ octets, padding }) => octets.length % 3 === 2 && padding,
    'padding left out': ({ octets, padding }) => octets.length % 3 !== 0 && !padding,
  },
  shrinks: [{ fault: ({ padding }) => padding, to: { octets: { length: 0, seed: 0 }, padding: true } }],
});

checkGenerator('binaryMetadata', binaryMetadata(), {
  isCorrect: (fields) =>
    fields.length <= 8 &&
    fields.every((field) => {
      const { name, value } = binaryFieldOf(field);
      return isBinaryName(name) && isMetadataName(name) && decodeBinaryValue(value) !== undefined;
    }),
  shrinks: [
    {
      fault: (fields) => fields.some(({ octets }) => octets.length > 1),
      to: [{ name: 'x-a-bin', octets: { length: 2, seed: 0 }, padding: false }],
    },
  ],
  shrinksExample: {
    from: [{ name: 'x-trace-bin', octets: { length: 9, seed: 3 }, padding: true }],
    fault: (fields) => fields.length > 0,
    to: [{ name: 'x-a-bin', octets: { length: 0, seed: 0 }, padding: false }],
  },
});
