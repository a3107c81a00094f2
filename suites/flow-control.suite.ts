import {
  arb,
  experiment,
  fc,
  grantsFor,
  initialSettings,
  mostAtOnce,
  openStalled,
  staysSmall,
  streamOfSizes,
  suite,
  usesCredit,
  type AnyProperty,
  type PlanBuilder,
} from '../harness';
import { changes } from './flow-control/changes.suite';
import { download, enoughFor, leastOf, mebibyte, patience, totalOf } from './flow-control/shared';
import { frameSizes } from './flow-control/frame-sizes.suite';
import { stalls } from './flow-control/stalls.suite';
import { unread } from './flow-control/unread.suite';

/** Octets of the smaller and the larger response that nobody reads: far apart enough to tell a server that keeps them from one that does not. */
const smallResponse = 32 * mebibyte;
const largeResponse = 4 * smallResponse;

/** Milliseconds that a server may take for 128 MiB before its Response-Headers leave. */
const productionTime = 15_000;

/** A response that nobody reads, in messages of one size; then what the server's memory has come to. Its connection is closed. */
function stall(
  script: PlanBuilder,
  label: string,
  how: { readonly total: number; readonly size: number; readonly initialWindow: number; readonly milliseconds: number },
): void {
  openStalled(script, how.initialWindow, { on: label });
  const count = how.total / how.size;
  const call = download(
    script,
    Array.from({ length: count }, () => how.size),
    label,
  );
  // The handler shall have had the time to produce all of it, if nothing stops it; a server that does so may say nothing else meanwhile.
  call.awaitHeaders(productionTime);
  script.pause(how.milliseconds).fence({ on: label }).sampleMemory(label);
  call.reset();
}

