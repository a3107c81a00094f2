import type { PropertyRecord } from '../report/model';
import { KillTable } from './kill-table';
import { finding, record, recordedRow } from './records.test-helper';

const [first, second] = [recordedRow, 'MSG-03-merged-messages'];

describe('a run against a server with a defect', () => {
  test.each<[string, readonly PropertyRecord[], number, string[]]>([
    ['is a kill when the own rule fails', [record({ verdict: 'fail', findings: [finding()] })], 1, []],
    ['is one when the own rule warns', [record({ verdict: 'warn', findings: [finding({ verdict: 'warn' })] })], 1, []],
    ['is none when nothing fails', [record()], 0, ['seed 3: pass']],
    ['is none when the property did not run', [], 0, ['seed 3: not run']],
    [
      'is none when it cannot be confirmed',
      [record({ verdict: 'flaky', findings: [finding({ verdict: 'flaky', confirmed: { failed: 2, of: 5 } })] })],
      0,
      [`seed 3: flaky, but ${first} flaky 2/5: This.`],
    ],
    [
      'is none when it may be our own fault',
      [record({ verdict: 'error', findings: [finding({ verdict: 'error' })] })],
      0,
      [`seed 3: error, but ${first} error 5/5: This.`],
    ],
    [
      'is none when only another rule fails',
      [record(), record({ id: second, verdict: 'fail', findings: [finding({ rule: second })] })],
      0,
      [`seed 3: pass, but ${second} fail 5/5: This.`],
    ],
  ])('%s', (_, records, killed, survived) => {
    const table = new KillTable([first]);
    table.noteKill(3, first, records);
    expect(table.rows).toMatchObject([{ id: first, killed, of: 1, survived }]);
  });

  test('counts the inputs of the slowest kill', () => {
    const table = new KillTable([first]);
    for (const inputsTried of [2, 9, 4]) table.noteKill(1, first, [record({ findings: [finding({ inputsTried })] })]);
    expect(table.rows).toMatchObject([{ killed: 3, of: 3, inputsTried: 9 }]);
  });
});

describe('a run against a correct server', () => {
  const seenIn = { name: 'clean', seed: 2 };

  test.each<[string, PropertyRecord, string[], boolean]>([
    ['is no alarm when it passes', record(), [], false],
    ['is none when it sees a free choice', record({ verdict: 'info' }), [], false],
    ['is none when the server lacks a need', record({ verdict: 'untestable', reason: 'no' }), [], true],
    [
      'is one when it fails',
      record({ verdict: 'fail', findings: [finding()] }),
      [`clean, seed 2: fail ${first} fail 5/5: This.`],
      true,
    ],
    [
      'is one when it is flaky',
      record({ verdict: 'flaky', findings: [finding({ verdict: 'flaky', confirmed: { failed: 1, of: 5 } })] }),
      [`clean, seed 2: flaky ${first} flaky 1/5: This.`],
      true,
    ],
    [
      'is none when no confirming run shows it again',
      record({ verdict: 'flaky', findings: [finding({ verdict: 'flaky', confirmed: { failed: 0, of: 5 } })] }),
      [],
      true,
    ],
    ['is one when it is not judged', record({ verdict: 'error', reason: 'void' }), ['clean, seed 2: error void'], true],
    [
      'is one of the property that provoked what has none of its own',
      record({ id: second, verdict: 'fail', findings: [finding({ rule: second, provokedBy: first })] }),
      [`clean, seed 2: fail ${second} fail 5/5: This.`],
      true,
    ],
  ])('%s', (_, one, falseAlarms, untestable) => {
    const table = new KillTable([first]);
    table.noteAlarms(seenIn, [one]);
    expect(table.rows).toMatchObject([{ id: first, falseAlarms, untestable }]);
  });

  test('blames nobody for a row that nobody asked about', () => {
    const table = new KillTable([first]);
    table.noteAlarms(seenIn, [record({ id: second, verdict: 'fail', findings: [finding({ rule: second })] })]);
    expect(table.rows).toMatchObject([{ falseAlarms: [] }]);
  });
});

describe('the table is clean', () => {
  const kill = record({ verdict: 'fail', findings: [finding()] });
  const pass = record();
  test.each<[string, readonly PropertyRecord[], readonly PropertyRecord[], boolean]>([
    ['when defects were tried and nobody was accused', [kill], [pass], true],
    ['also when a run has missed a defect, which the table of the mutants judges', [kill, pass], [pass], true],
    ['not when a correct server was accused once', [kill], [pass, kill], false],
    ['not when the property has no defect', [], [pass], false],
    ['not when the property never ran on a correct server', [kill], [], false],
  ])('%s', (_, faulty, correct, want) => {
    const table = new KillTable([first]);
    for (const one of faulty) table.noteKill(1, first, [one]);
    for (const one of correct) table.noteAlarms({ name: 'clean', seed: 1 }, [one]);
    expect(table.isClean).toBe(want);
  });
});
