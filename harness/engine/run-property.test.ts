import fc from 'fast-check';
import { observe } from '../grpc/observe';
import { loadCatalogue } from './catalogue-rows';
import type { Experiment, Executor } from './executor';
import { reduceFailure } from './run-property';
import { Slots } from './slots';
import { behave } from '../servers/reference/behaviour';
import {
  breach,
  identityOf,
  judgedIn,
  startReference,
  stopServers,
  targetAt,
  tinyProperty,
  tryProperties,
} from './try-engine.test-helper';
import type { Target } from '../launch/target';

let clean: Target;
beforeAll(async () => {
  clean = targetAt(await startReference());
});
afterAll(stopServers);

describe('what a search finds depends on the seed alone', () => {
  const { rows } = loadCatalogue();
  const ids = ['MSG-02', 'MSG-03', 'RPC-03', 'REQ-25', 'STATUS-08'];
  const chosen = rows.flatMap(({ id, property }) =>
    property !== undefined && ids.some((start) => id.startsWith(start)) ? [property] : [],
  );

  test('not on what runs beside it, nor on what else is selected', async () => {
    const target = targetAt(await startReference(behave({ defects: ['MSG-02', 'RPC-03', 'REQ-25'] })));
    const options = { rows, seed: 7, runs: 30 };
    const one = await tryProperties(target, chosen, { ...options, concurrency: 1 });
    const eight = await tryProperties(target, chosen, { ...options, concurrency: 8 });
    const alone = await tryProperties(
      target,
      chosen.filter(({ id }) => id.startsWith('RPC-03')),
      options,
    );
    const verdicts = [...one.records.values()].map(({ id, verdict, runs }) => [id, verdict, runs]);
    expect(verdicts.flatMap(([id, verdict]) => (verdict === 'fail' ? [String(id).slice(0, 6)] : [])).sort()).toEqual([
      'MSG-02',
      // Merged messages have split prefixes.
      'MSG-03',
      'REQ-25',
      'RPC-03',
    ]);
    expect([...eight.records.values()].map(({ id, verdict, runs }) => [id, verdict, runs].join()).toSorted()).toEqual(
      verdicts.map((row) => row.join()).toSorted(),
    );
    const found = one.findings.map(identityOf).sort((a, b) => (a.rule < b.rule ? -1 : 1));
    expect(eight.findings.map(identityOf).sort((a, b) => (a.rule < b.rule ? -1 : 1))).toEqual(found);
    expect(alone.findings.map(identityOf)).toEqual(found.filter(({ rule }) => rule.startsWith('RPC-03')));
  });

  test('the first input that fails counts, although a later one fails sooner', async () => {
    const slowFirst = tinyProperty('MSG-02-any-data-split', {
      examples: () => [1, 2, 3, 4],
      script: (script, input) => {
        script.open();
        if (input === 2) script.pause(100);
      },
      check: (_, input) => (input === 2 || input === 3 ? [breach()] : []),
    });
    const { findings, records } = await tryProperties(clean, [slowFirst], { shrink: false });
    expect(findings).toMatchObject([{ input: 2, path: '1', inputsTried: 2, shrinks: 0 }]);
    expect(records.get(slowFirst.id)?.runs).toBe(2);
  });

  test('another seed gives other inputs, and a search without failures plays as many as it was told to', async () => {
    const inputsOf = async (seed: number): Promise<readonly number[]> => {
      const inputs: number[] = [];
      const watching = tinyProperty('MSG-02-any-data-split', {
        check: (_, input) => {
          inputs.push(input);
          return [];
        },
      });
      await tryProperties(clean, [watching], { seed, concurrency: 1 });
      return inputs;
    };
    const [first, again, other] = [await inputsOf(1), await inputsOf(1), await inputsOf(2)];
    expect(first).toHaveLength(20);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe('a counterexample', () => {
  test('is as small as its rule allows, although smaller inputs break another one', async () => {
    const pinned = tinyProperty('MSG-02-any-data-split', {
      examples: () => [800],
      check: (_, input) => [{ ...breach(), ...(input >= 37 ? {} : { rule: 'RESP-03-content-type' }) }],
    });
    const { findings } = await tryProperties(clean, [pinned], { runs: 1 });
    expect(findings).toMatchObject([{ rule: pinned.id, input: 37, confirmed: { failed: 5, of: 5 } }]);
  });

  test('breaks its rule as badly as the input that it was made from', async () => {
    const graded = tinyProperty('MSG-02-any-data-split', {
      examples: () => [800],
      check: (_, input) => [{ ...breach(), ...(input >= 50 ? {} : { severity: 'warn' }) }],
    });
    const { findings } = await tryProperties(clean, [graded], { runs: 1 });
    expect(findings).toMatchObject([{ verdict: 'fail', input: 50 }]);
  });

  test('is found again from its seed and its path', async () => {
    const failing = tinyProperty('MSG-02-any-data-split', {
      examples: () => [3],
      check: (_, input) => (input > 3 ? [breach()] : []),
    });
    const { findings } = await tryProperties(clean, [failing]);
    const { seed = 0, path = '' } = findings[0] ?? {};
    const seen: number[] = [];
    fc.check(
      fc.property(fc.nat({ max: 1000 }), (input) => {
        seen.push(input);
      }),
      { seed, path, numRuns: 1, examples: [[3]] },
    );
    expect(seen).toEqual([4]);
    expect(findings).toMatchObject([{ input: 4 }]);
  });

  test('is not shrunk for longer than its budget of 200 runs', async () => {
    // It takes one run for each of 2,000 numbers to make them small.
    const endless = tinyProperty('MSG-02-any-data-split', {
      arbitrary: () => fc.array(fc.nat(), { minLength: 2000, maxLength: 2000 }).map((list): number => list.length),
      check: () => [breach()],
    });
    const tried = await tryProperties(clean, [endless], { runs: 1 });
    expect(judgedIn(tried, 'shrink')).toBe(199);
    expect(judgedIn(tried, 'confirm')).toBe(5);
    expect(tried.findings).toMatchObject([{ verdict: 'fail', confirmed: { failed: 5, of: 5 } }]);
  });

  test('is the input that was found when nothing is to be shrunk', async () => {
    const failing = tinyProperty('MSG-02-any-data-split', { examples: () => [800], check: () => [breach()] });
    const tried = await tryProperties(clean, [failing], { shrink: false });
    expect(judgedIn(tried, 'shrink')).toBe(0);
    expect(tried.findings).toMatchObject([{ input: 800, path: '0', shrinks: 0 }]);
  });

  test('is the input that it was made from when only that one can be confirmed', async () => {
    let plays = 0;
    const misleading = tinyProperty('MSG-02-any-data-split', {
      examples: () => [800],
      // 800 always fails, everything else only in the first run.
      check: (_, input) => (input === 800 || plays++ === 0 ? [breach()] : []),
    });
    const { findings } = await tryProperties(clean, [misleading], { runs: 1 });
    expect(findings).toMatchObject([
      { verdict: 'fail', input: 800, path: '0', shrinks: 0, confirmed: { failed: 5, of: 5 } },
    ]);
  });
});

describe('a violation that does not show every time', () => {
  const sometimes = (failing: (play: number) => boolean, timed = false) => {
    let plays = 0;
    return tinyProperty('MSG-02-any-data-split', { timed, check: () => (failing(++plays) ? [breach()] : []) });
  };
  const options = { concurrency: 1, shrink: false, strict: true };

  test.each<[string, (play: number) => boolean, boolean, number]>([
    ['fails every second time', (play) => play % 2 === 1, false, 2],
    ['fails once', (play) => play === 1, false, 0],
    ['is about time and fails every second time', (play) => play % 2 === 1, true, 2],
    ['is about time and fails once each time that it is searched', (play) => play % 6 === 1, true, 0],
  ])('is flaky and gates only for who is strict when it %s', async (_, failing, timed, failed) => {
    const property = sometimes(failing, timed);
    const { outcome, records } = await tryProperties(clean, [property], options);
    expect(records.get(property.id)).toMatchObject({
      verdict: 'flaky',
      findings: [{ verdict: 'flaky', gravity: 'fail', confirmed: { failed, of: 5 } }],
    });
    expect(outcome).toEqual({ verdict: 'fail', exitCode: 1 });
    const again = await tryProperties(clean, [sometimes(failing, timed)], { ...options, strict: false });
    expect(again.outcome).toEqual({ verdict: 'pass', exitCode: 0 });
  });

  test('is forgotten when the rule is about time and nothing confirms it', async () => {
    const property = sometimes((play) => play === 3, true);
    const tried = await tryProperties(clean, [property], options);
    expect(tried.records.get(property.id)).toMatchObject({ verdict: 'pass', runs: 20, findings: [], reactions: {} });
    expect([judgedIn(tried, 'search'), judgedIn(tried, 'confirm')]).toEqual([20, 5]);
  });

  test('does not keep the search from what comes after it', async () => {
    let noise = true;
    const property = tinyProperty('MSG-02-any-data-split', {
      timed: true,
      examples: () => [1, 2, 3, 4],
      check: (_, input) => {
        const isNoise = noise && input === 2;
        if (input === 2) noise = false;
        return isNoise || input === 4 ? [breach()] : [];
      },
    });
    const { findings } = await tryProperties(clean, [property], options);
    expect(findings).toMatchObject([{ verdict: 'fail', input: 4, inputsTried: 4, confirmed: { failed: 5, of: 5 } }]);
  });

  test.each([true, false])('leaves the next one to be told, though it was let go (about time: %s)', async (timed) => {
    const seen = new Set<number>();
    const property = tinyProperty('MSG-02-any-data-split', {
      timed,
      examples: () => [1, 2],
      script: (script) => void script.open(),
      check: (observed, input) => {
        // A plan that was let go opens nothing.
        observed.connection();
        const isFirst = !seen.has(input);
        seen.add(input);
        return (input === 1 && isFirst) || input === 2 ? [{ ...breach(), severity: 'warn' }] : [];
      },
    });
    const { findings } = await tryProperties(clean, [property], options);
    expect(findings).toMatchObject([{ verdict: 'warn', input: 2, confirmed: { failed: 5, of: 5 } }]);
  });
});

describe('a violation that only some inputs show each time', () => {
  /** Each input from 51 on fails when it is played first, those from 300 on each time. */
  const racing = (examples: readonly number[]) => {
    const played = new Set<number>();
    return tinyProperty('MSG-02-any-data-split', {
      examples: () => examples,
      check: (_, input) => {
        const isFirst = !played.has(input);
        played.add(input);
        return input >= 300 || (input > 50 && isFirst) ? [breach()] : [];
      },
    });
  };

  test('is shown by an input on the way to the smallest one, with its own path', async () => {
    const { findings } = await tryProperties(clean, [racing([800])], { runs: 1 });
    expect(findings).toMatchObject([{ verdict: 'fail', input: 400, shrinks: 1, confirmed: { failed: 5, of: 5 } }]);
    const { path = '', seed = 0 } = findings[0] ?? {};
    const seen: number[] = [];
    const note = fc.property(fc.nat({ max: 1000 }), (one) => void seen.push(one));
    fc.check(note, { seed, path, numRuns: 1, examples: [[800]] });
    expect(seen[0]).toBe(400);
  });

  test('is searched for behind the ones that do not', async () => {
    const options = { shrink: false, concurrency: 1, runs: 4 };
    const { findings } = await tryProperties(clean, [racing([60, 70, 400, 80])], options);
    expect(findings).toMatchObject([{ verdict: 'fail', input: 400, inputsTried: 3, confirmed: { failed: 5, of: 5 } }]);
    const doubtful = await tryProperties(clean, [racing([60, 10, 70, 10])], options);
    expect(doubtful.findings).toMatchObject([{ verdict: 'flaky', input: 60, confirmed: { failed: 0, of: 5 } }]);
    expect([...doubtful.records.values()]).toMatchObject([{ verdict: 'flaky', runs: 4 }]);
  });
});

describe('a failure that is played again and not judged', () => {
  const seen = observe({ steps: [], calls: [] }, { connections: [], samples: {} });
  const property = tinyProperty('MSG-02-any-data-split');
  const experimentOf = (judgement: unknown): Experiment =>
    ({ plan: seen.plan, milliseconds: 1, waited: 0, answered: true, judgement }) as unknown as Experiment;
  const voidFor = (why: string) => ({ kind: 'void', why, reason: `it was ${why}`, otherwise: [], seen });
  const fails = { kind: 'judged', violations: [{ ...breach(), rule: property.id }], seen };
  const holds = { kind: 'judged', violations: [], seen };
  const framesOnly = { ...holds, framesOnly: { why: 'bound', reason: 'frames alone' } };

  test.each([
    ['a bound of ours each time', [voidFor('bound')], false, { failed: 0, of: 0 }, 'it was bound'],
    ['a limit of the target each time', [voidFor('limit')], false, { failed: 0, of: 0 }, 'it was limit'],
    ['a bound where frames alone were judged', [framesOnly], false, { failed: 0, of: 0 }, 'frames alone'],
    ['a refusal, which counts as not failed', [voidFor('refused')], false, { failed: 0, of: 5 }, undefined],
    ['a bound but once', [fails, voidFor('bound')], false, { failed: 1, of: 1 }, undefined],
    ['a bound where the run is over', [voidFor('bound')], true, { failed: 0, of: 0 }, undefined],
  ])('because of %s', async (_, judgements, isOver, confirmed, unjudged) => {
    let played = 0;
    const executor = {
      // The run is over when the first has been played.
      get aborted() {
        return isOver && played > 0;
      },
      playPlan: () => Promise.resolve(experimentOf(judgements[Math.min(played++, judgements.length - 1)])),
    } as unknown as Executor;
    const failure = {
      property,
      rule: property.id,
      gravity: 'fail',
      isKnown: false,
      index: 0,
      input: 1,
      experiment: experimentOf(fails),
    };
    const counterexample = await reduceFailure(failure as Parameters<typeof reduceFailure>[0], executor, {
      seed: 1,
      levelOf: () => 'must',
      isKnown: () => false,
      slots: new Slots(1),
      listener: () => undefined,
      isOver: () => false,
      shrinkMs: 0,
    });
    expect([counterexample.confirmed, counterexample.unjudged]).toEqual([confirmed, unjudged]);
  });
});
