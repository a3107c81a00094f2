import type { Clause, Mutant } from './mutant';
import { mutantsOf } from './mutant';
import { addField, changeField, dropField, onBegin, onHeaders, onTrailersOnly, valueOf, isHeaders } from './operators';
import type { FieldSpec } from '../../../wire/hpack/encoder';

/** Fields that HTTP wants, or does not, beside a status. */

const anyCall = ['RESP-01', 'RPC-01', 'RPC-03'] as const;
const wrongMethod = ['REQ-03'] as const;

/** Answers with that :status, otherwise. */
const onStatus = (status: string, change: (fields: readonly FieldSpec[]) => readonly FieldSpec[]) =>
  onBegin((fields) => (valueOf(fields, ':status') === status ? change(fields) : fields));

const dateOf = (date: string): Pick<Clause, 'outbound'> => onHeaders(addField('date', date));

export const httpRefusalMutants: readonly Mutant[] = [
  ...mutantsOf('RESP-14-allow-in-405', {
    missing: {
      says: 'A 405 does not say what is allowed',
      provokedBy: wrongMethod,
      ...onStatus('405', (fields) => dropField('allow')(fields, 0)),
    },
    'without-post': {
      says: 'A 405 says that GET is allowed',
      provokedBy: wrongMethod,
      ...onStatus('405', (fields) => changeField('allow', () => 'GET')(fields, 0)),
    },
  }),
  ...mutantsOf('RESP-15-http-refusal-fields', {
    '415-with-coding': {
      says: 'A 415 about the media type names codings',
      provokedBy: ['REQ-16'],
      ...onStatus('415', (fields) => addField('accept-encoding', 'gzip')(fields, 0)),
    },
    '405-as-401': {
      says: 'A method that is not allowed is answered by 401, without a challenge',
      provokedBy: wrongMethod,
      ...onStatus('405', (fields) => changeField(':status', () => '401')(fields, 0)),
    },
    'interim-with-length': {
      says: 'An interim response says that it has no content',
      provokedBy: anyCall,
      outbound: {
        section: (section) =>
          isHeaders(section)
            ? [
                {
                  ...section,
                  fields: [
                    { name: ':status', value: '103' },
                    { name: 'content-length', value: '0' },
                  ],
                },
                section,
              ]
            : [section],
      },
    },
  }),
  ...mutantsOf('RESP-16-http-courtesy-fields', {
    iso: { says: 'The date is that of ISO 8601', provokedBy: anyCall, ...dateOf('2026-11-29T10:00:00Z') },
    'rfc-850': {
      says: 'The date is that of RFC 850',
      provokedBy: anyCall,
      ...dateOf('Sunday, 29-Nov-26 10:00:00 GMT'),
    },
    'one-digit': {
      says: 'The day of a date has one digit',
      provokedBy: anyCall,
      ...dateOf('Sun, 1 Nov 2026 10:00:00 GMT'),
    },
    'local-time': {
      says: 'The date is in local time',
      provokedBy: anyCall,
      ...dateOf('Sun, 29 Nov 2026 11:00:00 +0100'),
    },
    'twice-on-error': {
      says: 'A call that ends with an error and nothing else has two dates',
      provokedBy: ['STATUS-01', 'RESP-01', 'TRAIL-01'],
      ...onTrailersOnly((fields) => [
        ...fields,
        { name: 'date', value: 'Sun, 29 Nov 2026 10:00:00 GMT' },
        { name: 'date', value: 'Sun, 29 Nov 2026 10:00:00 GMT' },
      ]),
    },
  }),
];
