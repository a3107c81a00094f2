import type { RowId } from '../catalogue';
import type { Target } from '../launch/target';
import { rfc9113 } from '../catalogue/requirement';
import { convention, must } from '../catalogue/row';
import { emptyCall } from '../grpc/test-service';
import { reduceRun } from '../report/run-model';
import { behave } from '../servers/reference/behaviour';
import {
  breach,
  headerOf,
  identityOf,
  judgedIn,
  rowsWith,
  startReference,
  stopServers,
  targetAt,
  tinyProperty,
  tryProperties,
} from './try-engine.test-helper';
import { ConformanceSession } from './run-conformance';

const [first, second, watched] = ['MSG-02-any-data-split', 'MSG-03-merged-messages', 'RESP-03-content-type'] as const;

let clean: Target;
beforeAll(async () => {
  clean = targetAt(await startReference());
});
afterAll(stopServers);

const passing = (id: string) => tinyProperty(id);
const failing = (id: string) => tinyProperty(id, { check: () => [breach()] });
const warning = (id: string) =>
  tinyProperty(id, { requirement: convention(rfc9113('5.1'), 'a custom'), check: () => [breach()] });

describe('verdict and exit code of a run', () => {
  test.each([
    ['passes', passing(first), false, 'pass', { verdict: 'pass', exitCode: 0 }],
    ['breaks a MUST', failing(first), false, 'fail', { verdict: 'fail', exitCode: 1 }],
    ['breaks a convention', warning(first), false, 'warn', { verdict: 'pass', exitCode: 0 }],
    ['breaks a convention where warnings gate', warning(first), true, 'warn', { verdict: 'fail', exitCode: 1 }],
    [
      'sees a free choice',
      tinyProperty(first, { check: () => [{ ...breach(), severity: 'info' }] }),
      true,
      'info',
      { verdict: 'pass', exitCode: 0 },
    ],
    [
      'sees the unusual form of a MUST',
      tinyProperty(first, { check: () => [{ ...breach(), severity: 'warn' }] }),
      false,
      'warn',
      { verdict: 'pass', exitCode: 0 },
    ],
    [
      'needs what the target lacks',
      tinyProperty(first, { needs: ['rss', 'tls'] }),
      false,
      'untestable',
      { verdict: 'error', exitCode: 2 },
    ],
    [
      'has a check that throws',
      tinyProperty(first, {
        check: () => {
          throw new Error('oops');
        },
      }),
      false,
      'error',
      { verdict: 'error', exitCode: 70 },
    ],
  ] as const)('of a property that %s', async (_, property, strict, verdict, outcome) => {
    const tried = await tryProperties(clean, [property], { strict, runs: 3 });
    expect(tried.records.get(first)?.verdict).toBe(verdict);
    expect(tried.outcome).toEqual(outcome);
    expect(tried.events.at(-1)).toMatchObject({ type: 'run-finished', ...outcome });
  });

  test('what is untestable says what would unlock it, and the rest is run all the same', async () => {
    const { records, outcome } = await tryProperties(clean, [tinyProperty(first, { needs: ['rss'] }), passing(second)]);
    expect(records.get(first)).toMatchObject({
      verdict: 'untestable',
      reason: 'the target does not offer: rss',
      unlock: expect.stringContaining('--exec') as string,
      runs: 0,
    });
    expect([records.get(second)?.verdict, outcome.exitCode]).toEqual(['pass', 0]);
  });

  test('what the user left out is skipped, and a run of nothing else is incomplete', async () => {
    const skipped = [{ property: failing(first), reason: 'left out by --skip' }];
    const { records, outcome, events } = await tryProperties(clean, [], { skipped });
    expect(records.get(first)).toMatchObject({ verdict: 'skipped', reason: 'left out by --skip' });
    expect(outcome.exitCode).toBe(2);
    expect(events.at(-1)).toMatchObject({ status: 'incomplete', reason: 'no property could be run' });
  });

  test('a property that never gets a connection is an error, not a finding', async () => {
    const { endpoint, facts } = clean;
    const nowhere = { address: { kind: 'tcp', host: '127.0.0.1', port: 1 } } as const;
    let asked = 0;
    // The property finds nobody; whoever makes sure that the target serves does.
    const target = { ...clean, endpoint: () => (asked++ % 2 === 0 ? nowhere : endpoint()), facts };
    const { records, outcome } = await tryProperties(target, [failing(first)], { concurrency: 1, runs: 2 });
    expect(records.get(first)).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('ECONNREFUSED') as string,
      findings: [],
    });
    // Not 70: no fault of ours.
    expect(outcome).toEqual({ verdict: 'error', exitCode: 3 });
  });

  test('what cannot be judged a second time is not judged, and is no fault of ours', async () => {
    const small = await startReference(behave({ variations: [{ name: 'header-list', value: 2048 }] }));
    let asked = 0;
    // A connection that lets no header list of this size through, where the first one did.
    const target = { ...clean, endpoint: () => (asked++ === 0 ? clean.endpoint() : small) };
    const large = tinyProperty(first, {
      script: (script) => {
        // After the first answer the SETTINGS are known.
        script.call(emptyCall());
        script.call(emptyCall(), { awaitEnd: false, metadata: [{ name: 'large', value: 'x'.repeat(4000) }] });
      },
      check: () => [breach()],
    });
    const options = { runs: 1, shrink: false, concurrency: 1 };
    const alone = await tryProperties(target, [large], options);
    const why =
      /^what input 0 showed could not be judged again: the script does not fit into SETTINGS_MAX_HEADER_LIST_SIZE=2048/;
    expect(alone.records.get(first)).toMatchObject({ verdict: 'not-run', findings: [] });
    expect(alone.records.get(first)?.reason).toMatch(why);
    // Nothing was judged at all.
    expect(alone.outcome).toEqual({ verdict: 'error', exitCode: 2 });
    asked = 0;
    const beside = await tryProperties(target, [large, passing(second)], options);
    expect([beside.records.get(first)?.verdict, beside.outcome]).toEqual(['not-run', { verdict: 'pass', exitCode: 0 }]);
  });

  test('a target that is gone ends the run with a finding', async () => {
    const target = targetAt({ address: { kind: 'tcp', host: '127.0.0.1', port: 1 } });
    const { outcome, events } = await tryProperties(target, [passing(first)], { runs: 1 });
    expect(outcome).toEqual({ verdict: 'fail', exitCode: 1 });
    expect(events.at(-1)).toMatchObject({
      status: 'incomplete',
      reason: expect.stringContaining('stopped serving') as string,
    });
  });

  test('properties that disturb the server run after the others, one at a time', async () => {
    const running = new Set<string>();
    const order: string[] = [];
    const lane = (id: string, where: 'shared' | 'exclusive' | 'restart') =>
      tinyProperty(id, { lane: where, script: (script) => void script.open().pause(2) });
    const properties = [
      lane(first, 'restart'),
      lane(second, 'exclusive'),
      lane('MSG-05-a', 'shared'),
      lane('MSG-08-b', 'shared'),
    ];
    const { events } = await tryProperties(clean, properties, {
      runs: 3,
      listener: (event) => {
        if (event.type === 'property-started') running.add(event.id);
        if (event.type === 'property-finished') running.delete(event.property.id);
        if (event.type === 'property-started') order.push([...running].sort().join(' and '));
      },
    });
    expect(order).toEqual(['MSG-05-a', 'MSG-05-a and MSG-08-b', second, first]);
    const phases = events.reduce(reduceRun, undefined)?.phases ?? [];
    expect(phases.map(({ phase, properties: some }) => [phase, some])).toEqual([
      ['discovery', 4],
      ['examples', 2],
      ['search', 2],
      ['exclusive', 1],
      ['restart', 1],
      ['settling', 0],
    ]);
    const starts = phases.map(({ startedMs }) => startedMs);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });
});

