import {
  arb,
  callBreach,
  decodeHealthListResponse,
  endsWith,
  experiment,
  fc,
  healthCheck,
  healthList,
  healthWatch,
  mostAtOnce,
  mostCalls,
  plainOctets,
  probeSetServing,
  servingStatuses,
  status,
  stimulus,
  type AnyProperty,
  type Breach,
  type Call,
  type CallWriter,
  type Observation,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { likelyNames, servingOf, textOf, unknownName, unknownNames, watchedBy } from './health-names';

/** Watchers of a name, and Checks of it beside them. */
interface Watched {
  readonly name: string;
  readonly watchers: number;
  readonly checks: number;
  readonly lists?: number;
}

const watched = (facts: TargetFacts) => ({
  watchers: fc.integer({ min: 1, max: Math.max(1, mostAtOnce(facts, 4) - 1) }),
  checks: fc.integer({ min: 1, max: 3 }),
});

/** Watches and checks a name, and leaves: a Check that comes behind the first message of each watcher shows that these have had their time. */
function watchAndCheck(
  script: PlanBuilder,
  { name, watchers, checks, lists = 0 }: Watched,
  afterwards: (open: readonly CallWriter[]) => void = () => undefined,
): void {
  const open = Array.from({ length: watchers }, (_, index) =>
    script.call(healthWatch(name), { as: `watcher ${index}`, awaitEnd: false }),
  );
  for (const call of open) call.awaitMessages(1);
  for (let check = 0; check < checks; check++) script.call(healthCheck(name), { as: `check ${check}` });
  for (let list = 0; list < lists; list++) script.call(healthList(), { ...unlisted, as: `list ${list}` });
  script.fence();
  afterwards(open);
  for (const call of open) call.resetUnlessEnded();
}

/** Many servers have no List; in which form they refuse it is a rule of its own (REQ-21). */
const unlisted = { legal: false } as const;

const callsOf = (seen: Observation, what: string, count: number): readonly Call[] =>
  Array.from({ length: count }, (_, index) => seen.call(`${what} ${index}`));

const describeServing = (number: number | undefined): string =>
  number === undefined ? 'something that cannot be decoded' : (servingStatuses[number] ?? `status ${number}`);

/** One message with the status that Check knows, on a stream that stays open until we leave; a server without Watch is none to complain of. */
function staysAndSays(call: Call, wanted: number | undefined, later: readonly number[] = []): readonly Breach[] {
  const expected = `${wanted === undefined ? 'one message' : describeServing(wanted)} at once, on a stream that stays open`;
  const breach = callBreach(call, expected);
  if (call.status === status.UNIMPLEMENTED) return [{ ...breach, severity: 'info' }];
  if (call.shape !== 'reset' || call.reset?.by !== 'client') return [breach];
  const said = servingOf(call);
  if (call.messages.length !== 1 + later.length)
    return [
      {
        ...breach,
        observed: `${call.messages.length} messages and ${later.length === 0 ? 'no change' : 'one change'}`,
        reaction: 'wrong message count',
      },
    ];
  const wrong = later.map((_, index) => servingOf(call, index + 1)).find((news, index) => news !== later[index]);
  if (wrong !== undefined)
    return [{ ...breach, observed: `then Watch says ${describeServing(wrong)}`, reaction: 'wrong news' }];
  if (said !== undefined && (wanted === undefined || said === wanted)) return [];
  return [{ ...breach, observed: `Watch says ${describeServing(said)}`, reaction: 'wrong message' }];
}

/** What health checking says of names, and what asking for it changes: nothing. */
export const health: readonly AnyProperty[] = [
  stimulus('SVC-02-health-unknown-service', {
    generates:
      'health checks of names that are nearly that of a service: in another case, with a prefix or suffix, the package alone; and of any other text',
    accepts: [endsWith(status.NOT_FOUND)],
    needs: ['health'],
    effort: 0.4,
    sends: () => arb.record({ name: unknownName() }),
    examples: () => unknownNames.map((name) => ({ name })),
    labels: {
      'another case': ({ name }) => name.near === 'another case',
      'a name with something before or behind it': ({ name }) => name.near !== null && name.near !== 'another case',
      'any text': ({ name }) => name.near === null,
    },
    write: (script, { name }) => void script.call(healthCheck(textOf(name))),
  }),

  experiment('SVC-03-health-watch-immediate', {
    generates: 'one to three watchers of the server or of a service that it may have, and 1 to 3 health checks beside',
    accepts: ['the status that Check knows at once, on a stream that stays open', 'UNIMPLEMENTED, recorded as info'],
    needs: ['health'],
    effort: 0.2,
    arbitrary: (facts) => arb.record({ name: fc.constantFrom(...likelyNames), ...watched(facts) }),
    examples: () => likelyNames.map((name) => ({ name, watchers: 1, checks: 1 })),
    labels: {
      'the server as a whole': ({ name }) => name === '',
      'a service': ({ name }) => name !== '',
      'several watchers': ({ watchers }) => watchers > 1,
    },
    script: (script, input) => watchAndCheck(script, input),
    check: (seen, { watchers }) =>
      callsOf(seen, 'watcher', watchers).flatMap((call) => staysAndSays(call, watchedBy(seen.call('check 0')))),
  }),

  experiment('SVC-04-health-watch-unknown', {
    generates:
      'one to three watchers of a name that no server has, and 1 to 3 health checks of it beside; where the target lets anyone do so, the name is registered later',
    accepts: [
      'SERVICE_UNKNOWN at once, on a stream that stays open',
      'then what the name was registered with',
      'UNIMPLEMENTED, recorded as info',
    ],
    needs: ['health'],
    effort: 0.2,
    arbitrary: (facts) =>
      arb.record({
        name: unknownName(),
        ...watched(facts),
        // What nobody can register stays unknown.
        later: facts.offers.includes('health-control') ? fc.constantFrom(null, true, false) : fc.constant(null),
      }),
    examples: (facts) => [
      ...unknownNames.map((name) => ({ name, watchers: 1, checks: 1, later: null })),
      ...(facts.offers.includes('health-control')
        ? [true, false].map((later) => ({ name: unknownNames[0]!, watchers: 1, checks: 1, later }))
        : []),
    ],
    labels: {
      'nearly the name of a service': ({ name, later }) => later === null && name.near !== null,
      'any text': ({ name, later }) => later === null && name.near === null,
      'several watchers': ({ watchers }) => watchers > 1,
      'registered later': ({ later }, { offers }) => later !== null || !offers.includes('health-control'),
    },
    script: (script, { name, later, ...rest }) => {
      const asked = later === null ? textOf(name) : script.nonce();
      watchAndCheck(script, { ...rest, name: asked }, (open) => {
        if (later === null) return;
        script.call(probeSetServing(asked, later), { on: 'control', role: 'probe' });
        for (const call of open) call.awaitMessages(2);
      });
    },
    check: (seen, { watchers, later }) =>
      callsOf(seen, 'watcher', watchers).flatMap((call) =>
        staysAndSays(call, 3, later === null ? [] : [later ? 1 : 2]),
      ),
  }),

  experiment('SVC-06-health-list', {
    generates: 'a list of all services, and health checks of those that a server may have',
    accepts: ['at most 100 names, each with the status that Check knows', 'RESOURCE_EXHAUSTED', 'UNIMPLEMENTED'],
    needs: ['health'],
    effort: 0.05,
    arbitrary: () => arb.record({ names: fc.uniqueArray(fc.constantFrom(...likelyNames), { minLength: 1 }) }),
    examples: () => [{ names: likelyNames }, { names: [''] }],
    labels: {
      'the server as a whole': ({ names }) => names.includes(''),
      'one name': ({ names }) => names.length === 1,
      'several names': ({ names }) => names.length > 1,
    },
    script: (script, { names }) => {
      for (const [index, name] of names.entries()) script.call(healthCheck(name), { as: `check ${index}` });
      script.call(healthList(), { ...unlisted, as: 'list' });
    },
    check: (seen, { names }) => judgeList(seen.call('list'), names, callsOf(seen, 'check', names.length)),
  }),

  experiment('SVC-11-check-idempotent', {
    generates: 'one to three watchers of a name, and beside them 1 to 12 health checks of it and lists',
    accepts: ['the same answer to each health check, and one message for each watcher'],
    needs: ['health'],
    effort: 0.2,
    arbitrary: (facts) =>
      arb.record({
        name: fc.constantFrom(...likelyNames),
        watchers: hasRoom(facts) ? watched(facts).watchers : fc.constant(1),
        checks: fc.integer({ min: 2, max: hasRoom(facts) ? 12 : 2 }),
        lists: hasRoom(facts) ? fc.nat(2) : fc.constant(0),
      }),
    examples: (facts) =>
      hasRoom(facts) ? likelyNames.map((name) => ({ name, watchers: 1, checks: 8, lists: 1 })) : [],
    labels: {
      'a few checks': ({ checks }) => checks < 5,
      'many checks': ({ checks }) => checks >= 5,
      'a list among them': ({ lists }) => lists > 0,
      'several watchers': ({ watchers }) => watchers > 1,
    },
    script: (script, input) => {
      watchAndCheck(script, input);
      script.call(healthCheck(input.name), { as: 'last' });
    },
    check: (seen, { watchers, checks }) => [
      ...answerAlike([...callsOf(seen, 'check', checks), seen.call('last')]),
      ...callsOf(seen, 'watcher', watchers)
        .filter(({ messages }) => messages.length > 1)
        .map(toldAgain),
    ],
  }),
];

/** Every call of SVC-11 fits on one connection. */
const hasRoom = (facts: TargetFacts): boolean => mostCalls(facts, 19) === 19;

const longestList = 100;

/** What List says, by what Check says of the same names. */
function judgeList(list: Call, names: readonly string[], checks: readonly Call[]): readonly Breach[] {
  if (list.status === status.UNIMPLEMENTED || list.status === status.RESOURCE_EXHAUSTED || list.shape === 'http')
    return [];
  const [message] = list.messages;
  const plain = message && plainOctets(list, message);
  const listed = plain && decodeHealthListResponse(plain);
  const breach = callBreach(list, `a list of at most ${longestList} names, with what Check says of them`);
  if (listed === undefined || list.status !== status.OK) return [breach];
  if (listed.size > longestList)
    return [{ ...breach, observed: `a list of ${listed.size} names`, reaction: 'long list' }];
  const wrong = names.find((name, index) => {
    const said = checks[index] && watchedBy(checks[index]);
    return said !== undefined && said !== (listed.get(name) ?? 3);
  });
  if (wrong === undefined) return [];
  const observed = `of ${wrong === '' ? 'the server' : wrong} List says ${describeServing(listed.get(wrong) ?? 3)} and Check something else`;
  return [{ ...breach, observed, reaction: 'other status' }];
}

function answerAlike(checks: readonly Call[]): readonly Breach[] {
  const [first] = checks;
  const other = checks.find((one) => one.status !== first?.status || servingOf(one) !== (first && servingOf(first)));
  return other === undefined
    ? []
    : [{ ...callBreach(other, 'the same answer to each check'), reaction: 'another answer' }];
}

const toldAgain = (call: Call): Breach => ({
  ...callBreach(call, 'no message without a change'),
  observed: `a watcher was told ${call.messages.length} times while others asked`,
  reaction: 'told again',
});
