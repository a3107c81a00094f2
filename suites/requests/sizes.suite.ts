import {
  answersAs,
  arb,
  echoedInHeaders,
  echoesInitial,
  echoInitialName,
  endsWith,
  errorGoaway,
  experiment,
  fc,
  fillHeaderList,
  listFillings,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  settingIds,
  settingValue,
  status,
  streamError,
  unaryCall,
  unknownMethod,
  type AnyProperty,
  type FieldSpec,
  type Graded,
  type ListFilling,
  type TargetFacts,
} from '../../harness';

/** Octets of a header list, as RFC 9113 §6.5.2 counts them, that gRPC suggests as the default limit of servers (PROTOCOL-HTTP2, Requests). */
const suggestedLimit = 8192;

const announcedLimit = ({ settings }: TargetFacts): number =>
  settingValue(settings, settingIds.MAX_HEADER_LIST_SIZE) ?? Infinity;

/** The largest list that a server is expected to take. */
const largestExpected = (facts: TargetFacts): number => Math.min(suggestedLimit, announcedLimit(facts));

/** The limit of the target; where it has neither announced nor shown any, what most servers have is below that. */
const limitOf = ({ limits }: TargetFacts): number => limits?.headerList ?? 16_384;

/** A list that is larger than this is made of references alone: servers take blocks of so many octets in few CONTINUATION frames. */
const largestBlock = 80_000;

/** Comes last in the list, so that whoever cuts it loses it. */
const echo = (value: string): FieldSpec => ({ name: echoInitialName, value });

type Filling = ListFilling | 'path';

/** Offsets at which CONTINUATION frames start: none, or in equal parts of a block of so many octets. */
const cutsOf = (frames: number, octets: number): readonly number[] =>
  Array.from({ length: frames - 1 }, (_, index) => Math.floor(((index + 1) * octets) / frames));

const absentService = '/grpcconform.nobody.Service/';

