import {
  arb,
  ask,
  askedCallExamples,
  askedCalls,
  longestStatusText,
  status,
  type AskedCall,
  type Experiment,
  type Outcome,
} from '../harness';

/** What rows about the form of every answer have in common: one to four ordinary calls of all kinds, of each of which the same must come. */
export const askedFor = (
  expected: Outcome,
): Pick<Experiment<{ readonly calls: readonly AskedCall[] }>, 'arbitrary' | 'examples' | 'labels' | 'script'> => ({
  arbitrary: (facts) => arb.record({ calls: askedCalls(facts.offers, { longestText: longestStatusText(facts) }) }),
  examples: (facts) =>
    askedCallExamples(facts.offers, { longestText: longestStatusText(facts) }).map((calls) => ({ calls })),
  labels: {
    'an error': ({ calls }) => calls.some((call) => call.status !== status.OK || call.method === 'unknown'),
    'several calls on the connection': ({ calls }) => calls.length > 1,
    'an answer of several messages': ({ calls }) =>
      calls.some((call) => call.method.endsWith('streaming') && call.sizes.length > 1),
  },
  script: (script, { calls }) => {
    for (const call of calls) ask(script, call).expect(expected);
  },
});
