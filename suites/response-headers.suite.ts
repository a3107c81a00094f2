import {
  answered,
  arb,
  echoedInHeaders,
  echoInitialName,
  endsWith,
  experiment,
  fc,
  fullDuplexCall,
  inPlace,
  recorded,
  status,
  streamingInputCall,
  streamingOutputCall,
  suite,
  unaryCall,
  unechoed,
  type Graded,
} from '../harness';
import { askedFor } from './asked-calls';
import { timingAndLimits } from './response-headers/timing-and-limits.suite';

export default suite('response-headers', [
  experiment('RESP-01-status-200', {
    generates: 'one to four calls of all kinds, ending with OK or an error, with and without metadata in the answer',
    accepts: [
      'one :status of 200 before all other fields',
      'the plain HTTP answer of what stands in front of the server (401, 403, 413, 429, 431, 502, 503, 504), with a warning',
    ],
    // Which :status there is, and where it stands, is watched on every call.
    ...askedFor(answered),
  }),

  ...timingAndLimits.slice(0, 1),

  experiment('RESP-08-initial-metadata', {
    generates: 'one to three values that the handler echoes, in calls of all kinds, with 0 to 3 messages in the answer',
    accepts: [
      'status OK with the values in Response-Headers',
      'the first value alone, recorded as info',
      'no value in a bidirectional answer without a message, recorded as info',
    ],
    needs: ['metadata'],
    effort: 0.7,
    arbitrary: ({ offers }) =>
      arb.record({
        kind: fc.constantFrom(...kinds.filter((kind) => offers.includes(kind))),
        values: arb.repeatedValues({ minCount: 1, maxCount: 3, maxLength: 40 }),
        sizes: arb.responseSizes({ maxCount: 3, maxLength: 2000 }),
        others: arb.metadata({ maxCount: 4 }),
      }),
    labels: {
      'no message in the answer': ({ sizes }) => sizes.length === 0,
      'several values': ({ values }) => values.length > 1,
      'among other fields': ({ others }) => others.length > 0,
    },
    examples: ({ offers }) =>
      kinds
        .filter((kind) => offers.includes(kind))
        .flatMap((kind) => [[], [1]].map((sizes) => ({ kind, values: ['initial'], sizes, others: [] }))),
    script: (script, { kind, values, sizes, others }) => {
      const echoed = values.map((value) => ({ name: echoInitialName, value }));
      script
        .call(requestOf(kind, sizes), { metadata: [...others, ...echoed] })
        .expect(endsWith(status.OK))
        .expect(...(isEchoed(kind) ? [echoedInHeaders(values), ...neverBegun(kind, sizes)] : [inPlace]));
    },
  }),

  ...timingAndLimits.slice(1),
]);

/** Handlers of some libraries begin their Response-Headers with their first message: without one they have said nothing that could be lost. */
const neverBegun = (kind: Kind, sizes: readonly number[]): readonly Graded[] =>
  kind === 'bidirectional-streaming' && sizes.length === 0 ? [recorded(unechoed)] : [];

/** The interop tests ask these two methods alone to echo; what the others do is their own affair. */
const isEchoed = (kind: Kind): boolean => kind === 'unary' || kind === 'bidirectional-streaming';

type Kind = 'unary' | 'client-streaming' | 'server-streaming' | 'bidirectional-streaming';
const kinds: readonly Kind[] = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'];

function requestOf(kind: Kind, sizes: readonly number[]) {
  const responses = sizes.map((size) => ({ size }));
  switch (kind) {
    case 'unary':
      return unaryCall({ responseSize: sizes[0] ?? 0 });
    case 'client-streaming':
      return streamingInputCall(sizes.map((length) => ({ payload: new Uint8Array(length) })));
    case 'server-streaming':
      return streamingOutputCall({ responses });
    case 'bidirectional-streaming':
      return fullDuplexCall(responses.length === 0 ? [] : [{ responses }]);
  }
}
