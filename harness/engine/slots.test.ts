import { Slots } from './slots';

/** A task that ends when it is told to, and a log of what began and ended. */
function makeTasks() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string) => (): Promise<string> => {
    log.push(`${name} begins`);
    return new Promise((resolve) =>
      ends.set(name, () => {
        log.push(`${name} ends`);
        resolve(name);
      }),
    );
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settled();
  };
  return { log, task, end };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('as many tasks run at a time as there are places, the others in the order in which they came', async () => {
  const slots = new Slots(2);
  const { log, task, end } = makeTasks();
  const all = ['a', 'b', 'c', 'd'].map((name) => slots.one(task(name)));
  await settled();
  expect(log).toEqual(['a begins', 'b begins']);
  await end('b');
  expect(log).toEqual(['a begins', 'b begins', 'b ends', 'c begins']);
  await end('a');
  await end('c');
  await end('d');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

test('a task that runs alone waits until the others have left, and those that come later wait for it', async () => {
  const slots = new Slots(2);
  const { log, task, end } = makeTasks();
  const all = [slots.one(task('before')), slots.alone(task('alone')), slots.one(task('after'))];
  await settled();
  // There is a free place, but whoever took it would keep the lonely task waiting for ever.
  expect(log).toEqual(['before begins']);
  await end('before');
  expect(log).toEqual(['before begins', 'before ends', 'alone begins']);
  await end('alone');
  await end('after');
  await Promise.all(all);
  expect(log.slice(3)).toEqual(['alone ends', 'after begins', 'after ends']);
});

test('half of the places can be withdrawn: those who have one keep it until they leave', async () => {
  const slots = new Slots(4);
  const { log, task, end } = makeTasks();
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => slots.one(task(name)));
  const lonely = slots.alone(task('alone'));
  await settled();
  slots.narrow();
  await end('a');
  await end('b');
  expect([slots.size, log.includes('e begins')]).toEqual([2, false]);
  await end('c');
  expect(log.at(-1)).toBe('e begins');
  await end('d');
  await end('e');
  expect(log.at(-1)).toBe('alone begins');
  await end('alone');
  await Promise.all([...all, lonely]);
});

test('the last place stays', async () => {
  const slots = new Slots(3);
  for (let count = 0; count < 3; count++) slots.narrow();
  expect([slots.size, await slots.alone(() => Promise.resolve('served'))]).toEqual([1, 'served']);
});

test('a task that fails leaves its place', async () => {
  const slots = new Slots(1);
  const failed = slots.alone(() => Promise.reject(new Error('no'))).catch((error: Error) => error.message);
  expect([await failed, await slots.one(() => Promise.resolve('yes'))]).toEqual(['no', 'yes']);
});

test('a place that was entered is kept until it is left', async () => {
  const slots = new Slots(1);
  const { log, task, end } = makeTasks();
  const leave = await slots.enter();
  const next = slots.one(task('next'));
  await settled();
  expect(log).toEqual([]);
  leave();
  await settled();
  expect(log).toEqual(['next begins']);
  await end('next');
  await next;
});

test('places that were withdrawn can be given back, never more than there were, and not to others beside a lonely task', async () => {
  const slots = new Slots(4);
  const { log, task, end } = makeTasks();
  slots.narrow();
  slots.narrow();
  const all = [slots.alone(task('alone')), ...['a', 'b', 'c', 'd', 'e'].map((name) => slots.one(task(name)))];
  await settled();
  for (let time = 0; time < 3; time++) slots.widen();
  expect(slots.size).toBe(4);
  await settled();
  expect(log).toEqual(['alone begins']);
  await end('alone');
  expect(log.slice(2)).toEqual(['a begins', 'b begins', 'c begins', 'd begins']);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await end(name);
  await Promise.all(all);
});

test('a place that is given back before it was left is not withdrawn', async () => {
  const slots = new Slots(2);
  const { log, task, end } = makeTasks();
  const all = ['a', 'b', 'c'].map((name) => slots.one(task(name)));
  await settled();
  slots.narrow();
  slots.widen();
  await end('a');
  expect(log.slice(2)).toEqual(['a ends', 'c begins']);
  for (const name of ['b', 'c']) await end(name);
  await Promise.all(all);
});