/** How large a request header may be. */
export const sizes: readonly AnyProperty[] = [
  experiment('REQ-31-header-list-below-8k', {
    generates:
      'unary calls with a header list of 1 KiB to 8 KiB, or to the announced limit: of one, few or many fields, of one that is referred to again, or with a long :path, in one to four frames',
    accepts: [
      'status OK with the metadata back',
      'status UNIMPLEMENTED for a long :path',
      'a refusal above a limit that the target has shown before, recorded as info',
    ],
    needs: ['unary', 'metadata'],
    exceeds: ['headerList'],
    effort: 0.5,
    borrows: ['before', 'ending', 'arrival'],
    arbitrary: (facts) =>
      arb.record({
        size: arb.boundaryInteger({
          min: Math.min(1024, largestExpected(facts)),
          max: largestExpected(facts),
          boundaries: [2048, 4095, 4096, 4097, 6000, 8000, 8191],
        }),
        filling: fc.constantFrom<Filling>(...listFillings, 'path'),
        frames: fc.integer({ min: 1, max: 4 }),
      }),
    examples: (facts) =>
      [...listFillings, 'path' as const].flatMap((filling) =>
        [1, 3].map((frames) => ({ size: largestExpected(facts), filling, frames })),
      ),
    labels: {
      'one long value': ({ filling, size }) => filling === 'one field' && size > 4096,
      'many fields': ({ filling, size }) => filling === 'many fields' && size > 4096,
      'a long :path': ({ filling, size }) => filling === 'path' && size > 2048,
      'a small block for a large list': ({ filling, size }) => filling === 'references' && size > 6000,
      'CONTINUATION frames': ({ frames }) => frames > 1,
      'the largest list that must be taken': ({ size }, facts) => size >= largestExpected(facts),
    },
    script: (script, { size, filling, frames }, facts) => {
      const headerCuts = cutsOf(frames, filling === 'references' ? 2500 : size * 0.7);
      const isShown = size > limitOf(facts) && facts.limits?.headerList !== undefined;
      const beyond: readonly Graded[] = isShown ? [recorded(rejected)] : [];
      if (filling === 'path') {
        const path = absentService + 'a'.repeat(Math.max(1, size - 640 - facts.authority.length));
        const call = script.call(unknownMethod(path), { headerCuts });
        return void call.expect(endsWith(status.UNIMPLEMENTED), recorded(plainHttp(404)), ...beyond);
      }
      const fields = (ordinary: readonly FieldSpec[]) => fillHeaderList(ordinary, { size, filling });
      script
        .call(unaryCall({ responseSize: 3 }), { metadata: [echo('whole')], fields, headerCuts })
        .expect(payloadOf(3), ...beyond)
        .expect(echoedInHeaders(['whole']), ...beyond);
    },
  }),

  experiment('REQ-32-header-list-over-limit', {
    generates:
      'a unary call whose header list is larger than the limit by one octet to ten times, of one, few or many fields or of one that is referred to again, then a call that refers to what it inserted into the dynamic table',
    accepts: [
      rejected,
      streamError,
      'status OK with all the metadata back: the limit is advice',
      'after it status OK with the metadata back, unless the connection has ended',
    ],
    needs: ['unary', 'metadata'],
    exceeds: ['headerList'],
    expectsDefence: true,
    effort: 0.3,
    borrows: ['arrival'],
    arbitrary: (facts) =>
      arb.record({
        excess: arb.boundaryInteger({ min: 1, max: 9 * limitOf(facts), boundaries: [2, 32, limitOf(facts)] }),
        filling: fc.constantFrom(...listFillings),
        isEarly: fc.boolean(),
        value: arb.asciiValue({ minLength: 1, maxLength: 40 }),
      }),
    examples: (facts) =>
      listFillings.flatMap((filling) =>
        [1, limitOf(facts), 3 * limitOf(facts)].map((excess) => ({
          excess,
          filling,
          isEarly: excess === 1,
          value: 'survives',
        })),
      ),
    labels: {
      'a little too large': ({ excess }) => excess <= 64,
      'many times too large': ({ excess }, facts) => excess > 2 * limitOf(facts),
      'one field that is too large': ({ filling }) => filling === 'one field',
      'many fields': ({ filling }) => filling === 'many fields',
      'a small block for a large list': ({ filling }) => filling === 'references',
      'what it inserts comes before what is too much': ({ isEarly }) => isEarly,
    },
    script: (script, { excess, filling, isEarly, value }, facts) => {
      const wanted = limitOf(facts) + excess;
      const size = filling === 'references' ? wanted : Math.min(wanted, Math.max(largestBlock, limitOf(facts) + 1));
      const inserted: FieldSpec = { ...echo(value), representation: 'incremental' };
      const fields = (ordinary: readonly FieldSpec[]) => {
        const filled = fillHeaderList([...ordinary, inserted], { size, filling });
        return isEarly ? [...ordinary, inserted, ...filled.slice(ordinary.length, -1)] : filled;
      };
      const call = script.call(unaryCall({ responseSize: 3 }), { fields, legal: false, awaitEnd: false });
      // A connection error need not end the stream: GOAWAY may name it as one that was looked at.
      script.await({ see: 'end', stream: call.stream }, { within: 'close', optional: true });
      call
        .expect(rejected, streamError, payloadOf(3))
        // Who serves it with less than was sent breaks more than a convention.
        .expectOf('REQ-24-ascii-metadata-roundtrip', rejected, streamError, echoedInHeaders([value]));
      script.call(unaryCall({ responseSize: 3 }), {
        metadata: [{ ...inserted, representation: 'indexed' }],
        as: laterCall,
      });
    },
    check: (seen, { value }) => {
      const later = seen.call(laterCall);
      const hasEnded = later.shape === 'closed' && errorGoaway(seen.connection()) === undefined;
      // Who refuses the list by ending the connection may do so when the next call has left already; an error in its block is another matter.
      if (hasEnded || later.times.opened === undefined) return [];
      const wrong = answersAs(later, { of: 'payload', octets: 3 });
      return wrong.length > 0 ? wrong : echoesInitial(later, [value]);
    },
  }),
];

/** The call that refers to what one that was refused has inserted. */
const laterCall = 'later';