const responses: readonly AnyProperty[] = [
  experiment('FLOW-01-window-respected', {
    generates:
      'one to three responses beside each other that are larger than the windows, stream windows from 0 to 1 MiB, and credit of 1 to 100,000 octets at a time on both levels',
    accepts: ['DATA within the credit that we have sent, at every moment', 'status OK with every message in the end'],
    needs: ['server-streaming'],
    effort: 0.5,
    arbitrary: (facts) =>
      arb.record({
        calls: arb.list(arb.responseSizes({ minCount: 1, maxCount: 5, maxTotal: 100_000 }), {
          minCount: 1,
          maxCount: Math.max(1, mostAtOnce(facts, 3)),
        }),
        schedule: arb.windowSchedule(),
        connectionGrants: arb.list(arb.grant({ max: 50_000 }), { minCount: 1, maxCount: 6 }),
      }),
    labels: {
      'no window at all': ({ schedule }) => schedule.initialWindow === 0,
      'credit of one octet': ({ schedule, connectionGrants }) => [...schedule.grants, ...connectionGrants].includes(1),
      'several streams': ({ calls }) => calls.length > 1,
      'the connection is short of credit': ({ calls, schedule }) =>
        totalOf(calls.map((sizes) => Math.min(leastOf(sizes), schedule.initialWindow))) >
        initialSettings.INITIAL_WINDOW_SIZE,
      'a message prefix is cut by the window': ({ schedule }) =>
        schedule.initialWindow > 0 && schedule.initialWindow < 5,
    },
    examples: () => [
      { calls: [[1]], schedule: { initialWindow: 0, grants: [1, 4, 1] }, connectionGrants: [1] },
      { calls: [[100], [100]], schedule: { initialWindow: 5, grants: [5] }, connectionGrants: [5] },
      {
        calls: [[40_000, 40_000], [40_000]],
        schedule: { initialWindow: 1_048_576, grants: [1] },
        connectionGrants: [1, 2],
      },
    ],
    script: (script, { calls, schedule, connectionGrants }) => {
      openStalled(script, schedule.initialWindow);
      const writers = calls.map((sizes) => download(script, sizes));
      script.fence();
      const grants = calls.map((sizes) => grantsFor(schedule, leastOf(sizes), { maxSteps: 8 }));
      const rounds = Math.max(connectionGrants.length, ...grants.map(({ length }) => length));
      for (let round = 0; round < rounds; round++) {
        for (const [index, writer] of writers.entries()) {
          const octets = grants[index]?.[round];
          if (octets !== undefined) writer.grant(octets);
        }
        const octets = connectionGrants[round];
        if (octets !== undefined) script.grant(0, octets);
        // The fence gives the server the time to use the credit up before it gets more.
        script.fence();
      }
      for (const [index, writer] of writers.entries()) {
        if (schedule.initialWindow < enoughFor(calls[index] ?? [])) writer.grant(enoughFor(calls[index] ?? []));
      }
      script.grant(0, totalOf(calls.map(enoughFor)));
      // The rule itself runs on every connection. A response that stands still has another rule.
      for (const [index, writer] of writers.entries()) {
        writer.awaitEnd().expectOf('FLOW-03-resumes-on-credit', streamOfSizes(calls[index] ?? []));
      }
    },
  }),

  experiment('FLOW-03-resumes-on-credit', {
    generates:
      'a response of up to 200,000 octets, a stream window from 0 to 1 MiB, up to five steps of 1 to 100,000 octets of credit for the level that is short of it, then enough for one level, and enough for the other',
    accepts: ['status OK with every message', 'credit that is left unused for longer than 1.5 seconds, with a warning'],
    needs: ['server-streaming'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        sizes: arb.responseSizes({ minCount: 1, maxCount: 5, maxLength: 100_000, maxTotal: 200_000 }),
        schedule: arb.windowSchedule(),
        last: fc.constantFrom('stream', 'connection'),
      }),
    labels: {
      'no window at all': ({ schedule }) => schedule.initialWindow === 0,
      'the window ends within the message prefix': ({ schedule }) =>
        schedule.initialWindow > 0 && schedule.initialWindow < 5,
      'credit of one octet': ({ schedule }) => schedule.grants.includes(1),
      'more than the connection window': ({ sizes }) => leastOf(sizes) > initialSettings.INITIAL_WINDOW_SIZE,
      'the stream is the last to get credit': ({ last }) => last === 'stream',
      'the connection is the last to get credit': ({ last }) => last === 'connection',
    },
    examples: () =>
      (['stream', 'connection'] as const).flatMap((last) => [
        { sizes: [100], schedule: { initialWindow: 0, grants: [1, 4, 5] }, last },
        { sizes: [10, 20], schedule: { initialWindow: 3, grants: [1, 1] }, last },
        { sizes: [70_000], schedule: { initialWindow: 65_535, grants: [1] }, last },
        { sizes: [50_000, 50_000], schedule: { initialWindow: mebibyte, grants: [1, 100] }, last },
      ]),
    script: (script, { sizes, schedule, last }) => {
      openStalled(script, schedule.initialWindow);
      const call = download(script, sizes);
      const credit = { stream: schedule.initialWindow, connection: initialSettings.INITIAL_WINDOW_SIZE };
      const least = leastOf(sizes);
      const grant = (level: keyof typeof credit, octets: number): void => {
        if (octets <= 0) return;
        credit[level] += octets;
        script.grant(level === 'stream' ? call.stream : 0, octets);
      };
      const awaitUse = (): void => {
        const octets = Math.min(credit.stream, credit.connection, least);
        script.await({ see: 'data', stream: call.stream, octets }, { within: patience, optional: true });
      };
      awaitUse();
      for (let step = 0; step < 5 && Math.min(credit.stream, credit.connection) < least; step++) {
        const level = credit.stream <= credit.connection ? 'stream' : 'connection';
        grant(level, schedule.grants[step % schedule.grants.length] ?? 1);
        awaitUse();
      }
      grant(
        last === 'stream' ? 'connection' : 'stream',
        enoughFor(sizes) - credit[last === 'stream' ? 'connection' : 'stream'],
      );
      awaitUse();
      grant(last, enoughFor(sizes) - credit[last]);
      call.awaitEnd().expect(streamOfSizes(sizes));
    },
    check: usesCredit,
  }),

  experiment('FLOW-07-fast-producer-stalled-reader', {
    generates:
      'three responses that nobody reads, of 32 MiB, 32 MiB and 128 MiB in messages of 64 KiB to 1 MiB, behind a stream window of 0 or 65535 octets',
    accepts: [
      'DATA that stops at the window, a connection that goes on, and memory that does not grow with the response (where it can be read: with --exec)',
    ],
    needs: ['server-streaming'],
    // A handler whose reader is gone has nothing to wait for.
    exceeds: ['handlers'],
    lane: 'exclusive',
    slow: true,
    effort: 0.01,
    arbitrary: () =>
      arb.record({
        size: fc.constantFrom(65_536, 262_144, mebibyte),
        initialWindow: fc.constantFrom(initialSettings.INITIAL_WINDOW_SIZE, 0),
      }),
    examples: () => [{ size: 65_536, initialWindow: initialSettings.INITIAL_WINDOW_SIZE }],
    script: (script, how) => {
      stall(script, 'warm', { ...how, total: smallResponse, milliseconds: 300 });
      stall(script, 'small', { ...how, total: smallResponse, milliseconds: 300 });
      stall(script, 'large', { ...how, total: largeResponse, milliseconds: 1000 });
    },
    check: (seen) =>
      staysSmall(seen.transcript, { from: 'small', to: 'large', because: 'a response that nobody reads' }),
  }),
];

export default suite('flow-control', [...responses, ...changes, ...stalls, ...frameSizes, ...unread]);
