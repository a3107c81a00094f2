/** Takes one line. */
type Say = (line: string) => void;

/** One thing after another, or several at a time. */
export interface SideBySide {
  /** How many at the same time. */
  readonly parallel: number;
  readonly say: Say;
}

/**
 * Does a task for each item, `parallel` of them at a time. Where that is more than one, what a task says is said in one piece when it ends, so that nothing is mixed.
 *
 * @param task gives undefined when it was interrupted: then no other begins.
 * @returns what the tasks gave, in the order of the items; undefined when one was interrupted. Rejects as the first task that does, when those that had begun are over.
 */
export async function doSideBySide<Item, Result>(
  items: readonly Item[],
  { parallel, say }: SideBySide,
  task: (item: Item, say: Say) => Promise<Result | undefined>,
): Promise<readonly Result[] | undefined> {
  const waiting = [...items.entries()];
  const results = new Map<number, Result>();
  const errors: unknown[] = [];
  let isInterrupted = false;
  const doOne = async (index: number, item: Item): Promise<void> => {
    const lines: string[] = [];
    try {
      const result = await task(item, parallel > 1 ? (line) => void lines.push(line) : say);
      if (result === undefined) isInterrupted = true;
      else results.set(index, result);
    } catch (error) {
      errors.push(error);
    } finally {
      for (const line of lines) say(line);
    }
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const next = isInterrupted || errors.length > 0 ? undefined : waiting.shift();
      if (next === undefined) return;
      await doOne(...next);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, work));
  if (errors.length > 0) throw errors[0];
  return isInterrupted ? undefined : [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}

/** Lets tasks that run at the same time do something one after the other. */
export function makeQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
