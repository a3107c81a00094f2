import {
  arb,
  connectionFieldNames,
  echoedInHeaders,
  echoInitialName,
  emptyName,
  experiment,
  fc,
  flawedTextOf,
  forbiddenInValues,
  payloadOf,
  recorded,
  rejected,
  unaryCall,
  unechoed,
  unsent,
  warned,
  type AnyProperty,
  type FieldSpec,
  type FlawedText,
  type PlanBuilder,
} from '../../harness';
import { writtenOnceOrTwice } from './shared';

/** The pseudo-header fields of a request, each with another value: where there is one, one that is served as well. */
const otherValues = {
  ':method': 'GET',
  ':scheme': 'https',
  ':path': '/grpc.testing.TestService/EmptyCall',
  ':authority': 'other.example',
} as const;

const pseudoNames = [':method', ':scheme', ':path', ':authority'] as const;

/** Values of te that name something beside `trailers`. */
const otherTransferCodings = ['gzip', 'trailers, deflate', 'deflate, trailers', 'chunked', 'trailersx'] as const;

/** Lists of `trailers` alone, as HTTP reads them (RFC 9110 §5.6.1.2, §10.1.4), and no te at all. */
const unusualTes = [null, '', 'Trailers', 'TRAILERS', ', trailers', 'trailers,', 'trailers , ,', 'trailers, trailers'];

/** True when a list has an element that is not `trailers`. */
const isForeign = (te: string): boolean => !/^[ ,]*(?:trailers[ ,]*)*$/i.test(te) || /trailers +trailers/i.test(te);

/** Where a value that is not allowed stands: in the metadata that handlers copy, or in a field that a server reads itself. */
const valuePlaces = [echoInitialName, 'content-type', 'te', ':path', ':authority'] as const;

/** A plain call whose fields are others. */
const callWith = (script: PlanBuilder, fields: (ordinary: readonly FieldSpec[]) => readonly FieldSpec[]) =>
  script.call(unaryCall({ responseSize: 3 }), { fields, legal: false });

/** The ordinary fields with one more among the regular ones: right behind the pseudo-header fields, or last. */
const withField = (field: FieldSpec, isFirst: boolean) => (ordinary: readonly FieldSpec[]) => {
  const pseudo = ordinary.filter(({ name }) => name.startsWith(':'));
  return isFirst ? [...pseudo, field, ...ordinary.slice(pseudo.length)] : [...ordinary, field];
};

/** Stands for the place behind the last character. */
const atTheEnd = -1;

const setOctet = (value: string, at: number, flaw: string): FlawedText => {
  const place = at === atTheEnd ? value.length : at % (value.length + 1);
  return { before: value.slice(0, place), flaw, after: value.slice(place) };
};

