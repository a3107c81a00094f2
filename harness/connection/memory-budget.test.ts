import { describeBound, type ReachedBound } from '../transcript/reached-bound';
import { MemoryBudget } from './memory-budget';

const bounds = { run: 100, connection: 60, unasked: 20 };

/** A budget with accounts, and what each of them was told. */
function openAccounts(count: number, budget = new MemoryBudget(bounds)) {
  const told: (ReachedBound | undefined)[] = [];
  const accounts = Array.from({ length: count }, (_, index) => budget.open((bound) => (told[index] = bound)));
  return { budget, told, accounts };
}

test.each<[string, 'asked' | 'unasked', number, ReachedBound | undefined]>([
  ['an answer up to the bound of a connection', 'asked', 60, undefined],
  ['an answer beyond it', 'asked', 61, { name: 'connection', octets: 60 }],
  ['what nobody asked for, up to its bound', 'unasked', 20, undefined],
  ['what nobody asked for, beyond it', 'unasked', 21, { name: 'unasked', octets: 20 }],
])('%s', (_, what, octets, want) => {
  const { told, accounts } = openAccounts(1);
  accounts[0]?.take(octets, what);
  expect(told[0]).toEqual(want);
});

test('what we say may be answered', () => {
  const { told, accounts } = openAccounts(1);
  accounts[0]?.allow(10);
  accounts[0]?.take(30, 'unasked');
  expect(told).toEqual([]);
});

test('when all together take too much the largest is told, not the one that came last', () => {
  const { told, accounts } = openAccounts(3);
  accounts[0]?.take(10, 'asked');
  accounts[1]?.take(55, 'asked');
  accounts[2]?.take(36, 'asked');
  expect(told).toEqual([undefined, { name: 'run', octets: 100 }]);
});

test('what ended is counted until it is let go, and ends no more', () => {
  const { budget, told, accounts } = openAccounts(2);
  accounts[0]?.take(50, 'asked');
  accounts[0]?.close();
  accounts[1]?.take(51, 'asked');
  expect([budget.used, told[0], told[1]?.name]).toEqual([101, undefined, 'run']);
  accounts[0]?.release();
  accounts[0]?.release();
  expect(budget.used).toBe(51);
});

test('who floods again and again may send less each time, but never less than an eighth', () => {
  const budget = new MemoryBudget({ run: 1e9, connection: 1e9, unasked: 64 });
  const reached = Array.from({ length: 50 }, () => {
    let bound: ReachedBound | undefined;
    const account = budget.open((one) => (bound = one));
    account.take(65, 'unasked');
    account.release();
    return bound?.octets;
  });
  expect([reached[0], reached[8], reached[16], reached[24], reached[49]]).toEqual([64, 32, 16, 8, 8]);
});

test('bounds in words', () => {
  const mebi = 1024 * 1024;
  expect([
    describeBound({ name: 'run', octets: 64 * mebi }),
    describeBound({ name: 'connection', octets: 48 * mebi }),
    describeBound({ name: 'unasked', octets: 0.75 * mebi }),
  ]).toEqual([
    '64 MiB on all connections together',
    '48 MiB on one connection',
    '0.8 MiB that nobody asked for on one connection',
  ]);
});
