import {
  absentMethod,
  arb,
  attack,
  boundsHandlers,
  countCalls,
  data,
  encodeMessage,
  experiment,
  fc,
  fullDuplexCall,
  givesMemoryBack,
  headers,
  joinOctets,
  mostAtOnce,
  literalFields,
  ordinaryFields,
  plainestCall,
  rawFrame,
  frameTypes,
  settingIds,
  settingValue,
  slowCall,
  unaryCall,
  unknownMethod,
  windowUpdate,
  type AnyProperty,
  type CallRequest,
  type RawFrame,
  type TargetFacts,
} from '../../harness';
import { defended, hostile, perRound, rounds } from './shared';

/** Milliseconds for which a handler of the attack is busy when nobody stops it: until all counting is over. */
const busy = 10_000;

/** A field of a request, or the list of all, otherwise. */
type Fields = ReturnType<typeof ordinaryFields>;

const withField = (fields: Fields, name: string, value: string): Fields =>
  fields.map((field) => (field.name === name ? { ...field, value } : field));

/** HEADERS of a request on the first stream, in literals as they are, so that each repetition is the same. */
const request = (
  facts: TargetFacts,
  { path }: Pick<CallRequest, 'path'>,
  { endStream, change = (fields) => fields, metadata = [] }: RequestOptions,
): RawFrame => {
  const fields = change(ordinaryFields(facts, path, { metadata }));
  const block = literalFields(fields.map(({ name, value }) => ({ name, value, huffman: false })));
  return headers(1, block, { endStream });
};

interface RequestOptions {
  readonly endStream: boolean;
  readonly change?: (fields: Fields) => Fields;
  readonly metadata?: Fields;
}

/** Requests that are refused, by why. */
const refusedRequests = {
  'an upper-case name': (facts) =>
    request(facts, plainestCall(facts), { endStream: true, metadata: [{ name: 'X-Upper', value: 'a' }] }),
  'no :path': (facts) =>
    request(facts, plainestCall(facts), {
      endStream: true,
      change: (fields) => fields.filter(({ name }) => name !== ':path'),
    }),
  'another content-type': (facts) =>
    request(facts, plainestCall(facts), {
      endStream: true,
      change: (fields) => withField(fields, 'content-type', 'text/html'),
    }),
  'an unknown method': (facts) => request(facts, unknownMethod(absentMethod), { endStream: true }),
  'more streams than there may be': (facts) => request(facts, fullDuplexCall([]), { endStream: false }),
} as const satisfies Readonly<Record<string, (facts: TargetFacts) => RawFrame>>;

type Refused = keyof typeof refusedRequests;

interface RefusedRequests {
  readonly refused: Refused;
  readonly count: number;
  readonly unread: boolean;
}

/** What a client can do to its own stream so that the server resets it, behind END_STREAM. */
const provocations = {
  'WINDOW_UPDATE of 0': [windowUpdate(1, 0)],
  'a window that overflows': [windowUpdate(1, 0x7fff_ffff), windowUpdate(1, 0x7fff_ffff)],
  'DATA behind END_STREAM': [data(1, new Uint8Array(1))],
  'HEADERS behind END_STREAM': [headers(1, literalFields([{ name: 'x-late', value: 'a' }]), { endStream: true })],
  'PRIORITY of four octets': [rawFrame({ type: frameTypes.PRIORITY, streamId: 1, payload: new Uint8Array(4) })],
  'a lie in content-length': [],
} as const satisfies Readonly<Record<string, readonly RawFrame[]>>;

type Provocation = keyof typeof provocations;

interface Provocations {
  readonly provocation: Provocation;
  readonly count: number;
  readonly isSlow: boolean;
  /** Streams by which the provocations lag behind the requests, so that handlers run by then. */
  readonly lag: number;
}

/** Where few handlers run at a time, busy ones that learn of nothing would keep everybody waiting, and no rule says that they must not. */
const canBeSlow = ({ limits }: TargetFacts): boolean => limits?.handlers === undefined;

const names = <Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(table) as Name[];

/** The next streams of a round: what each frame of the first stream is on in its first repetition. */
const inRound = (frames: readonly RawFrame[], round: number, times: number): readonly RawFrame[] =>
  frames.map((frame) => later(frame, times * round));

/** The same so many streams later. */
const later = (frame: RawFrame, streams: number): RawFrame => ({ ...frame, streamId: frame.streamId + 2 * streams });

/** As many streams as handlers begin on before the first is reset, of those that there may be at a time. */
const usualLag = 40;

