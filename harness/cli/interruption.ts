import { exitCodes } from '../error';
import type { CliContext } from './context';

/** Ctrl-C and its relatives. */
export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Signals do again what they did before. */
  readonly release: () => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal asks the run to finish its report, the second ends us at once; what we started is killed either way (see holdGroup in spawn.ts, which
 * listens for our exit).
 */
export function listenForInterruption({ stderr }: Pick<CliContext, 'stderr'>): Interruption {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    stderr.write('\ngrpc-conform: interrupted, finishing the report; once more to stop at once\n');
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
