import fc from 'fast-check';
import { DynamicTable } from './dynamic-table';
import { fieldSize, type Field } from './field';

const entry = (name: string, value = ''): Field => ({ name, value });

describe('DynamicTable', () => {
  test('counts name, value and 32 octets for each entry (RFC 7541 §4.1), newest first', () => {
    const table = new DynamicTable(100);
    table.insert(entry('a', 'bc'));
    table.insert(entry('d'));
    expect({ size: table.size, length: table.length, entries: table.entries }).toEqual({
      size: 68,
      length: 2,
      entries: [entry('d'), entry('a', 'bc')],
    });
    expect([0, 1, 2, 3].map((place) => table.get(place))).toEqual([undefined, entry('d'), entry('a', 'bc'), undefined]);
  });

  test.each<[why: string, maxSize: number, want: readonly string[]]>([
    ['an entry that fits exactly evicts nothing', 99, ['c', 'b', 'a']],
    ['one octet less evicts the oldest', 98, ['c', 'b']],
    ['an entry as large as the table stays alone', 33, ['c']],
    ['an entry larger than the table empties it', 32, []],
    ['a table of 0 stays empty', 0, []],
  ])('%s', (_why, maxSize, want) => {
    const table = new DynamicTable(maxSize);
    for (const name of ['a', 'b', 'c']) table.insert(entry(name));
    expect(table.entries.map(({ name }) => name)).toEqual(want);
    expect(table.size).toBe(33 * want.length);
  });

  test('finds the newest entry of a name, and an equal value before it', () => {
    const table = new DynamicTable(4096);
    for (const value of ['1', '2', '3']) table.insert(entry('a', value));
    expect(table.find(entry('a', '1'))).toEqual({ index: 3, hasValue: true });
    expect(table.find(entry('a', '9'))).toEqual({ index: 1, hasValue: false });
    expect(table.find(entry('b', '1'))).toBeUndefined();
  });

  test('behaves like a plain list through any inserts and resizes', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 0, max: 90 }).map((length) => entry('n', 'v'.repeat(length))) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 4096 }) },
      ),
      { maxLength: 400, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const table = new DynamicTable(4096);
        let model: Field[] = [];
        let maxSize = 4096;
        const used = (fields: readonly Field[]): number => fields.reduce((sum, field) => sum + fieldSize(field), 0);
        for (const step of list) {
          if (typeof step === 'number') {
            table.resize(step);
            maxSize = step;
          } else {
            table.insert(step);
            model = [step, ...model];
          }
          while (used(model) > maxSize) model = model.slice(0, -1);
        }
        expect(table.entries).toEqual(model);
        expect({ size: table.size, maxSize: table.maxSize }).toEqual({ size: used(model), maxSize });
      }),
      { seed: 7541, numRuns: 100 },
    );
  });
});