/** Floods of streams that come to nothing. */
export const streamFloods: readonly AnyProperty[] = [
  experiment<Provocations>('DOS-02-made-you-reset', {
    ...hostile,
    generates:
      'three times, on new connections, 200 to 1500 complete requests to a slow method (a fast one where few handlers run at a time), each with what makes the server reset its stream, at once or some streams later: WINDOW_UPDATE of 0, a window that overflows, DATA or HEADERS behind END_STREAM, PRIORITY of four octets, a wrong content-length',
    accepts: [...defended, 'no more handlers at a time than the limit of concurrent streams'],
    needs: ['unary', 'bidirectional-streaming', 'slow'],
    effort: 0.04,
    arbitrary: (facts) =>
      arb.record({
        provocation: fc.constantFrom(...names(provocations)),
        count: arb.boundaryInteger({ min: 200, max: 1500, boundaries: [1100] }),
        isSlow: canBeSlow(facts) ? fc.boolean() : fc.constant(false),
        lag: fc.constantFrom(0, mostAtOnce(facts, usualLag)),
      }),
    labels: {
      'handlers that run by then': ({ lag }) => lag > 0,
      'a window': ({ provocation }) => /window/i.test(provocation),
      'a frame behind END_STREAM': ({ provocation }) => provocation.endsWith('END_STREAM'),
      'a lie in content-length': ({ provocation }) => provocation === 'a lie in content-length',
      'handlers that are busy, where they may be': ({ isSlow }, facts) => isSlow || !canBeSlow(facts),
    },
    examples: (facts) => [
      { provocation: 'WINDOW_UPDATE of 0', count: 1500, isSlow: canBeSlow(facts), lag: mostAtOnce(facts, usualLag) },
      { provocation: 'DATA behind END_STREAM', count: 1500, isSlow: canBeSlow(facts), lag: 0 },
      { provocation: 'a lie in content-length', count: 1500, isSlow: canBeSlow(facts), lag: 0 },
    ],
    script: (script, { provocation, count, isSlow, lag }, facts) => {
      const counted = facts.offers.includes('probe') ? countCalls(script) : undefined;
      const { path, messages } = isSlow ? slowCall(busy) : unaryCall();
      const lie = provocation === 'a lie in content-length' ? [{ name: 'content-length', value: '9999' }] : [];
      const metadata = [...(counted?.metadata ?? []), ...lie];
      const requested = [
        request(facts, { path }, { endStream: false, metadata }),
        data(1, joinOctets(messages.map((message) => encodeMessage(message))), { endStream: true }),
      ];
      const frames = [...requested.map((frame) => later(frame, lag)), ...provocations[provocation]];
      const times = perRound(count);
      attack(script, facts, {
        rounds,
        strike: (on, round) => {
          const how = { on, streamStep: 2, ...(lag === 0 ? {} : { perWrite: Math.ceil(lag / 2) }) };
          if (round === 0 && lag > 0) script.flood({ ...how, frames: requested, times: lag });
          script.flood({ ...how, frames: inRound(frames, round, times), times });
        },
        ask: (wave) => wave === 'third' && counted?.ask({ times: facts.times }),
      });
    },
    check: (seen, { isSlow }, facts) => [
      ...(isSlow ? boundsHandlers(seen, facts, 3) : []),
      ...givesMemoryBack(seen.transcript, 'streams that the server had to reset'),
    ],
  }),

  experiment<RefusedRequests>('DOS-05-reset-provocation-flood', {
    ...hostile,
    generates:
      'three times, on new connections, 200 to 3000 requests that are refused (an upper-case name, no :path, another content-type, an unknown method, more streams than there may be), what becomes of them read at once or not before all are sent',
    accepts: defended,
    needs: ['bidirectional-streaming'],
    effort: 0.05,
    arbitrary: (facts) =>
      arb.record({
        refused: fc.constantFrom(...names(refusedRequests).filter((name) => canBeRefused(name, facts))),
        count: arb.boundaryInteger({ min: 200, max: 3000, boundaries: [1000] }),
        unread: fc.boolean(),
      }),
    labels: {
      'a malformed request': ({ refused }) => refused === 'an upper-case name' || refused === 'no :path',
      'a request that is answered': ({ refused }) => refused.startsWith('an'),
      'more streams than there may be': ({ refused }, facts) =>
        refused.startsWith('more') || !canBeRefused('more streams than there may be', facts),
      'answers that are not read': ({ unread }) => unread,
    },
    examples: (facts) => [
      { refused: 'no :path', count: 3000, unread: true },
      { refused: 'an unknown method', count: 3000, unread: true },
      ...(canBeRefused('more streams than there may be', facts)
        ? [{ refused: 'more streams than there may be', count: 3000, unread: false } as const]
        : []),
      { refused: 'an upper-case name', count: 3000, unread: false },
    ],
    script: (script, { refused, count, unread }, facts) => {
      const frames = [refusedRequests[refused](facts)];
      const times = perRound(count);
      attack(script, facts, {
        rounds,
        unread,
        strike: (on, round) => script.flood({ on, frames: inRound(frames, round, times), times, streamStep: 2 }),
      });
    },
    check: (seen) => givesMemoryBack(seen.transcript, 'requests that were refused'),
  }),
];

/** The largest limit of streams that an attack goes beyond. */
const mostStreams = 1000;

/** Streams that stay open take handlers, of which there may be few for all; and where there is no limit none of them is refused. */
const canBeRefused = (name: Refused, facts: TargetFacts): boolean =>
  name !== 'more streams than there may be' ||
  (canBeSlow(facts) && (settingValue(facts.settings, settingIds.MAX_CONCURRENT_STREAMS) ?? Infinity) <= mostStreams);