describe('a run that is to end early', () => {
  const eight = Array.from({ length: 8 }, (_, index) => failing(`MSG-${10 + index}-x`));

  test.each([
    ['the first finding with bail', { bail: true }, 1],
    ['the number of findings that is allowed', { maxFailures: 3 }, 3],
    ['no finding when any number is allowed', {}, 8],
  ])('ends after %s', async (_, options, want) => {
    const { findings, records, outcome } = await tryProperties(clean, eight, { ...options, runs: 2, concurrency: 1 });
    expect(findings).toHaveLength(want);
    expect(records.size).toBe(8);
    expect([...records.values()].filter(({ verdict }) => verdict === 'not-run')).toHaveLength(8 - want);
    expect(outcome.exitCode).toBe(1);
  });

  test('says why the rest was left out', async () => {
    const { records } = await tryProperties(clean, eight, { bail: true, runs: 2, concurrency: 1 });
    expect(records.get('MSG-17-x')).toMatchObject({
      verdict: 'not-run',
      reason: 'the run stopped after the failures that were allowed',
    });
  });

  test('does not count what does not gate', async () => {
    const properties = [warning(first), warning(second)];
    const { findings } = await tryProperties(clean, properties, { bail: true, runs: 2, concurrency: 1 });
    expect(findings).toHaveLength(2);
  });

  test('starts no further input when its time is up, and says how many of them it played', async () => {
    const slow = (id: string) => tinyProperty(id, { script: (script) => void script.open().pause(250) });
    const options = { timeBudgetMs: 400, concurrency: 1, runs: 50 };
    const tried = await tryProperties(clean, [slow(first), slow(second)], options);
    const played = judgedIn(tried, 'search', first);
    expect([1, 2]).toContain(played);
    expect(tried.events).toContainEqual({ type: 'property-started', id: first, runs: 50 });
    expect(tried.records.get(first)).toMatchObject({
      verdict: 'pass',
      runs: played,
      reason: `${played} of 50 inputs, then the time budget was used up`,
    });
    expect(tried.records.get(second)).toMatchObject({ verdict: 'not-run', reason: 'the time budget was used up' });
  });

  test('confirms what it has seen all the same', async () => {
    const slow = tinyProperty(first, { script: (script) => void script.open().pause(350), check: () => [breach()] });
    const tried = await tryProperties(clean, [slow], { timeBudgetMs: 300, runs: 50 });
    expect(tried.findings).toMatchObject([{ verdict: 'fail', shrinks: 0, confirmed: { failed: 5, of: 5 } }]);
  });
});

