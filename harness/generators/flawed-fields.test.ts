import { echoInitialName } from '../grpc/test-service';
import { checkGenerator } from './check-generator';
import {
  blankedValue,
  connectionField,
  connectionFieldNames,
  flawedTextOf,
  forbiddenName,
  forbiddenValue,
  httpOnlyValue,
} from './flawed-fields';

checkGenerator('forbiddenName', forbiddenName(), {
  isCorrect: (one) =>
    one.flaw === ''
      ? flawedTextOf(one) === ''
      : one.flaw.length === 1 &&
        (one.flaw <= ' ' || one.flaw >= '\x7f' || one.flaw === ':') &&
        /^[a-z0-9-]*$/.test(one.before + one.after) &&
        !(one.flaw === ':' && one.before === ''),
  reaches: {
    'no name': (one) => flawedTextOf(one) === '',
    NUL: ({ flaw }) => flaw === '\0',
    'a space': ({ flaw }) => flaw === ' ',
    DEL: ({ flaw }) => flaw === '\x7f',
    'the last octet': ({ flaw }) => flaw === '\xff',
    'a colon inside': ({ flaw, after }) => flaw === ':' && after !== '',
    'a colon at the end': ({ flaw, after }) => flaw === ':' && after === '',
    'the wrong octet alone': (one) => flawedTextOf(one).length === 1,
    'a name that is copied, but for one octet inside': ({ before, after }) =>
      before + after === echoInitialName && before !== '' && after !== '',
  },
  shrinks: [{ fault: ({ flaw }) => flaw === '\0', to: { before: '', flaw: '\0', after: '' } }],
});

checkGenerator('forbiddenValue', forbiddenValue(), {
  isCorrect: ({ before, flaw, after }) => /^[\0\n\r]$/.test(flaw) && /^[a-z0-9-]*$/.test(before + after),
  reaches: {
    'at the start': ({ before, after }) => before === '' && after !== '',
    inside: ({ before, after }) => before !== '' && after !== '',
    'at the end': ({ before, after }) => before !== '' && after === '',
    alone: (one) => flawedTextOf(one).length === 1,
  },
  shrinks: [{ fault: ({ flaw }) => flaw === '\r', to: { before: '', flaw: '\r', after: '' } }],
});

checkGenerator('connectionField', connectionField(), {
  isCorrect: ({ name, value }) => connectionFieldNames.some((one) => one === name) && /^[\x20-\x7e]*$/.test(value),
  reaches: Object.fromEntries(connectionFieldNames.map((wanted) => [wanted, ({ name }) => name === wanted])),
});

checkGenerator('blankedValue', blankedValue(), {
  isCorrect: ({ leading, value, trailing }) =>
    /^[ \t]*$/.test(leading + trailing) && leading + trailing !== '' && value === value.trim(),
  reaches: {
    'both ends': ({ leading, trailing }) => leading !== '' && trailing !== '',
    'blanks alone': ({ value }) => value === '',
    HTAB: ({ leading }) => leading.includes('\t'),
  },
});

checkGenerator('httpOnlyValue', httpOnlyValue(), {
  isCorrect: (value) =>
    [...value].every((octet) => octet === '\t' || (octet >= ' ' && octet !== '\x7f')) &&
    (value === '' || /[\t\x80-\xff]/.test(value)) &&
    !/^[ \t]|[ \t]$/.test(value),
  reaches: {
    'nothing at all': (value) => value === '',
    'HTAB inside': (value) => value.includes('\t'),
    'what some take for a blank at an end': (value) => /^[\x85\xa0]|[\x85\xa0]$/.test(value),
    'a character of UTF-8': (value) => value.includes('\xc3\xa9'),
  },
});
