import type { PlanBuilder } from '../grpc/plan-builder';
import {
  fullDuplexCall,
  emptyCall,
  errorGoaway,
  settingIds,
  streamingOutputCall,
  unaryCall,
  unknownMethod,
  type AnyProperty,
  type TargetFacts,
} from '../index';
import { MemoryBudget } from '../connection/memory-budget';
import { behave, type Behaviour } from '../servers/reference/behaviour';
import { writePlan } from './executor';
import { breach, startReference, stopServers, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

afterAll(stopServers);

const id = 'MSG-02-any-data-split';
const times = { reply: 400, close: 1000, quiet: 50, cancel: 500, connect: 5000 };

const noCredit = { id: settingIds.INITIAL_WINDOW_SIZE, value: 0 };

/** A property that is followed by a fresh call on each of its connections. */
const followed = (script: (script: PlanBuilder) => void, name: string = id) =>
  tinyProperty(name, { afterwards: true, script });

async function tryScript(
  script: (script: PlanBuilder) => void,
  behaviour?: Behaviour,
  facts: Partial<TargetFacts> = {},
) {
  const target = targetAt(await startReference(behaviour), { facts: { times, ...facts } });
  return tryProperties(target, [followed(script)], { runs: 2, shrink: false });
}

test('a legal script that breaks a rule of clients is our fault, said once, and no finding', async () => {
  const target = targetAt(await startReference(), { facts: { times } });
  const grantsOnIdle = tinyProperty(id, { script: (script) => void script.open().grant(9, 5).fence() });
  const { findings, records, warnings } = await tryProperties(target, [grantsOnIdle], { runs: 3 });
  expect(findings).toEqual([]);
  expect(records.get(id)).toMatchObject({
    verdict: 'untestable',
    reason: expect.stringContaining('we ourselves broke a rule of clients: WINDOW_UPDATE on stream 9') as string,
  });
  expect(warnings).toEqual([
    expect.stringMatching(/^MSG-02.*we ourselves broke a rule of clients.*please report this$/),
  ]);
});

describe('after the script', () => {
  /** The prefix of a message that never comes. */
  const leaveIncomplete = (script: PlanBuilder): void => {
    script.begin(emptyCall()).sendOctets(Uint8Array.of(0, 0, 0, 0, 9));
    script.fence();
  };

  test('a connection that no longer serves is a violation', async () => {
    const { findings } = await tryScript(leaveIncomplete, behave({ defects: ['MUX-02'] }));
    expect(findings).toMatchObject([
      {
        rule: id,
        verdict: 'fail',
        mark: 'hang',
        radius: 'connection',
        reaction: expect.stringContaining('afterwards') as string,
        observed: 'A fresh call on the same connection afterwards: no answer.',
      },
    ]);
  });

  test.each<[string, (script: PlanBuilder) => void]>([
    ['serves', leaveIncomplete],
    ['was closed by us', (script) => void script.open().close('fin')],
    [
      'was closed by the target after an error',
      (script) => void script.octets(new Uint8Array(9).fill(1)).awaitConnectionError(),
    ],
    ['was opened without credit for streams', (script) => void script.open({ settings: [noCredit] })],
    ['lost its credit for streams', (script) => void script.settings([noCredit]).fence()],
    [
      'has no credit left',
      (script) => {
        script.open({ housekeeping: { replenishConnection: false, replenishStreams: false } });
        const endless = script.call(streamingOutputCall({ responses: [{ size: 70_000 }] }), { awaitEnd: false });
        endless.awaitData(65_535);
      },
    ],
  ])('a connection is fine that %s', async (_, script) => {
    const { findings, records } = await tryScript(script);
    expect(findings).toEqual([]);
    expect(records.get(id)).toMatchObject({ verdict: 'pass', runs: 2 });
  });

  test('a target without methods is asked for one that it does not have', async () => {
    const { records } = await tryScript((script) => void script.open(), undefined, { offers: [] });
    expect(records.get(id)?.verdict).toBe('pass');
  });

  test('each connection of the script gets one fresh call, one that has used its last stream id none', () => {
    const facts = targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port: 1 } }).facts;
    const write = (script: PlanBuilder): void => {
      script.open({ on: 'first' });
      script.open({ on: 'second' });
      script.call(unknownMethod('/a/b'), { on: 'spent', stream: 0x7fffffff });
    };
    const afterwards = writePlan(followed(write), 0, facts).calls.filter(({ role }) => role === 'afterwards');
    expect(afterwards.map(({ connection }) => connection)).toEqual(['first', 'second']);
    expect(writePlan(tinyProperty(id, { script: write }), 0, facts).calls).toHaveLength(1);
  });
});

describe('a bystander', () => {
  test('that the stimulus disturbs is a finding of its own rule, minimal and provoked', async () => {
    // The reset of one call also cancels the call that was opened next.
    const target = targetAt(await startReference(behave({ defects: ['CANC-03'] })), { facts: { times } });
    const property = tinyProperty(id, {
      script: (script) => {
        const stimulus = script.begin(fullDuplexCall([]));
        const bystander = script.begin(fullDuplexCall([]), { role: 'bystander' });
        stimulus.reset();
        script.fence();
        bystander.halfClose().awaitEnd();
      },
      check: (seen) => (seen.call(1).status === 0 ? [] : [breach('the bystander was not served')]),
    });
    const { findings } = await tryProperties(target, [property], { runs: 2, shrink: false });
    // The form in which it was disturbed breaks a rule of all traffic besides.
    expect(findings.filter(({ rule }) => rule === id)).toMatchObject([
      { observed: 'The bystander was not served.', verdict: 'fail' },
    ]);
    const clean = targetAt(await startReference(), { facts: { times } });
    expect((await tryProperties(clean, [property], { runs: 2 })).findings).toEqual([]);
  });
});

