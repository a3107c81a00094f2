import {
  anyEnd,
  arb,
  binaryValueOf,
  echoedInTrailers,
  echoTrailingName,
  endsWith,
  errorCodes,
  experiment,
  fc,
  fullDuplexCall,
  headersBeforeEnd,
  isUnpadded,
  keepsFiller,
  probeAnswer,
  settingIds,
  status,
  type AnyProperty,
  type Need,
} from '../../harness';

/** Milliseconds that a handler is told to wait: longer than we wait for what must come at once. */
const forLong = 20_000;

/** What a handler does before it waits. */
type Moment = 'fails' | 'headers' | 'message';

const momentsOf = (offers: readonly Need[]): readonly Moment[] => [
  ...(offers.includes('answer') ? (['fails', 'headers'] as const) : []),
  'message',
];

/** Rows about when Response-Headers come, and how large they may be. */
export const timingAndLimits: readonly AnyProperty[] = [
  experiment('RESP-07-headers-timing', {
    generates:
      'handlers that send Response-Headers, or a message of 0 to 3,000 octets, and then wait; and that fail without any',
    accepts: ['Response-Headers while the handler waits', 'the message while the handler waits', 'Trailers-Only'],
    needs: ['bidirectional-streaming'],
    borrows: ['before', 'fields', 'arrival'],
    effort: 0.3,
    arbitrary: ({ offers }) =>
      arb.record({
        moment: fc.constantFrom(...momentsOf(offers)),
        size: arb.boundaryInteger({ max: 3000, boundaries: [1, 100] }),
        headerOctets: arb.boundaryInteger({ max: 2000, boundaries: [1] }),
      }),
    labels: {
      'a message, then nothing': ({ moment }) => moment === 'message',
      'a message of no octets': ({ moment, size }) => moment === 'message' && size === 0,
      'a longer message': ({ moment, size }) => moment === 'message' && size > 100,
    },
    examples: ({ offers }) =>
      momentsOf(offers).flatMap((moment) => [0, 500].map((size) => ({ moment, size, headerOctets: size }))),
    script: (script, { moment, size, headerOctets }) => {
      if (moment === 'fails') {
        script.call(probeAnswer({ code: status.ABORTED, text: 'asked for' })).expect(endsWith(status.ABORTED));
      } else if (moment === 'headers') {
        const asked = { headersFirst: true, headerOctets, waitMs: forLong };
        script.call(probeAnswer(asked), { awaitEnd: false }).awaitHeaders().reset(errorCodes.CANCEL);
      } else {
        const request = fullDuplexCall([{ responses: [{ size }] }]);
        const call = script.begin(request).sendMessages(request.messages).awaitMessages(1);
        call.halfClose().awaitEnd().expect(endsWith(status.OK));
      }
    },
    check: (seen, { moment, headerOctets }) => headersBeforeEnd(seen.call(), moment, headerOctets),
  }),

  experiment('RESP-09-bin-unpadded', {
    generates: 'one to three binary values of every length modulo 3, which the handler copies to its trailers',
    accepts: ['base64 without padding', 'base64 with padding, with a warning'],
    needs: ['metadata'],
    borrows: ['before', 'fields', 'ending', 'arrival'],
    effort: 0.3,
    arbitrary: () => arb.record({ values: arb.list(arb.binaryValue(), { minCount: 1, maxCount: 3 }) }),
    labels: {
      'a length of 1 modulo 3': ({ values }) => values.some(({ octets }) => octets.length % 3 === 1),
      'a length of 2 modulo 3': ({ values }) => values.some(({ octets }) => octets.length % 3 === 2),
      'a length of 0 modulo 3': ({ values }) => values.some(({ octets }) => octets.length % 3 === 0),
    },
    examples: () =>
      [1, 2, 3, 4, 5, 62].map((length) => ({ values: [{ octets: { length, seed: 1 }, padding: false }] })),
    script: (script, { values }) => {
      const sent = values.map(binaryValueOf);
      const metadata = sent.map((value) => ({ name: echoTrailingName, value }));
      const request = fullDuplexCall([{ responses: [{ size: 1 }] }]);
      script.call(request, { metadata }).expect(endsWith(status.OK)).expect(echoedInTrailers(sent));
    },
    check: (seen) => isUnpadded(seen.call(), echoTrailingName),
  }),

  experiment('RESP-10-client-header-list-limit', {
    generates:
      'clients that take 100 to 8,192 octets of fields, and answers with 1 to 16,384 octets of metadata, first or last',
    accepts: ['the whole metadata', 'a status other than OK', 'RST_STREAM'],
    needs: ['answer'],
    borrows: ['fields', 'arrival'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        limit: arb.boundaryInteger({ min: 100, max: 8192, boundaries: [256, 1024, 4096] }),
        octets: arb.boundaryInteger({ min: 1, max: 16_384, boundaries: [100, 1024, 4096, 8192] }),
        isFirst: fc.boolean(),
        replies: fc.nat(2),
      }),
    labels: {
      'below the limit': ({ limit, octets }) => octets + 400 < limit,
      'above the limit, first': ({ limit, octets, isFirst }) => octets > limit && isFirst,
      'above the limit, last': ({ limit, octets, isFirst }) => octets > limit && !isFirst,
    },
    examples: () =>
      [true, false].flatMap((isFirst) => [
        { limit: 8192, octets: 10, isFirst, replies: 1 },
        { limit: 1024, octets: 2000, isFirst, replies: 1 },
        { limit: 100, octets: 16_384, isFirst, replies: 0 },
      ]),
    script: (script, { limit, octets, isFirst, replies }) => {
      script.open({
        settings: [
          { id: settingIds.ENABLE_PUSH, value: 0 },
          { id: settingIds.MAX_HEADER_LIST_SIZE, value: limit },
        ],
      });
      const asked = isFirst ? { headersFirst: true, headerOctets: octets } : { trailerOctets: octets };
      script.call(probeAnswer({ ...asked, replies, replyOctets: 10 })).expect(anyEnd);
    },
    check: (seen, { octets, isFirst }) => keepsFiller(seen.call(), isFirst ? 'headers' : 'trailers', octets),
  }),
];
