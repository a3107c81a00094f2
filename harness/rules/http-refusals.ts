import { fieldValue, fieldValues, hasField, splitFieldValues } from '../grpc/metadata';
import type { Field } from '../wire/hpack/decoder';
import { quoted } from './quoted';
import { anyFirstBlock, finalBlock } from './response-headers';
import { callRule, type CallMoment, type RuleBreach } from './rule';

/** Octets of a value that fit into a line of a report. */
const shown = 80;

const statusOf = (fields: readonly Field[]): string => fieldValue(fields, ':status') ?? '';

/** The header of a plain HTTP answer. */
const httpFields = (moment: CallMoment): readonly Field[] | undefined => {
  const fields = finalBlock(moment)?.fields;
  return fields !== undefined && /^[3-5]\d\d$/.test(statusOf(fields)) ? fields : undefined;
};

/** RFC 9110 §15.5.6, §10.2.1. */
export const allowIn405 = callRule('RESP-14-allow-in-405', {
  packet: {
    looksAt: (moment) => statusOf(httpFields(moment) ?? []) === '405',
    breach: (moment) => {
      const fields = httpFields(moment) ?? [];
      if (!hasField(fields, 'allow')) {
        return {
          observed: ':status 405 without the field allow',
          expected: 'the methods that are allowed, in the field allow',
          reaction: '405 without allow',
        };
      }
      // Nobody knows of a path that no handler serves whether it would be served to POST.
      if (moment.plan.kind === 'unknown' || splitFieldValues(fields, 'allow').includes('POST')) return undefined;
      return {
        observed: `allow ${fieldValues(fields, 'allow')
          .map((value) => quoted(value, shown))
          .join(' and ')} of a path that serves gRPC`,
        expected: 'POST among the methods that are allowed',
        reaction: 'allow without POST',
        severity: 'warn',
      };
    },
  },
});

/** What a status demands or forbids: RFC 9110 §15.5.2 and §11.6.1; §8.6; §12.5.3, since no request of ours has a content coding. */
const demands: readonly {
  readonly about: RegExp;
  readonly field: string;
  readonly isDemanded: boolean;
}[] = [
  { about: /^401$/, field: 'www-authenticate', isDemanded: true },
  { about: /^(1\d\d|204)$/, field: 'content-length', isDemanded: false },
  { about: /^415$/, field: 'accept-encoding', isDemanded: false },
];

/** RFC 9110: fields that go with a status. */
export const refusalFields = callRule('RESP-15-http-refusal-fields', {
  packet: {
    looksAt: (moment) => anyFirstBlock(moment) !== undefined && statusOf(anyFirstBlock(moment)?.fields ?? []) !== '200',
    breach: (moment) => {
      const fields = anyFirstBlock(moment)?.fields ?? [];
      const status = statusOf(fields);
      return [...demands.flatMap((demand) => judgeDemand(demand, status, fields)), ...recordUpgrade(status)];
    },
  },
});

function judgeDemand(
  { about, field, isDemanded }: (typeof demands)[number],
  status: string,
  fields: readonly Field[],
): readonly RuleBreach[] {
  if (!about.test(status) || hasField(fields, field) === isDemanded) return [];
  return [
    {
      observed: `:status ${status} ${isDemanded ? 'without' : 'with'} the field ${field}`,
      expected: `:status ${status} ${isDemanded ? 'with' : 'without'} the field ${field}`,
      reaction: `${status} ${isDemanded ? 'without' : 'with'} ${field}`,
    },
  ];
}

/** RFC 9110 §15.5.22 demands a field that HTTP/2 does not have (RFC 9113 §8.2.2). */
const recordUpgrade = (status: string): readonly RuleBreach[] =>
  status === '426'
    ? [
        {
          observed: ':status 426 over HTTP/2',
          expected: 'a status that HTTP/2 has a use for',
          reaction: '426',
          severity: 'info',
        },
      ]
    : [];

/** RFC 9110 §5.6.7: the only form of a date that may be sent. */
const imfFixdate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (0[1-9]|[12]\d|3[01]) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} ([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60) GMT$/;

/** RFC 9110 §6.6.1. */
export const courtesyFields = callRule('RESP-16-http-courtesy-fields', {
  packet: {
    looksAt: (moment) => hasField(finalBlock(moment)?.fields ?? [], 'date'),
    breach: (moment) => {
      const dates = fieldValues(finalBlock(moment)?.fields ?? [], 'date');
      const [date = ''] = dates;
      if (dates.length > 1) {
        return { observed: `${dates.length} date fields`, expected: 'one date at most', reaction: 'several dates' };
      }
      if (imfFixdate.test(date)) return undefined;
      return {
        observed: `date ${quoted(date, shown)}`,
        expected: 'a date as in "Sun, 06 Nov 1994 08:49:37 GMT"',
        reaction: 'bad date',
      };
    },
  },
});