describe('a target that refuses a call as too much for it', () => {
  test('for what it says, is given less at a time once in a run, and not by each property', async () => {
    // A limit that nobody told us.
    const behaviour = behave({ variations: [{ name: 'message-limit', value: 1000 }] });
    const target = targetAt(await startReference(behaviour), { facts: { times } });
    const sendsMore = (name: string, lane: 'shared' | 'exclusive'): AnyProperty =>
      tinyProperty(name, {
        lane,
        script: (script) => void script.call(unaryCall({ payload: new Uint8Array(2000) })),
        check: (seen) => (seen.call().status === 0 ? [] : [{ ...breach(), reaction: 'status 8' }]),
      });
    // One after the other.
    const properties = [
      sendsMore('MSG-02-any-data-split', 'shared'),
      sendsMore('MSG-03-merged-messages', 'exclusive'),
      sendsMore('MSG-04-empty-data-between', 'exclusive'),
    ];
    const { findings, warnings } = await tryProperties(target, properties, { runs: 1, shrink: false });
    expect(findings).toMatchObject(properties.map(({ id: rule }) => ({ rule, verdict: 'fail' })));
    expect(warnings.map((warning) => /going on .* at a time/.exec(warning)?.[0])).toEqual([
      'going on after a rest with 4 inputs at a time',
      'going on after a rest with 2 inputs at a time',
      'going on after a rest with one input at a time',
      'going on with 8 inputs at a time',
    ]);
  });
});

describe('a target that defends itself against the volume of an input', () => {
  const ping = (count: number) => (script: PlanBuilder) => {
    for (let number = 0; number < count; number++) script.fence({ by: 'ping', opaque: new Uint8Array(8).fill(number) });
  };
  const wantsNoGoaway = (name: string, counts: readonly number[], about: Parameters<typeof tinyProperty>[1] = {}) =>
    tinyProperty(name, {
      examples: () => counts,
      script: (script, count) => ping(count)(script),
      check: (seen) => (errorGoaway(seen.connection()) === undefined ? [] : [breach('GOAWAY')]),
      ...about,
    });
  const behaviour = behave({ variations: ['ping-enforcement'] });

  test('is not judged by that input, which is said', async () => {
    const target = targetAt(await startReference(behaviour));
    const { records, warnings } = await tryProperties(target, [wantsNoGoaway(id, [1, 9, 2])], { runs: 3 });
    expect(records.get(id)).toMatchObject({
      verdict: 'info',
      runs: 3,
      findings: [],
      reason:
        '1 of 3 inputs were not processed: the target answered GOAWAY ENHANCE_YOUR_CALM to the volume of an input',
    });
    expect(warnings).toEqual([]);
  });

  test('is not judged at all when it meets every input so', async () => {
    const target = targetAt(await startReference(behaviour));
    const { records, outcome } = await tryProperties(target, [wantsNoGoaway(id, [9])], { runs: 1 });
    expect(records.get(id)).toMatchObject({
      verdict: 'untestable',
      reason: expect.stringContaining('1 of 1 inputs were not processed') as string,
      unlock: expect.stringContaining('--rate') as string,
    });
    // Nobody is accused, and nobody is called conformant of whom nothing is known.
    expect(outcome).toEqual({ verdict: 'error', exitCode: 2 });
  });

  test('is judged where that is what the property is about', async () => {
    const target = targetAt(await startReference(behaviour));
    const { findings } = await tryProperties(
      target,
      [wantsNoGoaway('KA-01-ping-echo', [9], { expectsDefence: true })],
      {
        runs: 1,
        shrink: false,
      },
    );
    expect(findings).toMatchObject([{ rule: 'KA-01-ping-echo', observed: 'GOAWAY.' }]);
  });
});

test('what was too much for us beside other answers is played again alone, also where the frames that came break a rule', async () => {
  const download = streamingOutputCall({ responses: [{ size: 200_000 }] });
  const property = tinyProperty(id, {
    examples: () => [1],
    script: (script) => {
      script.open({ settings: [{ id: settingIds.INITIAL_WINDOW_SIZE, value: 2 ** 20 }] }).grant(0, 2 ** 20);
      const opaque = new Uint8Array(8).fill(255);
      script.fence({ by: 'ping', opaque });
      script.call(download);
    },
    check: (seen) => (seen.call().messages.length === 1 ? [breach()] : []),
  });
  const reference = targetAt(await startReference(behave({ defects: ['KA-01/twice'] })));
  // Room for one answer, not for those of the five runs that confirm it.
  const target = { ...reference, budget: new MemoryBudget({ run: 700_000, connection: 2 ** 22, unasked: 2 ** 20 }) };
  const { findings } = await tryProperties(target, [property], { runs: 1, shrink: false });
  expect(findings).toContainEqual(expect.objectContaining({ rule: id, confirmed: { failed: 5, of: 5 } }));
});