describe('an interrupted run', () => {
  test('is incomplete with exit code 130 and accuses nobody because of a script that was cut short', async () => {
    const controller = new AbortController();
    const waiting = (id: string) =>
      tinyProperty(id, {
        script: (script) => void script.open().pause(120_000),
        check: (seen) => (seen.connection().packets.length > 4 ? [] : [breach()]),
      });
    const quick = passing('MSG-05-a');
    const { signal } = controller;
    const started = performance.now();
    const { outcome, events, findings, records } = await tryProperties(
      clean,
      [quick, waiting(first), waiting(second)],
      {
        signal,
        runs: 2,
        listener: (event) => {
          if (event.type === 'property-finished' && event.property.id === quick.id)
            setImmediate(() => controller.abort());
        },
      },
    );
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(outcome).toEqual({ verdict: 'error', exitCode: 130 });
    expect(events.at(-1)).toMatchObject({ status: 'incomplete', reason: 'the run was interrupted' });
    expect(findings).toEqual([]);
    expect([...records.values()].map(({ id, verdict }) => [id, verdict])).toEqual([
      [quick.id, 'pass'],
      [first, 'not-run'],
      [second, 'not-run'],
    ]);
  });

  test('judges no script that was cut short, whose checks would ask for what was never opened', async () => {
    const controller = new AbortController();
    const asking = tinyProperty(first, {
      script: (script) => void script.open().pause(120_000).open({ on: 'late' }),
      check: (seen) => (seen.connection('late').connected ? [] : [breach()]),
    });
    const { outcome, records } = await tryProperties(clean, [asking], {
      signal: controller.signal,
      runs: 2,
      listener: (event) => {
        if (event.type === 'property-started') setTimeout(() => controller.abort(), 300);
      },
    });
    expect(records.get(first)).toMatchObject({ verdict: 'not-run', reason: 'the run was interrupted' });
    expect(outcome.exitCode).toBe(130);
  });

  test.each([0, 1, 2, 3, 5, 8, 13])('is never a fault of ours, whenever it comes (after %i inputs)', async (count) => {
    const controller = new AbortController();
    let seen = 0;
    const { outcome, records } = await tryProperties(clean, [failing(first), passing(second)], {
      signal: controller.signal,
      runs: 10,
      listener: (event) => {
        if (event.type === 'input-judged' && seen++ === count) controller.abort();
      },
    });
    expect([...records.values()].map(({ verdict }) => verdict)).not.toContain('error');
    expect(outcome.exitCode).toBe(130);
  });

  test('reports what it had seen and not confirmed as not judged', async () => {
    const controller = new AbortController();
    const { findings, records } = await tryProperties(clean, [failing(first)], {
      signal: controller.signal,
      shrink: false,
      concurrency: 1,
      listener: (event) => {
        if (event.type === 'input-judged') controller.abort();
      },
    });
    expect(findings).toEqual([]);
    expect(records.get(first)).toMatchObject({
      verdict: 'not-run',
      reason: 'the run was interrupted before what input 0 showed could be confirmed',
    });
  });
});

