/** What is to be done before the process ends by a fault of ours, the last first. */
const tasks: ((error: unknown) => void)[] = [];

/** Has something done when nobody caught an error and the process ends by it: a report is finished, a sentence printed. @returns takes it back */
export function onFault(task: (error: unknown) => void): () => void {
  tasks.push(task);
  return () => {
    const index = tasks.indexOf(task);
    if (index !== -1) tasks.splice(index, 1);
  };
}

/**
 * From now on an error that nobody caught, a rejection that nobody handled, and a process that has nothing left to wait for before it was told to end, are
 * faults: what is to be done is done, then `end` is called, once.
 */
export function watchForFaults(end: () => void): void {
  let isEnding = false;
  const handle = (error: unknown): void => {
    if (isEnding) return;
    isEnding = true;
    for (const task of tasks.toReversed()) attempt(() => task(error));
    end();
  };
  process.on('uncaughtException', handle);
  process.on('unhandledRejection', handle);
  process.on('beforeExit', () => handle(new Error('nothing is left to wait for, and the work is not done')));
}

/** What fails now must not keep the rest from being done. */
function attempt(task: () => void): void {
  try {
    task();
  } catch {
    // The first fault is the one to tell.
  }
}
