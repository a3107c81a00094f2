import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describeAddress, type Address, type Endpoint, type TlsOptions } from '../connection/endpoint';
import { cutMark, cutText } from '../cut-text';
import { ConformError, isConformError, type ConformErrorOptions } from '../error';
import { parseProcessStat } from '../process-stat';
import type { ProcessExit } from '../report/events';
import { printable } from '../report/printable';
import { systemErrorCode } from '../system-error';
import { greet, type Greeting } from './greeting';
import { explainGreeting } from './preflight';
import { findStrays, markName, signalStrays, type StrayProcess } from './marked-processes';
import type { TargetProcess } from './target';

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

/** How much of the output of a target is kept: the end, in octets. */
const keptOutput = 64 * 1024;
/** How much of it an error message shows. */
const shownLines = 8;
/** Characters of each. */
const longestLine = 300;
/** A ready line is short; anything longer is output like any other. */
const longestReadyLine = 4096;
/** Between two attempts to connect: from the first to the last value, doubling. */
const firstBackoff = 10;
const lastBackoff = 200;
/** Of one attempt; a server that takes longer for its SETTINGS gets another one until the time is up. */
const attemptTimeout = 2000;
/** After the process ended, for its last words to arrive: a grandchild may hold the pipe open for ever. */
const lastWordsTimeout = 250;
/** Between the last sign of a process and its end: a shell in between, a core dump. */
const exitDelay = 1000;
/** Between SIGTERM and SIGKILL. */
const terminationGrace = 2000;
/** Ports that are tried when each is taken by the time the target listens. */
const mostStarts = 3;
/** For the processes of a killed group to disappear; zombies that nobody reaps would be waited for in vain. */
const disappearanceGrace = 500;

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

  readonly gracefulStop = (): boolean => {
    const { gracefulSignal } = this.#options;
    return (
      gracefulSignal !== undefined && this.#current !== undefined && signalGroup(this.#current.pid, gracefulSignal)
    );
  };

  readonly restart = async (): Promise<number> => {
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
  };

  readonly stop = async (): Promise<void> => {
    for (const stray of (await this.#current?.stop()) ?? []) this.#strays.set(stray.pid, stray);
  };

  readonly takeStrays = (): readonly StrayProcess[] => {
    const strays = [...this.#strays.values()];
    this.#strays.clear();
    return strays;
  };

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
    const { command, address, gracefulSignal, readyTimeout, signal } = this.#options;
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
      this.#address = await this.#waitUntilReady(
        running,
        address === undefined ? loopbacks(chosen) : [chosen],
        address === undefined,
        readyTimeout,
        signal,
      );
      isReady = true;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Polls every address it may listen at, those of its ready line first, until one answers with an HTTP/2 frame. */
  async #waitUntilReady(
    running: RunningProcess,
    candidates: readonly Address[],
    heedReadyLine: boolean,
    readyTimeout: number,
    signal: AbortSignal | undefined,
  ): Promise<Address> {
    const deadline = performance.now() + readyTimeout;
    let last: { readonly text: string; readonly rank: number } | undefined;
    for (let backoff = firstBackoff; ; backoff = Math.min(backoff * 2, lastBackoff)) {
      const announced = heedReadyLine ? running.readyAddress : undefined;
      for (const address of announced === undefined ? candidates : [announced]) {
        const remaining = deadline - performance.now();
        if (signal?.aborted === true)
          throw new ConformError('ERR_TARGET_NOT_READY', 'interrupted while the target started');
        if (running.hasEnded) throw exitedEarly(await running.ended);
        if (remaining <= 0) throw notReady(running, readyTimeout, last?.text);
        const endpoint: Endpoint = this.#options.tls === undefined ? { address } : { address, tls: this.#options.tls };
        const timeout = Math.min(remaining, attemptTimeout);
        const greeting = await Promise.race([
          greet(endpoint, { timeout, signal }),
          running.ended.then((): undefined => undefined),
        ]);
        if (greeting === undefined || running.hasEnded) throw exitedEarly(await running.ended);
        if (greeting.kind === 'http2') return address;
        if (!isPassing(greeting)) throw await explainGreeting(endpoint, greeting, { timeout, signal });
        const rank = rankOf(greeting, timeout < attemptTimeout);
        if (rank >= (last?.rank ?? 0))
          last = { text: `${describeAddress(address)}: ${describePassing(greeting)}`, rank };
      }
      await waitAtMost(
        Math.min(backoff, Math.max(1, deadline - performance.now())),
        running.ended,
        announced === undefined ? running.announced : running.ended,
      );
    }
  }
}

