import { join } from 'node:path';
import { exitCodes } from '../error';
import type { CliContext } from './context';

/** Ctrl-C and its relatives. */
export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The run is over and its report says with which exit code: a signal that comes now ends us with the same one, the first of them with nothing left out. */
  readonly conclude: (exitCode: number) => void;
  /** Signals end the process again. */
  readonly release: () => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Verbs that listen at the moment. */
let listening = 0;

/** What a finished report says. */
let concluded: number | undefined;

/** Where no verb listens there is nothing to finish: the exit code is that of an interruption all the same, unless a report has told another. */
const endAtOnce = (): void => {
  if (listening === 0) process.exit(concluded ?? exitCodes.interrupted);
};

/** True in the process of the command line, false where a test imports it. */
const isCommandLine = require.main?.filename.replace(/\.[jt]s$/, '') === join(__dirname, 'main');

// While this module loads, and it is the first: loading the others takes most of the time of a start.
if (isCommandLine) for (const signal of signals) process.on(signal, endAtOnce);

/**
 * The first signal asks the run to finish its report, the second ends us at once; what we started is killed either way (see holdGroup in spawn.ts, which
 * listens for our exit).
 */
export function listenForInterruption({ stderr }: Pick<CliContext, 'stderr'>): Interruption {
  const controller = new AbortController();
  concluded = undefined;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(concluded ?? exitCodes.interrupted);
    controller.abort();
    if (concluded !== undefined) return;
    stderr.write('\ngrpc-conform: interrupted, finishing the report; once more to stop at once\n');
  };
  for (const signal of signals) process.on(signal, onSignal);
  listening++;
  return {
    signal: controller.signal,
    conclude: (exitCode) => (concluded = exitCode),
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
      listening--;
    },
  };
}

/** Lets the handlers of signals run that came while we were busy: they do so only where the event loop looks for input, which is before the second of these. */
export async function hearSignals(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Does something that may never come back, such as asking a file system that hangs, and that a signal may end as the system ends programs: no handler of ours
 * would get to run. Only while there is nothing to finish and nothing to stop.
 */
export async function withSignalsOfTheSystem<T>(task: () => T): Promise<T> {
  // Later, what came while modules were loading would be lost with the handler.
  await hearSignals();
  const handlers = signals.map((signal) => ({ signal, ours: process.listeners(signal) }));
  for (const { signal } of handlers) process.removeAllListeners(signal);
  try {
    return task();
  } finally {
    for (const { signal, ours } of handlers) for (const listener of ours) process.on(signal, listener);
  }
}
