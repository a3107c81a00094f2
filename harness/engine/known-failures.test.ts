import type { Target } from '../launch/target';
import type { Breach } from '../rules/violation';
import { fc } from '../index';
import { startReference, stopServers, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

const id = 'MSG-02-any-data-split';

let clean: Target;
beforeAll(async () => {
  clean = targetAt(await startReference());
});
afterAll(stopServers);

const known: Breach = { observed: 'what is known', expected: 'none', reaction: 'known' };
const fresh: Breach = { observed: 'what is new', expected: 'none', reaction: 'new' };
const milder: Breach = { observed: 'what is odd', expected: 'none', reaction: 'odd', severity: 'warn' };

const entry = { id, rule: id, reason: 'an old bug', reactions: ['known'], gravity: 'fail' } as const;

/** A property whose inputs are their own numbers, with what each of them shows. */
const showing = (examples: readonly number[], shows: (input: number) => readonly Breach[]) =>
  tinyProperty(id, {
    arbitrary: () => fc.nat({ max: 40 }),
    examples: () => examples,
    check: (_, input) => shows(input),
  });

describe('a failure that the baseline covers', () => {
  test.each<[string, readonly number[], (input: number) => readonly Breach[], string]>([
    ['an example after it', [100, 101], (input) => [input === 100 ? known : fresh], 'new'],
    [
      'the last example, behind many of its kind',
      [1, 2, 3, 4, 5, 60],
      (input) => [input === 60 ? fresh : known],
      'new',
    ],
    ['a generated input', [100], (input) => (input === 100 ? [known] : input > 20 ? [fresh] : []), 'new'],
    ['another breach of the same input', [100], (input) => (input === 100 ? [known, fresh] : []), 'new'],
    ['nothing', [100], (input) => (input === 100 ? [known] : []), 'known'],
  ])('does not hide %s', async (_, examples, shows, reaction) => {
    const { findings, records } = await tryProperties(clean, [showing(examples, shows)], {
      baseline: [entry],
      runs: 30,
    });
    expect(findings.map((finding) => finding.reaction)).toEqual([reaction]);
    expect(records.get(id)?.verdict).toBe(reaction === 'new' ? 'fail' : 'known');
  });

  test('does not take the counterexample of a new one over while that shrinks', async () => {
    const property = showing([], (input) => (input >= 30 ? [fresh] : input >= 27 ? [known] : []));
    const { findings } = await tryProperties(clean, [property], { baseline: [entry], runs: 30 });
    expect(findings).toMatchObject([{ reaction: 'new', input: 30, verdict: 'fail' }]);
  });

  test('stops the search after a dozen, since each may be a wait that ran out', async () => {
    const examples = Array.from({ length: 40 }, (_, index) => 100 + index);
    const { records } = await tryProperties(clean, [showing(examples, () => [known])], {
      baseline: [entry],
      runs: 100,
      concurrency: 1,
    });
    expect(records.get(id)).toMatchObject({ verdict: 'known', runs: 12 });
  });
});

describe('a warning that the baseline covers', () => {
  const warning = { ...entry, reactions: ['odd'], gravity: 'warn' } as const;
  const inVain = tinyProperty(id, {
    arbitrary: () => fc.nat({ max: 40 }),
    script: (script) => void script.open().await({ see: 'closed' }, { within: 1, optional: true }),
    check: () => [milder],
  });
  test.each<[string, Parameters<typeof tryProperties>[1][number], boolean, number]>([
    ['stops the search after a few where each input waits in vain', inVain, true, 3],
    ['stops it nowhere else', showing([], () => [milder]), true, 100],
    ['and one that it does not cover does not, whatever was waited for', inVain, false, 100],
  ])('%s', async (_, property, isKnown, runs) => {
    const { records } = await tryProperties(clean, [property], {
      baseline: isKnown ? [warning] : [],
      runs: 100,
      concurrency: 1,
    });
    expect(records.get(id)).toMatchObject({ verdict: isKnown ? 'known' : 'warn', runs });
  });
});

test('a warning of an example does not hide what a generated input breaks', async () => {
  const property = showing([100], (input) => (input === 100 ? [milder] : input > 20 ? [fresh] : []));
  const { findings } = await tryProperties(clean, [property], { runs: 30 });
  expect(findings.map(({ reaction, verdict }) => [reaction, verdict])).toEqual([['new', 'fail']]);
});

describe('each reaction of a rule', () => {
  const another: Breach = { observed: 'what is also new', expected: 'none', reaction: 'also new' };
  const slow: Breach = { ...another, reaction: 'slow' };
  const found = async (
    examples: readonly number[],
    shows: (input: number) => readonly Breach[],
    options: Parameters<typeof tryProperties>[2] = {},
  ): Promise<readonly string[]> => {
    const { findings } = await tryProperties(clean, [showing(examples, shows)], { runs: 60, ...options });
    return findings.map(({ reaction, input }) => `${reaction} at ${JSON.stringify(input)}`);
  };

  test.each<[string, readonly number[], (input: number) => readonly Breach[], readonly string[]]>([
    ['of examples', [1, 2, 3], (input) => [input === 3 ? another : fresh], ['new at 0', 'also new at 3']],
    [
      'of a generated input',
      [100],
      (input) => (input === 100 ? [fresh] : input > 20 ? [another] : []),
      ['new at 100', 'also new at 21'],
    ],
    ['of one input, once', [1], () => [fresh, another], ['new at 0']],
    [
      'and no more than three',
      [1, 2, 3, 4, 5],
      (input) => [{ ...fresh, reaction: `${Math.min(input, 9)}` }],
      ['0 at 0', '2 at 2', '3 at 3'],
    ],
  ])('has a finding: %s', async (_, examples, shows, want) => {
    expect(await found(examples, shows)).toEqual(want);
  });

  test('is still that of the first input where a smaller one shows another one as well', async () => {
    expect(await found([40], (input) => (input === 40 ? [another] : [fresh, another]))).toEqual([
      'also new at 0',
      'new at 0',
    ]);
  });

  test('has none of its own where nobody wants counterexamples made small, as where mutants are tried', async () => {
    expect(await found([1, 2], (input) => [input === 2 ? slow : fresh], { shrink: false })).toEqual(['new at 1']);
  });
});
