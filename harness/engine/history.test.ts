import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall } from '../grpc/test-service';
import { heartbeatConnection, History, sequenceOf, plainCallName } from './history';

const facts = { authority: 'a', scheme: 'http', metadata: [] } as const;

function planOf(octets: number) {
  const script = new PlanBuilder(facts);
  script.call(emptyCall(), { body: new Uint8Array(octets) });
  return script.build();
}

test('calls are counted, the latest plans are kept, and a new process starts anew', () => {
  const history = new History();
  for (let index = 0; index < 2500; index++) history.add(planOf(5), index % 2 === 0 ? 'MSG-02' : 'MSG-03');
  expect([history.calls, history.plans.length, history.recent]).toEqual([2500, 2000, ['MSG-02', 'MSG-03']]);
  history.clear();
  expect([history.calls, history.plans, history.recent]).toEqual([0, [], []]);
});

test('plain calls in between do not hide what was under way', () => {
  const history = new History();
  history.add(planOf(5), plainCallName);
  expect(history.recent).toEqual([plainCallName]);
  for (const id of ['CONN-03', 'REQ-21']) history.add(planOf(5), id);
  for (let index = 0; index < 20; index++) history.add(planOf(5), plainCallName);
  expect(history.recent).toEqual(['CONN-03', 'REQ-21']);
});

test('large plans take the place of many small ones, and the last one stays', () => {
  const history = new History();
  const megabyte = 1024 * 1024;
  for (let index = 0; index < 20; index++) history.add(planOf(megabyte), 'STREAM-15');
  expect(history.plans.length).toBeLessThanOrEqual(8);
  history.add(planOf(20 * megabyte), 'STREAM-15');
  expect(history.plans).toHaveLength(1);
});

test('a sequence plays each plan on connections of its own, closes them, waits for nothing in vain, and ends with a plain call', () => {
  const { steps, calls } = sequenceOf([planOf(5), planOf(9)], emptyCall(), facts);
  expect(steps.map((step) => ('on' in step ? `${step.do} ${step.on}` : step.do))).toEqual([
    'open 1:main',
    'headers 1:main',
    'data 1:main',
    'await 1:main',
    'close 1:main',
    'open 2:main',
    'headers 2:main',
    'data 2:main',
    'await 2:main',
    'close 2:main',
    `open ${heartbeatConnection}`,
    `headers ${heartbeatConnection}`,
    `data ${heartbeatConnection}`,
    `await ${heartbeatConnection}`,
  ]);
  const waits = steps.filter((step) => step.do === 'await');
  expect(waits.every((step) => step.optional === true)).toBe(true);
  expect(calls).toMatchObject([{ connection: heartbeatConnection, path: emptyCall().path }]);
});

test('suspects are what was under way at the last answer, then what began next, then what had ended before', () => {
  let time = 0;
  const now = (): number => ++time;
  const history = new History(now);
  const begin = (name: string) => history.add(planOf(1), name);
  const end = (entry: ReturnType<typeof begin>, wasServed: boolean) => entry(wasServed);
  const [early, stuck, served] = ['early', 'stuck', 'served'].map(begin);
  end(early!, true);
  end(served!, true);
  end(begin('next'), false);
  begin('after');
  begin(plainCallName);
  expect(history.suspects.map(({ of }) => of)).toEqual(['served', 'stuck', 'next', 'after', 'early']);
  end(stuck!, false);
  expect(history.suspects.map(({ of }) => of)).toEqual(['served', 'stuck', 'next', 'after', 'early']);
  history.clear();
  // The answer of an earlier process says nothing of the new one.
  const fresh = begin('fresh');
  end(served!, true);
  end(fresh, false);
  expect(history.suspects.map(({ of }) => of)).toEqual(['fresh']);
});