describe('a broken rule that is not the own one of a property', () => {
  const provoking = (id: string, pause = 0) =>
    tinyProperty(id, {
      script: (script) => void script.open().pause(pause),
      check: (_, input) => (input >= 5 ? [{ ...breach(`seen by ${id}`), rule: watched }] : []),
    });

  test.each([
    ['one input at a time', 1, 0],
    ['eight inputs at a time, the first property last', 8, 10],
  ])(
    'gets one finding, provoked by the first property of the catalogue that saw it: %s',
    async (_, concurrency, pause) => {
      const { records, findings } = await tryProperties(clean, [provoking(first, pause), provoking(second)], {
        concurrency,
      });
      expect(findings.map(identityOf)).toMatchObject([
        {
          rule: watched,
          verdict: 'fail',
          input: 5,
          provokedBy: first,
          alsoSeenIn: [second],
          confirmed: { failed: 5, of: 5 },
        },
      ]);
      expect(new Map([...records.values()].map(({ id, verdict }) => [id, verdict]))).toEqual(
        new Map([
          [first, 'pass'],
          [second, 'pass'],
          [watched, 'fail'],
        ]),
      );
      expect(records.get(watched)).toMatchObject({ level: 'must', findings: [{ observed: `Seen by ${first}.` }] });
    },
  );

  test('has no second finding where its own property found it', async () => {
    const own = tinyProperty(watched, { check: () => [breach('seen by itself')] });
    const { findings } = await tryProperties(clean, [provoking(first), own]);
    expect(findings).toMatchObject([{ rule: watched, observed: 'Seen by itself.', alsoSeenIn: [] }]);
    expect(findings[0]?.provokedBy).toBeUndefined();
  });

  test('has no second finding where the baseline lists that of its own property', async () => {
    const own = tinyProperty(watched, { check: () => [breach()] });
    const baseline = [{ id: watched, rule: watched, reason: 'we know' }];
    const { findings, outcome } = await tryProperties(clean, [provoking(first), own], { baseline });
    expect(findings).toMatchObject([{ verdict: 'known' }]);
    expect(outcome.exitCode).toBe(0);
  });

  test('gets a finding beside that of its own property when it is worse', async () => {
    const own = tinyProperty(watched, { check: () => [{ ...breach(), severity: 'warn' }] });
    const { findings, records } = await tryProperties(clean, [provoking(first), own]);
    expect(findings.map(({ verdict }) => verdict)).toEqual(['warn', 'fail']);
    expect(records.get(watched)?.verdict).toBe('fail');
  });

  test('fails also where its own property could not be run', async () => {
    const { records } = await tryProperties(clean, [provoking(first), tinyProperty(watched, { needs: ['rss'] })]);
    expect(records.get(watched)?.verdict).toBe('fail');
    expect(records.get(watched)?.reason).toBeUndefined();
  });

  test('must be in the catalogue', async () => {
    const wrong = tinyProperty(first, { check: () => [{ ...breach(), rule: 'MSG-99-nothing' as RowId }] });
    await expect(tryProperties(clean, [wrong])).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });
});

