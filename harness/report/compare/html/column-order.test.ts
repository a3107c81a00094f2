import { cleanRun, fullRun } from '../../fixtures/run';
import { compareRuns } from '../comparison';
import { allRows } from '../comparison-model';
import { columnsInOrder, moveColumn, withColumns } from './column-order';

describe('a move', () => {
  const order = ['a', 'b', 'c', 'd'];

  test.each<{ name: string; step: -1 | 1; hidden?: readonly string[]; want: string | undefined; reason: string }>([
    { name: 'b', step: -1, want: 'bacd', reason: 'to the left' },
    { name: 'b', step: 1, want: 'acbd', reason: 'to the right' },
    { name: 'a', step: -1, want: undefined, reason: 'there is nothing on the left' },
    { name: 'd', step: 1, want: undefined, reason: 'there is nothing on the right' },
    { name: 'c', step: -1, hidden: ['b'], want: 'cabd', reason: 'past what is hidden, to the left' },
    { name: 'b', step: 1, hidden: ['c'], want: 'acdb', reason: 'past what is hidden, to the right' },
    { name: 'b', step: -1, hidden: ['a'], want: undefined, reason: 'there is nothing shown on the left' },
    { name: 'b', step: 1, hidden: ['b'], want: undefined, reason: 'what is hidden has no place' },
    { name: 'x', step: 1, want: undefined, reason: 'there is no such column' },
  ])('$reason', ({ name, step, hidden = [], want }) => {
    expect(moveColumn({ order, hidden }, name, step)?.join('')).toBe(want);
  });
});

test('cells stand below their run, whatever the order', () => {
  const runs = [
    { name: 'full', record: fullRun },
    { name: 'clean', record: cleanRun },
    { name: 'same', record: cleanRun },
  ];
  const comparison = compareRuns(runs);
  const columns = columnsInOrder(comparison.runs, ['same', 'full', 'clean']);
  expect(columns).toEqual([2, 0, 1]);
  const moved = withColumns(comparison, columns);
  expect(allRows(moved)).toEqual(allRows(compareRuns([2, 0, 1].flatMap((column) => runs[column] ?? []))));
});
