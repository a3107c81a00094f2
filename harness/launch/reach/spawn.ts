import type { Address, Endpoint, TlsOptions } from '../../connection/endpoint';
import { ConformError, isConformError } from '../../error';
import type { ProcessExit } from '../../report/events';
import { findFreePort } from './free-port';
import { greet } from './greeting';
import { countGroupDescriptors, readGroupMemory } from './group-facts';
import type { StrayProcess } from './marked-processes';
import type { PrintedLine } from './output-tail';
import { signalGroup } from './process-group';
import { RunningProcess } from './running-process';
import type { TargetProcess } from '../target';
import { waitAtMost } from './wait-at-most';
import { waitUntilReady } from './wait-until-ready';

export interface StartOptions {
  /** The command line of `--exec`, for the shell. `{port}` and the environment variable PORT are the port we chose. */
  readonly command: string;
  /** Where it listens, when the command has an address of its own. */
  readonly address?: Address;
  readonly tls?: TlsOptions;
  /** What {@link TargetProcess.gracefulStop} sends. */
  readonly gracefulSignal?: NodeJS.Signals;
  /** Milliseconds until it must be ready. */
  readonly readyTimeout: number;
  readonly signal?: AbortSignal;
}

export interface StartedTarget {
  readonly endpoint: () => Endpoint;
  readonly process: TargetProcess;
}

/** Between the last sign of a process and its end: a shell in between, a core dump. */
const exitDelay = 1000;
/** Ports that are tried when each is taken by the time the target listens. */
const mostStarts = 3;

/**
 * Starts a target in a process group of its own and waits until it answers HTTP/2.
 * The group is killed when our process ends, however that happens.
 *
 * @throws ConformError ERR_TARGET_EXITED with exit code and last output when it ends before it is ready; ERR_TARGET_NOT_READY when the time runs out;
 *   ERR_TARGET_NOT_HTTP2 or ERR_TARGET_TLS when what listens there cannot be what was meant.
 */
export async function startTarget(options: StartOptions): Promise<StartedTarget> {
  const target = new SpawnedTarget(options);
  await target.start();
  return { endpoint: () => target.endpoint(), process: target };
}

class SpawnedTarget implements TargetProcess {
  readonly #options: StartOptions;
  readonly #listeners: ((exit: ProcessExit) => void)[] = [];
  readonly #strays = new Map<number, StrayProcess>();
  #current: RunningProcess | undefined;
  #address: Address | undefined;
  #restart: Promise<number> | undefined;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  get pid(): number {
    return this.#current?.pid ?? -1;
  }

  endpoint(): Endpoint {
    if (this.#address === undefined)
      throw new ConformError('ERR_INTERNAL', 'the target was asked for its address before it was started');
    const { tls } = this.#options;
    return tls === undefined ? { address: this.#address } : { address: this.#address, tls };
  }

  readonly exit = (): ProcessExit | undefined => this.#current?.exit;

  readonly findExit = async (): Promise<ProcessExit | undefined> => {
    const running = this.#current;
    if (running === undefined) return undefined;
    if (running.hasEnded) return running.ended;
    // A system closes the sockets of a process before it tells anybody that the process has ended, and the one that listens perhaps as the last: to
    // have connected proves nothing.
    const greeting = await greet(this.endpoint(), { timeout: exitDelay });
    if (greeting.kind === 'closed' || greeting.kind === 'unreachable') await waitAtMost(exitDelay, running.ended);
    return running.exit;
  };

  readonly onExit = (listener: (exit: ProcessExit) => void): void => {
    this.#listeners.push(listener);
  };

  readonly residentMemory = async (): Promise<number | undefined> =>
    this.#current === undefined || this.#current.hasEnded ? undefined : readGroupMemory(this.#current.pid);

  readonly openDescriptors = (): number | undefined =>
    this.#current === undefined || this.#current.hasEnded ? undefined : countGroupDescriptors(this.#current.pid);

  readonly printedBetween = (from: number, to: number): readonly PrintedLine[] =>
    this.#current?.printedBetween(from, to) ?? [];

  readonly gracefulStop = (): boolean => {
    const { gracefulSignal } = this.#options;
    return (
      gracefulSignal !== undefined && this.#current !== undefined && signalGroup(this.#current.pid, gracefulSignal)
    );
  };

  /** Whoever asks while it is being started again gets the same new process, rather than end it before it is ready. */
  readonly restart = (): Promise<number> => {
    this.#restart ??= this.#startAgain().finally(() => {
      this.#restart = undefined;
    });
    return this.#restart;
  };

  readonly stop = async (): Promise<void> => {
    for (const stray of (await this.#current?.stop()) ?? []) this.#strays.set(stray.pid, stray);
  };

  readonly takeStrays = (): readonly StrayProcess[] => {
    const strays = [...this.#strays.values()];
    this.#strays.clear();
    return strays;
  };

  async #startAgain(): Promise<number> {
    await this.stop();
    const started = performance.now();
    try {
      await this.start();
      return performance.now() - started;
    } catch (error) {
      if (!isConformError(error)) throw error;
      throw new ConformError('ERR_TARGET_LOST', `the target could not be restarted: ${error.message}`, {
        cause: error,
      });
    }
  }

  /** Starts it, on another port where somebody took the one that was free when we looked. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#startOnce();
      } catch (error) {
        const exit = this.#current?.exit;
        if (attempt === mostStarts || exit === undefined || !this.#lostItsPort(exit)) throw error;
      }
    }
  }

  /** True when it ended since somebody else listens on the port that we chose for it, or had it for a connection. */
  #lostItsPort({ output }: ProcessExit): boolean {
    return this.#options.address === undefined && /EADDRINUSE|address (?:is )?already in use/i.test(output);
  }

  async #startOnce(): Promise<void> {
    const { command, address, gracefulSignal, readyTimeout, tls, signal } = this.#options;
    const chosen = address ?? { kind: 'tcp' as const, host: '127.0.0.1', port: await findFreePort() };
    const running = new RunningProcess(command, chosen.kind === 'tcp' ? chosen.port : undefined, gracefulSignal);
    this.#current = running;
    let isReady = false;
    void running.ended.then((exit) => {
      // It never was the target: another one is started, or the start fails.
      if (!isReady && this.#lostItsPort(exit)) return;
      for (const listener of this.#listeners) listener(exit);
    });
    try {
      this.#address = await waitUntilReady(running, {
        candidates: address === undefined ? loopbacks(chosen) : [chosen],
        heedsReadyLine: address === undefined,
        readyTimeout,
        tls,
        signal,
      });
      isReady = true;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}

function loopbacks(address: Address): readonly Address[] {
  // Servers that listen on the name localhost get either loopback address.
  return address.kind === 'tcp' ? [address, { ...address, host: '::1' }] : [address];
}
