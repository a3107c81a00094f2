import { suites } from '../../suites';
import { axisNames } from '../axes/axes';
import { BorrowedInput } from '../axes/borrowing';
import { uploadCall } from '../moves/upload-call';
import { answersSum } from '../properties/checks/answers';
import { behave } from '../servers/reference/behaviour';
import { writeVariedPlan } from './executor';
import { rowsWith, startReference, stopServers, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

afterAll(stopServers);

/** Uploads whose end nobody chose. */
const uploads = tinyProperty('RPC-02-client-streaming', {
  borrows: axisNames,
  script: (script, input) => void script.call(uploadCall([{ length: input, seed: 1 }])),
  check: (seen, input) => answersSum(seen.call(), input),
});

test('each experiment of the suites says which axes it borrows', () => {
  const silent = suites.flatMap(({ properties }) => properties.filter(({ borrows }) => borrows === undefined));
  expect(silent.map(({ id }) => id)).toEqual([]);
});

test('a fault that only an axis shows is found, shrunk to that axis, and told', async () => {
  const target = targetAt(await startReference(behave({ defects: ['EOS-02'] })));
  const { findings, records } = await tryProperties(target, [uploads], { rows: rowsWith([uploads]), runs: 100 });
  const [finding] = findings;
  expect(finding?.input).toBe(0);
  expect(finding?.axes).toMatchObject({ ending: expect.stringContaining('empty DATA') });
  expect(Object.keys(finding?.axes ?? {})).toEqual(['ending']);
  expect(finding?.sent).toMatch(/ \(ending: (late )?empty DATA\)\.$/);
  // Once where it failed, and once more while another reaction was looked for.
  expect(records.get(uploads.id)?.labels).toMatchObject({ [`ending: ${String(finding?.axes?.ending)}`]: 2 });
});

test('a correct server is not accused, whatever is drawn', async () => {
  const target = targetAt(await startReference());
  const { findings, records } = await tryProperties(target, [uploads], { rows: rowsWith([uploads]), runs: 200 });
  expect(findings).toEqual([]);
  expect(records.get(uploads.id)?.verdict).toBe('pass');
});

describe('limits of the target', () => {
  const facts = targetAt({ address: { kind: 'tcp', host: 'localhost', port: 1 } }).facts;
  const given = new BorrowedInput(3, { before: ['many calls'] });

  test('a past that the target has room for is written', () => {
    const { plan, axes } = writeVariedPlan(uploads, given, facts);
    expect(plan.calls.filter(({ role }) => role === 'earlier')).toHaveLength(20);
    expect(axes).toEqual({ before: ['many calls'] });
  });

  test('one that goes beyond them is left out, and the input is played in the plainest way', () => {
    const { plan, axes } = writeVariedPlan(uploads, given, { ...facts, limits: { callsPerConnection: 10 } });
    expect(plan).toEqual(writeVariedPlan(uploads, 3, facts).plan);
    expect(axes).toBeUndefined();
  });
});