/** Fields that no request may have. What becomes of the call shows who has looked at them. */
export const malformed: readonly AnyProperty[] = [
  experiment('REQ-05-pseudo-duplicated', {
    generates: 'unary requests with one of the four pseudo-header fields twice, with the same value or another one',
    accepts: [rejected],
    needs: ['unary'],
    effort: 0.4,
    labels: {
      'two :path': ({ name }) => name === ':path',
      'two :authority': ({ name }) => name === ':authority',
      'the same value twice': ({ isOther }) => !isOther,
      'another value first': ({ isOther, place }) => isOther && place === 0,
      'another value last': ({ isOther, place }) => isOther && place === 4,
    },
    arbitrary: () =>
      arb.record({ name: fc.constantFrom(...pseudoNames), place: fc.constantFrom(4, 0, 2), isOther: fc.boolean() }),
    examples: () =>
      pseudoNames.flatMap((name) => [
        { name, place: 4, isOther: false },
        { name, place: 4, isOther: true },
        { name, place: 0, isOther: true },
      ]),
    script: (script, { name, place, isOther }) => {
      callWith(script, (ordinary) => {
        const own = ordinary.filter((field) => field.name === name);
        const again = own.map(({ value }) => ({ name, value: isOther ? otherValues[name] : value }));
        return [...ordinary.slice(0, place), ...again, ...ordinary.slice(place)];
      }).expect(rejected);
    },
  }),

  experiment('REQ-08-forbidden-name-octets', {
    generates:
      'unary requests with one field more, whose name has one octet of 0x00–0x20 or 0x7f–0xff, a colon inside, or no octet at all; half of them twice, then as an index to what the first one inserted',
    accepts: [rejected, 'the call served as if the field were not there, with a warning', unsent],
    needs: ['unary', 'metadata'],
    effort: 0.6,
    labels: {
      'an octet below 0x21': ({ name: { flaw } }) => flaw !== '' && flaw <= ' ',
      'an octet from 0x80 on': ({ name: { flaw } }) => flaw >= '\x80',
      'a colon inside': ({ name: { flaw } }) => flaw === ':',
      'the octet comes first': ({ name: { before, flaw } }) => before === '' && flaw !== '',
      'the octet comes last': ({ name: { before, after } }) => before !== '' && after === '',
      'a name that handlers copy, but for the octet': ({ name }) => name.before + name.after === echoInitialName,
      'again, as an index': ({ again }) => again,
    },
    arbitrary: () => arb.record({ name: arb.forbiddenName(), isFirst: fc.boolean(), again: fc.boolean() }),
    examples: () => [
      ...['\0', '\t', '\n', '\r', ' ', ':', '\x7f', '\x80', '\xff'].flatMap((flaw) => [
        { name: { before: 'x-a', flaw, after: 'b' }, isFirst: false, again: flaw === ' ' },
        { name: { before: echoInitialName, flaw, after: '' }, isFirst: true, again: flaw === '\0' },
      ]),
      { name: emptyName, isFirst: false, again: true },
    ],
    script: (script, { name, isFirst, again }) => {
      for (const writing of writtenOnceOrTwice(again)) {
        const field = { name: flawedTextOf(name), value: 'reached', ...writing };
        callWith(script, withField(field, isFirst))
          .expect(rejected, unsent, warned(payloadOf(3)))
          .expect(unechoed, unsent);
      }
    },
  }),

  experiment('REQ-09-forbidden-value-octets', {
    generates:
      'unary requests with NUL, LF or CR anywhere in metadata, content-type, te, :path or :authority; half of them twice, then as an index to what the first one inserted',
    accepts: [
      rejected,
      'the call served without the field, or with a blank in place of the octet, with a warning; not for :path and :authority',
      unsent,
    ],
    needs: ['unary', 'metadata'],
    effort: 1,
    labels: {
      'in metadata': ({ name }) => name === echoInitialName,
      'in :path': ({ name }) => name === ':path',
      'in te or content-type': ({ name }) => name === 'te' || name === 'content-type',
      'at the start': ({ at }) => at === 0,
      NUL: ({ flaw }) => flaw === '\0',
      'a line ending': ({ flaw }) => flaw !== '\0',
      'again, as an index': ({ again }) => again,
    },
    arbitrary: () =>
      arb.record({
        name: fc.constantFrom(...valuePlaces),
        flaw: fc.constantFrom(...forbiddenInValues),
        at: fc.oneof(fc.constantFrom<number>(0, 4, atTheEnd), fc.nat(40)),
        text: arb.asciiValue({ maxLength: 8 }),
        again: fc.boolean(),
      }),
    examples: () =>
      valuePlaces.flatMap((name) =>
        forbiddenInValues.flatMap((flaw, index) =>
          [[2, 0, atTheEnd][index]!, 1].map((at) => ({ name, flaw, at, text: 'abcd', again: index === 1 })),
        ),
      ),
    script: (script, { name, flaw, at, text, again }) => {
      for (const writing of writtenOnceOrTwice(again)) {
        const flawed = ({ value }: FieldSpec): FieldSpec => {
          return { name, value: flawedTextOf(setOctet(value, at, flaw)), ...writing };
        };
        const call = callWith(script, (ordinary) =>
          name === echoInitialName
            ? [...ordinary, flawed({ name, value: text })]
            : ordinary.map((field) => (field.name === name ? flawed(field) : field)),
        );
        call.expect(rejected, unsent, ...(name.startsWith(':') ? [] : [warned(payloadOf(3))]));
        // RFC 9110 §5.5 lets a recipient put SP in place of it.
        if (name === echoInitialName)
          call.expect(unechoed, echoedInHeaders([flawedTextOf(setOctet(text, at, ' '))]), unsent);
      }
    },
  }),

  experiment('REQ-12-connection-specific-fields', {
    generates: 'unary requests with one of the five fields of HTTP/1 connections, with values of HTTP/1 and any other',
    accepts: [rejected],
    needs: ['unary'],
    effort: 0.4,
    labels: {
      connection: ({ field: { name } }) => name === 'connection',
      'transfer-encoding': ({ field: { name } }) => name === 'transfer-encoding',
      'another of the five': ({ field: { name } }) => name !== 'connection' && name !== 'transfer-encoding',
      'behind the pseudo-header fields': ({ isFirst }) => isFirst,
      'behind all fields': ({ isFirst }) => !isFirst,
    },
    arbitrary: () => arb.record({ field: arb.connectionField(), isFirst: fc.boolean() }),
    examples: () => connectionFieldNames.map((name) => ({ field: { name, value: 'keep-alive' }, isFirst: false })),
    script: (script, { field, isFirst }) => {
      callWith(script, withField(field, isFirst)).expect(rejected);
    },
  }),

  experiment('REQ-13-te', {
    generates:
      'unary requests whose te names something beside trailers, or is missing, empty, in other letters, or a list with empty elements',
    accepts: [
      'a refusal of a te that names something else',
      'status OK or a refusal of a te that names nothing but trailers; a refusal is recorded as info',
    ],
    needs: ['unary'],
    effort: 0.4,
    labels: {
      'something instead of trailers': ({ te }) => te !== null && isForeign(te) && !te.includes('trailers'),
      'something beside trailers': ({ te }) => te !== null && isForeign(te) && te.includes('trailers'),
      'no te': ({ te }) => te === null,
      'trailers in other letters': ({ te }) => te?.toLowerCase() === 'trailers',
      'empty elements': ({ te }) => te !== null && te.includes(',') && !isForeign(te),
    },
    arbitrary: () =>
      arb.record({
        te: fc.oneof(
          fc.constantFrom(...otherTransferCodings),
          arb.metadataName({ maxLength: 8 }).map((name) => `trailers, ${name}`),
          arb.metadataName({ maxLength: 8 }),
          fc.constantFrom(...unusualTes),
          fc.constantFrom(...unusualTes),
        ),
      }),
    examples: () => [...otherTransferCodings, ...unusualTes].map((te) => ({ te })),
    script: (script, { te }) => {
      const call = callWith(script, (ordinary) =>
        ordinary.flatMap((field) => (field.name !== 'te' ? [field] : te === null ? [] : [{ ...field, value: te }])),
      );
      if (te !== null && isForeign(te)) call.expect(rejected);
      else call.expect(payloadOf(3), recorded(rejected));
    },
  }),
];
