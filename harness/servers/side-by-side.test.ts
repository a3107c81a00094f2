import { doSideBySide, makeQueue } from './side-by-side';

/** Tasks that end when they are told to, in any order. */
function makeTasks() {
  const ends = new Map<string, (result: string | undefined) => void>();
  let most = 0;
  const begun: string[] = [];
  const task = async (name: string, say: (line: string) => void): Promise<string | undefined> => {
    begun.push(name);
    say(`${name} begins`);
    most = Math.max(most, ends.size + 1);
    const result = await new Promise<string | undefined>((resolve) => ends.set(name, resolve));
    ends.delete(name);
    say(`${name} ends`);
    return result;
  };
  /** Waits until the task runs, and ends it. */
  const end = async (name: string, result: string | undefined = name): Promise<void> => {
    while (!ends.has(name)) await Promise.resolve();
    ends.get(name)?.(result);
    while (ends.has(name)) await Promise.resolve();
  };
  return { task, end, begun, most: () => most };
}

const block = (name: string): readonly string[] => [`${name} begins`, `${name} ends`];

test('several at a time are said in one piece each, and give what they gave in their order', async () => {
  const { task, end, most } = makeTasks();
  const said: string[] = [];
  const all = doSideBySide(['a', 'b', 'c'], { parallel: 2, say: (line) => said.push(line) }, task);
  await end('b');
  await end('c');
  await end('a');
  expect(await all).toEqual(['a', 'b', 'c']);
  expect(said).toEqual(['b', 'c', 'a'].flatMap(block));
  expect(most()).toBe(2);
});

test('one after the other, each line is said at once', async () => {
  const { task, end, begun } = makeTasks();
  const said: string[] = [];
  const all = doSideBySide(['a', 'b'], { parallel: 1, say: (line) => said.push(line) }, task);
  expect([begun, said]).toEqual([['a'], ['a begins']]);
  await end('a');
  await end('b');
  expect(await all).toEqual(['a', 'b']);
});

test('after an interruption none begins, and those that run are waited for', async () => {
  const { task, end, begun } = makeTasks();
  const said: string[] = [];
  const interrupted = async (name: string, say: (line: string) => void): Promise<string | undefined> => {
    const result = await task(name, say);
    return result === 'interrupted' ? undefined : result;
  };
  const all = doSideBySide(['a', 'b', 'c'], { parallel: 2, say: (line) => said.push(line) }, interrupted);
  await end('a', 'interrupted');
  await end('b');
  expect(await all).toBeUndefined();
  expect(begun).toEqual(['a', 'b']);
  expect(said).toEqual(['a', 'b'].flatMap(block));
});

test('a fault ends the work when those that run are over', async () => {
  const { task, end, begun } = makeTasks();
  const said: string[] = [];
  const faulty = (name: string, say: (line: string) => void): Promise<string | undefined> =>
    name === 'a' ? Promise.reject(new Error('ours')) : task(name, say);
  const all = doSideBySide(['a', 'b', 'c'], { parallel: 2, say: (line) => said.push(line) }, faulty);
  const rejects = expect(all).rejects.toThrow('ours');
  await end('b');
  await rejects;
  expect([begun, said]).toEqual([['b'], block('b')]);
});

test('a queue lets one do its part at a time, whatever becomes of the one before', async () => {
  const inTurn = makeQueue();
  const { task, end, most } = makeTasks();
  const quiet = (): void => undefined;
  const first = inTurn(() => task('a', quiet));
  const broken = inTurn(() => Promise.reject<string>(new Error('ours')));
  const last = inTurn(() => task('b', quiet));
  const rejects = expect(broken).rejects.toThrow('ours');
  await end('a');
  await rejects;
  await end('b');
  expect([await first, await last, most()]).toEqual(['a', 'b', 1]);
});