describe('a baseline', () => {
  const entry = (id: string) => ({ id, rule: id, reason: 'an issue is open', link: 'https://example.org/1' });

  test('makes what it lists known, which does not gate', async () => {
    const { records, outcome } = await tryProperties(clean, [failing(first)], { baseline: [entry(first)], bail: true });
    expect(records.get(first)).toMatchObject({
      verdict: 'known',
      findings: [{ verdict: 'known', known: { reason: 'an issue is open', link: 'https://example.org/1' } }],
    });
    expect(outcome).toEqual({ verdict: 'pass', exitCode: 0 });
  });

  test('gates by what it lists although it holds', async () => {
    const { records, outcome } = await tryProperties(clean, [passing(first)], { baseline: [entry(first)] });
    expect(records.get(first)).toMatchObject({
      verdict: 'stale',
      reason: expect.stringContaining('remove the entry') as string,
    });
    expect(outcome).toEqual({ verdict: 'fail', exitCode: 1 });
  });

  test.each([
    ['was not selected', [passing(second)], {}],
    ['was left out', [passing(second)], { skipped: [{ property: passing(first), reason: 'left out' }] }],
    ['could not be run', [tinyProperty(first, { needs: ['rss'] }), passing(second)], {}],
  ])('says nothing by what it lists of a property that %s', async (_, properties, options) => {
    const rows = rowsWith([passing(first), passing(second)]);
    const { outcome, records } = await tryProperties(clean, properties, { ...options, rows, baseline: [entry(first)] });
    expect(outcome.exitCode).toBe(0);
    expect(records.get(first)?.verdict).not.toBe('stale');
  });

  test('says nothing of a watched rule unless everything was run, and the rule had something to judge', async () => {
    const properties = [passing(first), passing(second)];
    const rows = rowsWith(properties);
    // Every connection has SETTINGS of the server; nothing here is answered as gRPC.
    const always = 'FRAME-22-server-settings-legal';
    const options = { rows, baseline: [entry(always), entry(watched)] };
    const part = await tryProperties(clean, [passing(first)], options);
    const all = await tryProperties(clean, properties, options);
    expect([part.records.get(always)?.verdict, all.records.get(always)?.verdict]).toEqual([undefined, 'stale']);
    expect(all.records.get(watched)?.verdict).toBeUndefined();
  });

  test('has what it lists looked for with all inputs, also where few were asked for', async () => {
    const rare = tinyProperty(first, { check: (_, input) => (input % 16 === 7 ? [breach()] : []) });
    const { records } = await tryProperties(clean, [rare, passing(second)], { runs: 2, baseline: [entry(first)] });
    expect(records.get(first)?.verdict).toBe('known');
    expect(records.get(second)?.runs).toBe(2);
  });

  test('gates by nothing that a quick run did not show, and says that it did not', async () => {
    const options = { runs: 2, quick: true, baseline: [entry(first)] };
    const { records, outcome, warnings } = await tryProperties(clean, [passing(first)], options);
    expect(records.get(first)).toMatchObject({ verdict: 'pass', runs: 2 });
    expect(outcome).toEqual({ verdict: 'pass', exitCode: 0 });
    expect(warnings).toEqual([expect.stringContaining(`did not show (${first}): --quick`) as string]);
  });

  test('lists a foreign rule under that rule', async () => {
    const provoking = tinyProperty(first, { check: () => [{ ...breach(), rule: watched }] });
    const { records, outcome } = await tryProperties(clean, [provoking], { baseline: [entry(watched)] });
    expect([records.get(first)?.verdict, records.get(watched)?.verdict]).toEqual(['pass', 'known']);
    expect(outcome.exitCode).toBe(0);
  });
});

describe('a run step by step', () => {
  test('gives the verdicts of a run at once', async () => {
    const target = targetAt(await startReference(behave({ defects: ['MUX-02'] })));
    const provoking = tinyProperty(second, { check: () => [{ ...breach(), rule: watched }] });
    const properties = [failing(first), provoking, tinyProperty('MSG-05-a', { needs: ['rss'] })];
    const atOnce = await tryProperties(target, properties);
    const session = new ConformanceSession({
      target,
      rows: rowsWith(properties),
      properties,
      skipped: [],
      header: headerOf(target),
      options: { seed: 1, runs: 20, concurrency: 8, shrink: true, bail: false, strict: false },
      listener: () => undefined,
    });
    await session.start();
    const records = [];
    for (const property of properties) records.push(await session.runOne(property));
    records.push(...(await session.settle()));
    const verdicts = records.map(({ id, verdict, findings }) => [id, verdict, findings.map(identityOf)] as const);
    expect(new Map(verdicts.map(([id, ...rest]) => [id, rest]))).toEqual(
      new Map([...atOnce.records].map(([id, { verdict, findings }]) => [id, [verdict, findings.map(identityOf)]])),
    );
    expect(session.finish()).toEqual(atOnce.outcome);
  });
});

test('a level of the catalogue decides how bad a broken rule is, whoever saw it', async () => {
  const own = tinyProperty(second, { requirement: must(rfc9113('5.1'), 'a must') });
  const provoking = tinyProperty(first, {
    requirement: convention(rfc9113('5.1'), 'a custom'),
    check: () => [breach(), { ...breach(), rule: second }],
  });
  const { records } = await tryProperties(clean, [provoking, own]);
  expect([records.get(first)?.verdict, records.get(second)?.verdict]).toEqual(['warn', 'fail']);
});