/** One life of a target: from fork to exit. */
class RunningProcess {
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
    while (isGroupAlive(this.pid) && performance.now() < deadline) await pause(firstBackoff);
    // Who answers SIGTERM by starting itself again has a new process by now.
    const end = performance.now() + disappearanceGrace;
    for (let left = findStrays(this.#mark, this.pid); left.length > 0; left = findStrays(this.#mark, this.pid)) {
      for (const stray of left) strays.set(stray.pid, stray);
      signalStrays(left, 'SIGKILL');
      if (performance.now() > end) break;
      await pause(firstBackoff);
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

/** Reserved words and built-in commands of the shell (POSIX XCU §2.4, §2.14), which `exec` does not know. */
const shellWords: ReadonlySet<string> = new Set(
  '! { . : break case cd command continue eval exec exit export for if read readonly return set shift source time times trap umask unset until while'.split(
    ' ',
  ),
);

/**
 * The command line for the shell. A simple command takes the shell's place, so that exit code and signals are the target's own. Where the shell has to
 * stay, it survives the graceful signal, which goes to the whole group, and passes on the exit code.
 */
export function prepareCommand(
  command: string,
  port: number | undefined,
  gracefulSignal: NodeJS.Signals | undefined,
): string {
  const filled = port === undefined ? command : command.replaceAll('{port}', String(port));
  if (process.platform === 'win32') return filled;
  const [, assignment, firstWord = ''] = /^\s*([A-Za-z_][A-Za-z0-9_]*=)?(\S*)/.exec(filled) ?? [];
  const isSimple = !/[;&|()\n`]/.test(filled.replace(/[<>]&?/g, '')) && !shellWords.has(firstWord);
  if (isSimple) return assignment === undefined ? `exec ${filled}` : `exec env ${filled}`;
  return gracefulSignal === undefined ? filled : `trap : ${gracefulSignal.replace(/^SIG/, '')}\n${filled}`;
}

/** The end of a stream of octets, with a mark where its beginning is missing. */
class OutputTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    // A copy: a slice of Node's read buffer would keep all of it alive.
    this.#chunks.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#limit))));
    this.#length += Math.min(chunk.length, this.#limit);
    this.#isCut ||= chunk.length > this.#limit;
    while (this.#length - (this.#chunks[0]?.length ?? 0) >= this.#limit) {
      this.#length -= this.#chunks.shift()?.length ?? 0;
      this.#isCut = true;
    }
  }

  text(): string {
    const joined = Buffer.concat(this.#chunks);
    const end = joined.subarray(Math.max(0, joined.length - this.#limit)).toString('utf8');
    return this.#isCut || joined.length > this.#limit ? `${cutMark}${end}` : end;
  }
}

/** Finds the line `{"host":…,"port":…}` in the standard output of a target, the first of them. */
class ReadyLineReader {
  readonly #found: (address: Address) => void;
  #line = '';
  #done = false;

  constructor(found: (address: Address) => void) {
    this.#found = found;
  }

  push(chunk: Buffer): void {
    if (this.#done) return;
    const lines = (this.#line + chunk.toString('latin1')).split('\n');
    this.#line = (lines.pop() ?? '').slice(0, longestReadyLine);
    for (const line of lines) {
      const address = parseReadyLine(line);
      if (address === undefined) continue;
      this.#done = true;
      this.#found(address);
      return;
    }
  }
}

/** The address that a line of output announces; undefined when it is any other line. A wildcard host means the loopback address. */
export function parseReadyLine(line: string): Address | undefined {
  const text = line.trim();
  if (!text.startsWith('{') || text.length > longestReadyLine) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('port' in value)) return undefined;
  const { port } = value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
  const host = 'host' in value && typeof value.host === 'string' && value.host !== '' ? value.host : '127.0.0.1';
  if (host === '0.0.0.0') return { kind: 'tcp', host: '127.0.0.1', port };
  return { kind: 'tcp', host: host === '::' ? '::1' : host, port };
}

function loopbacks(address: Address): readonly Address[] {
  // Servers that listen on the name localhost get either loopback address.
  return address.kind === 'tcp' ? [address, { ...address, host: '::1' }] : [address];
}

/** True for what a starting server does before it is ready. */
function isPassing(greeting: Greeting): boolean {
  if (greeting.kind === 'closed' || greeting.kind === 'silent') return true;
  return (
    greeting.kind === 'unreachable' &&
    /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|CLOSED|TIMEOUT|ETIMEDOUT|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH|EAFNOSUPPORT)$/.test(
      greeting.errorName,
    )
  );
}

/** How much it says about a target that never became ready: that one address of several is silent says more than that the others refuse. */
function rankOf(greeting: Greeting, isCutShort: boolean): number {
  // The last attempt may have had no time left: its silence says less than what was seen before.
  if (greeting.kind === 'silent') return isCutShort ? 2 : 4;
  if (greeting.kind !== 'unreachable') return 4;
  if (/^(ECONNRESET|EPIPE|CLOSED)$/.test(greeting.errorName)) return 3;
  // A machine without IPv6 says so of [::1], which tells nothing of the target.
  return /^(TIMEOUT|EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH)$/.test(greeting.errorName) ? 0 : 1;
}

function describePassing(greeting: Greeting): string {
  if (greeting.kind === 'silent') return 'it accepts connections but sends no HTTP/2 SETTINGS';
  if (greeting.kind === 'closed') return 'it closes connections without an answer';
  return greeting.kind === 'unreachable' ? `no connection (${greeting.errorName})` : greeting.kind;
}

function exitedEarly(exit: ProcessExit): ConformError {
  const how = exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `by ${exit.signal}`;
  return new ConformError(
    'ERR_TARGET_EXITED',
    ...withOutput(`the target ended ${how} before it was ready: check the command of --exec`, exit.output),
  );
}

function notReady(running: RunningProcess, readyTimeout: number, last: string | undefined): ConformError {
  const seen = last === undefined ? '' : ` (${last})`;
  return new ConformError(
    'ERR_TARGET_NOT_READY',
    ...withOutput(
      `the target was not ready within ${readyTimeout} ms${seen}: let it listen on {port} or $PORT, print a line {"host":…,"port":…}, or raise --connect-timeout`,
      running.output,
    ),
  );
}

/** A sentence, and below it the last lines that a process printed. */
function withOutput(sentence: string, output: string): [string, ConformErrorOptions] {
  // What it said last may be half a word.
  const details = `${output}${/(^|\n)$/.test(output) ? '' : cutMark}`
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-shownLines)
    .map((line) => `  | ${cutText(printable(line), longestLine)}`);
  return [`${sentence}; ${details.length === 0 ? 'it printed nothing' : 'its last output:'}`, { details }];
}

/** A port that was free a moment ago. @throws ConformError ERR_TARGET_NOT_READY when the system gives none. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      reject(
        new ConformError('ERR_TARGET_NOT_READY', `this machine gives no free port for the target: ${error.message}`, {
          cause: error,
        }),
      ),
    );
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string')
          reject(new ConformError('ERR_INTERNAL', 'no free port was found'));
        else resolve(address.port);
      });
    });
  });
}

/** Groups that must not outlive us, with the marks of what may have left them. */
const heldGroups = new Map<number, string>();

/** Waits for a line; where the pipe ends without one, kills the group $0 and, where the system shows environments, what has $1 in its own. */
const guardScript = `
read -r line && exit
kill -s KILL -- "-$0"
for process in /proc/[0-9]*; do
  grep -qF "$1" "$process/environ" && kill -s KILL "\${process#/proc/}"
done 2>/dev/null`;

/**
 * Ties a process group to our own life. The exit handler serves an orderly end; a shell that waits for the end of our pipe serves everything else, SIGKILL
 * included. The returned function lets the group go.
 */
function holdGroup(pid: number, mark: string): () => void {
  if (heldGroups.size === 0) process.on('exit', killHeldGroups);
  heldGroups.set(pid, mark);
  const guard =
    process.platform === 'win32'
      ? undefined
      : spawn('/bin/sh', ['-c', guardScript, String(pid), `${markName}=${mark}`], {
          detached: true,
          stdio: ['pipe', 'ignore', 'ignore'],
        });
  guard?.on('error', () => undefined);
  guard?.stdin?.on('error', () => undefined);
  // Neither the guard nor its pipe keeps us running.
  guard?.unref();
  const pipe = guard?.stdin;
  if (pipe !== null && pipe !== undefined && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return () => {
    guard?.stdin?.end('\n');
    heldGroups.delete(pid);
    if (heldGroups.size === 0) process.removeListener('exit', killHeldGroups);
  };
}

function killHeldGroups(): void {
  for (const [pid, mark] of heldGroups) {
    signalGroup(pid, 'SIGKILL');
    signalStrays(findStrays(mark, pid), 'SIGKILL');
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  // -1 and 0 would signal everybody.
  if (pid <= 1) return false;
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    return false;
  }
}

function isGroupAlive(pid: number): boolean {
  if (pid <= 1) return false;
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, 0);
  } catch {
    return false;
  }
}

/** Resident memory of a process group, in octets; undefined where it cannot be read. */
async function readGroupMemory(group: number): Promise<number | undefined> {
  try {
    return process.platform === 'linux' ? await readMemoryFromProc(group) : await readMemoryFromPs(group);
  } catch {
    return undefined;
  }
}

async function readMemoryFromProc(group: number): Promise<number | undefined> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(numbers.map((number) => readMemberMemory(number, group)));
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum === 0 ? undefined : sum;
}

async function readMemberMemory(number: string, group: number): Promise<number> {
  try {
    const stat = parseProcessStat(await readFile(`/proc/${number}/stat`, 'latin1'));
    if (stat.group !== String(group)) return 0;
    const status = await readFile(`/proc/${number}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    // It has ended since we listed it.
    return 0;
  }
}

async function readMemoryFromPs(group: number): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss=']);
  const sum = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([pgid]) => pgid === group)
    .reduce((total, [, rss = 0]) => total + rss * 1024, 0);
  return sum === 0 ? undefined : sum;
}

/** Waits until one of the promises has settled, and no longer than the time given. */
async function waitAtMost(milliseconds: number, ...promises: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([...promises, over]);
  clearTimeout(timer);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
