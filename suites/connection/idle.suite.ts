import {
  arb,
  experiment,
  fc,
  plainestCall,
  staysUsable,
  type AnyProperty,
  type Breach,
  type ConnectionView,
} from '../../harness';

/** A connection on which nothing of ours is said. */
const silent = 'silent';

/** Connections on which nothing goes on. */
export const idle: readonly AnyProperty[] = [
  experiment('CONN-11-idle-and-silent-peers', {
    generates:
      'one to three calls, 1 to 5 s in which nothing is asked, and another call; beside it a connection on which we say nothing at all, or none',
    accepts: [
      'an answer to the last call',
      'GOAWAY(NO_ERROR) before it',
      'GOAWAY with an error code or a close without GOAWAY, with a warning',
    ],
    slow: true,
    effort: 0.03,
    exceeds: ['idle', 'age'],
    aboutRefusals: true,
    arbitrary: () =>
      arb.record({
        milliseconds: fc.integer({ min: 1000, max: 5000 }),
        before: fc.integer({ min: 1, max: 3 }),
        isBesideSilence: fc.boolean(),
      }),
    labels: {
      'three seconds or more': ({ milliseconds }) => milliseconds >= 3000,
      'less than three seconds': ({ milliseconds }) => milliseconds < 3000,
      'beside a connection on which nothing is said': ({ isBesideSilence }) => isBesideSilence,
    },
    examples: () => [
      { milliseconds: 5000, before: 1, isBesideSilence: true },
      { milliseconds: 1500, before: 2, isBesideSilence: false },
    ],
    script: (script, { milliseconds, before, isBesideSilence }, facts) => {
      if (isBesideSilence) {
        script.open({
          on: silent,
          insteadOfPreface: new Uint8Array(0),
          awaitSettings: false,
          housekeeping: { ackSettings: false, ackPings: false },
        });
      }
      for (let call = 0; call < before; call++) script.call(plainestCall(facts));
      script.pause(milliseconds);
      script.call(plainestCall(facts), { as: 'later' });
    },
    check: (seen, { isBesideSilence }) => [
      ...staysUsable(seen.connection(), seen.call('later')),
      ...(isBesideSilence ? recordSilence(seen.connection(silent)) : []),
    ],
  }),
];

/** For how long a server bears somebody who says nothing is its own affair; servers that end it take minutes. */
function recordSilence(view: ConnectionView): readonly Breach[] {
  if (view.closed?.by === 'target') return [];
  const observed = 'a connection on which we say nothing is still open';
  return [
    { severity: 'info', observed, expected: 'a connection that is dropped at some time', reaction: 'still open' },
  ];
}
