import {
  arb,
  beginInnocents,
  experiment,
  literalRequest,
  plainestCall,
  spareHandlers,
  strayOctetsOf,
  type AnyProperty,
  type RoughOctets,
  type StrayOctets,
} from '../../harness';

/** Connections of one input: what brings a server down is rare among random octets. */
const mostStrays = 40;

/** Handlers that the calls beside may take: a conversation, and a call. */
const handlersOfInnocents = 2;

/** Milliseconds for a target to take amiss what it got; one that waits for the rest of a frame never does. The calls that follow are behind it anyway. */
const digestion = 50;

const has =
  (is: (stray: StrayOctets) => boolean) =>
  ({ strays }: { readonly strays: readonly StrayOctets[] }): boolean =>
    strays.some(is);

const seeds = Array.from({ length: mostStrays }, (_, index) => index + 1);

const random = (length: number, seed: number): RoughOctets => ({ length, seed, range: 'any' });

/** A frame of that type with each of its flags, on a stream that is open and on one that is not. */
const strayFramesOf = (type: number): readonly StrayOctets[] =>
  [true, false].map((opens) => ({
    form: 'frames',
    opens,
    frames: [{ type, flags: 0x2d, stream: 1, payload: random(9, type + 1) }],
  }));

/** What nobody has meant. */
export const strays: readonly AnyProperty[] = [
  experiment('DOS-12-random-bytes', {
    generates:
      'one to forty connections of random octets: at once, behind the preface, as payloads of frames of any type with any flags on any stream, and as field blocks; beside a call on another connection',
    accepts: [
      'anything on the connections with random octets: an error, a close, or silence',
      'the other connection and a new one serve calls',
    ],
    // What harms the server harms whoever is beside.
    lane: 'exclusive',
    effort: 0.3,
    // What the octets mean to the target nobody knows.
    afterwards: false,
    expectsDefence: true,
    arbitrary: () => arb.record({ strays: arb.list(arb.strayOctets(), { minCount: 1, maxCount: mostStrays }) }),
    examples: () => [
      { strays: seeds.map((seed): StrayOctets => ({ form: 'at once', octets: random(100, seed) })) },
      { strays: seeds.map((seed): StrayOctets => ({ form: 'after the preface', octets: random(100, seed) })) },
      { strays: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x50].flatMap(strayFramesOf) },
      { strays: seeds.map((seed): StrayOctets => ({ form: 'field blocks', blocks: [random(60, seed)] })) },
    ],
    labels: {
      'random octets at once': has(({ form }) => form === 'at once'),
      'random octets after the preface': has(({ form }) => form === 'after the preface'),
      'frames with a request open': has((stray) => stray.form === 'frames' && stray.opens),
      'frames without a request': has((stray) => stray.form === 'frames' && !stray.opens),
      'random field blocks': has(({ form }) => form === 'field blocks'),
    },
    script: (script, { strays: all }, facts) => {
      const request = literalRequest(facts, plainestCall(facts));
      const finishInnocents = beginInnocents(script, facts);
      // A request that waits for its message may hold a handler, and of these there may be few for all.
      let spare = spareHandlers(facts, handlersOfInnocents);
      for (const [index, stray] of all.entries()) {
        const on = `random ${index}`;
        const opens = stray.form === 'frames' && stray.opens && spare-- > 0;
        const octets = strayOctetsOf(stray.form === 'frames' ? { ...stray, opens } : stray, request);
        script.open({ on, insteadOfPreface: octets, awaitSettings: false });
        if (index === all.length - 1) script.awaitConnectionError(on, digestion);
      }
      finishInnocents();
    },
  }),
];
