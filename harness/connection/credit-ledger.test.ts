import { CreditLedger } from './credit-ledger';

test('credit is owed until a portion is full, per stream, and then all of it is due', () => {
  const ledger = new CreditLedger();
  const { portion } = CreditLedger;
  expect([ledger.receive(1, portion - 1), ledger.receive(0, 1), ledger.receive(1, 5)]).toEqual([0, 0, portion + 4]);
  expect([ledger.receive(1, portion - 1), ledger.receive(0, portion - 1)]).toEqual([0, portion]);
});

test('a full window always brings credit, or a target would wait for us for ever', () => {
  expect(CreditLedger.portion).toBeLessThanOrEqual(65_535);
});
