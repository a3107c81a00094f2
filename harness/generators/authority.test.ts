import { authority, oddAuthorities, validAuthorities } from './authority';
import { checkGenerator } from './check-generator';

/** A host of RFC 3986 §3.2.2, with a port or without. */
const isHostAndPort = (value: string): boolean =>
  /^(?:\[[0-9a-f:]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-F]{2})+)(?::[0-9]{1,5})?$/i.test(value) &&
  Number(/:([0-9]+)$/.exec(value.replace(/^\[.*\]/, ''))?.[1] ?? 0) <= 65_535;

checkGenerator('authority', authority(), {
  isCorrect: ({ is, value }) => (is === 'absent' ? value === '' : isHostAndPort(value) === (is === 'valid')),
  reaches: {
    ...Object.fromEntries(
      [...validAuthorities, ...oddAuthorities].map((wanted) => [`"${wanted}"`, ({ value }) => value === wanted]),
    ),
    none: ({ is }) => is === 'absent',
    'a random name': ({ is, value }) => is === 'valid' && !validAuthorities.includes(value),
  },
});
