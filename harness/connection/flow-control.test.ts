import { CreditLedger, SendWindows } from './flow-control';

test('before the target says anything, both windows have 65535 octets', () => {
  const windows = new SendWindows();
  expect([windows.connection, windows.available(1)]).toEqual([65_535, 65_535]);
});

test('DATA takes from its stream and from the connection, and the smaller of the two binds', () => {
  const windows = new SendWindows();
  windows.spend(1, 60_000);
  expect([windows.available(1), windows.available(3)]).toEqual([5535, 5535]);
  windows.grant(0, 100_000);
  expect([windows.available(1), windows.available(3)]).toEqual([5535, 65_535]);
  windows.grant(1, 10);
  expect(windows.available(1)).toBe(5545);
});

test('another initial window moves every stream, those not yet opened too, and not the connection', () => {
  const windows = new SendWindows();
  windows.grant(0, 1_000_000);
  windows.spend(1, 1000);
  windows.grant(3, 7);
  windows.setInitial(100_000);
  expect([1, 3, 5].map((stream) => windows.available(stream))).toEqual([99_000, 100_007, 100_000]);
  expect(windows.connection).toBe(1_065_535 - 1000);
});

test('a lower initial window may leave less than nothing (RFC 9113 §6.9.2)', () => {
  const windows = new SendWindows();
  windows.spend(1, 1000);
  windows.setInitial(0);
  expect(windows.available(1)).toBe(-1000);
  windows.grant(1, 1001);
  expect(windows.available(1)).toBe(1);
});

test('credit is owed until a portion is full, per stream, and then all of it is due', () => {
  const ledger = new CreditLedger();
  const { portion } = CreditLedger;
  expect([ledger.receive(1, portion - 1), ledger.receive(0, 1), ledger.receive(1, 5)]).toEqual([0, 0, portion + 4]);
  expect([ledger.receive(1, portion - 1), ledger.receive(0, portion - 1)]).toEqual([0, portion]);
});

test('a full window always brings credit, or a target would wait for us for ever', () => {
  expect(CreditLedger.portion).toBeLessThanOrEqual(65_535);
});
