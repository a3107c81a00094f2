import { randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import type { Address } from '../../connection/endpoint';
import { pause } from '../../connection/play-script';
import { ConformError } from '../../error';
import type { ProcessExit } from '../../report/events';
import { systemErrorCode } from '../../system-error';
import { findStrays, markName, signalStrays, type StrayProcess } from './marked-processes';
import { OutputTail, type PrintedLine } from './output-tail';
import { prepareCommand } from './prepare-command';
import { holdGroup, isGroupAlive, signalGroup } from './process-group';
import { ReadyLineReader } from './ready-line';
import { waitAtMost } from './wait-at-most';

/** How much of the output of a target is kept: the end, in octets. */
const keptOutput = 64 * 1024;
/** After the process ended, for its last words to arrive: a grandchild may hold the pipe open for ever. */
const lastWordsTimeout = 250;
/** Between SIGTERM and SIGKILL. */
const terminationGrace = 2000;
/** For the processes of a killed group to disappear; zombies that nobody reaps would be waited for in vain. */
const disappearanceGrace = 500;
/** Between two looks at what is left. */
const lookAgain = 10;
/** So many looks that find nothing, one after the other, show that nothing is left. */
const clearLooks = 2;

/** One life of a target: from fork to exit. */
export class RunningProcess {
  readonly pid: number;
  /** Resolves when it has ended and its last words were read. */
  readonly ended: Promise<ProcessExit>;
  /** Resolves when it printed a ready line. */
  readonly announced: Promise<void>;
  readonly #child: ChildProcess;
  readonly #output = new OutputTail(keptOutput);
  readonly #mark = randomUUID();
  readonly #release: () => void;
  #readyAddress: Address | undefined;
  #exit: ProcessExit | undefined;
  #hasEnded = false;
  #stopped: Promise<readonly StrayProcess[]> | undefined;

  constructor(command: string, port: number | undefined, gracefulSignal: NodeJS.Signals | undefined) {
    const child = spawnShell(prepareCommand(command, port, gracefulSignal), port, this.#mark);
    this.#child = child;
    this.pid = child.pid ?? -1;
    this.#release = this.pid === -1 ? () => undefined : holdGroup(this.pid, this.#mark);
    let announce: () => void = () => undefined;
    this.announced = new Promise((resolve) => (announce = resolve));
    const readyLines = new ReadyLineReader((address) => {
      this.#readyAddress = address;
      announce();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#output.push(chunk);
      readyLines.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.ended = this.#waitForEnd();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  get output(): string {
    return this.#output.text();
  }

  /** Lines that it began to print in that time, on the clock of `performance.now()`, as far as they are still kept. */
  printedBetween(from: number, to: number): readonly PrintedLine[] {
    return this.#output.linesBetween(from, to);
  }

  get readyAddress(): Address | undefined {
    return this.#readyAddress;
  }

  /**
   * Ends the whole group, and what has left it: SIGTERM, then SIGKILL. Never rejects. May be called again.
   * @returns the processes outside of the group.
   */
  stop(): Promise<readonly StrayProcess[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<readonly StrayProcess[]> {
    const strays = new Map(findStrays(this.#mark, this.pid).map((stray) => [stray.pid, stray]));
    signalStrays([...strays.values()], 'SIGTERM');
    if (!this.#hasEnded) {
      signalGroup(this.pid, 'SIGTERM');
      await waitAtMost(terminationGrace, this.ended);
    }
    // What the leader left behind goes, too.
    signalGroup(this.pid, 'SIGKILL');
    await this.ended;
    const deadline = performance.now() + disappearanceGrace;
    while (isGroupAlive(this.pid) && performance.now() < deadline) await pause(lookAgain);
    // Who answers SIGTERM by starting itself again has a new process by now. One that began while the processes were being listed is seen by the next look.
    const end = performance.now() + disappearanceGrace;
    for (let clear = 0; clear < clearLooks && performance.now() < end;) {
      const left = findStrays(this.#mark, this.pid);
      for (const stray of left) strays.set(stray.pid, stray);
      signalStrays(left, 'SIGKILL');
      clear = left.length === 0 ? clear + 1 : 0;
      if (clear < clearLooks) await pause(lookAgain);
    }
    this.#release();
    return [...strays.values()];
  }

  async #waitForEnd(): Promise<ProcessExit> {
    const child = this.#child;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
      child.once('error', (error) => {
        this.#output.push(Buffer.from(`${error.message}\n`));
        resolve({ code: null, signal: null });
      });
    });
    this.#hasEnded = true;
    await waitAtMost(lastWordsTimeout, closed);
    // Timers come before input and output in a turn of the event loop: what was in the pipes when the time was up is read in the rest of it.
    await new Promise((resolve) => setImmediate(resolve));
    this.#exit = { code, signal, output: this.#output.text() };
    return this.#exit;
  }
}

/** @throws ConformError ERR_TARGET_EXITED for a command that the system does not take: one that is too long, or holds a NUL character */
function spawnShell(command: string, port: number | undefined, mark: string): ChildProcess {
  try {
    return spawn(command, {
      shell: true,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, [markName]: mark, ...(port === undefined ? {} : { PORT: String(port) }) },
    });
  } catch (error) {
    throw new ConformError(
      'ERR_TARGET_EXITED',
      `the command of --exec cannot be started (${systemErrorCode(error) ?? String(error)}): check its length and its characters`,
      { cause: error },
    );
  }
}
