import { describeAddress, type Address, type Endpoint, type TlsOptions } from '../../connection/endpoint';
import { cutMark, cutText } from '../../cut-text';
import { ConformError, type ConformErrorOptions } from '../../error';
import type { ProcessExit } from '../../report/events';
import { printable } from '../../report/printable';
import { greet, type Greeting } from './greeting';
import { explainGreeting } from './preflight';
import type { RunningProcess } from './running-process';
import { waitAtMost } from './wait-at-most';

/** How much of its output an error message shows, in lines. */
const shownLines = 8;
/** Characters of each. */
const longestLine = 300;
/** Between two attempts to connect: from the first to the last value, doubling. */
const firstBackoff = 10;
const lastBackoff = 200;
/** Of one attempt; a server that takes longer for its SETTINGS gets another one until the time is up. */
const attemptTimeout = 2000;

export interface ReadyOptions {
  /** Where it may listen. */
  readonly candidates: readonly Address[];
  /** True: an address that it prints counts in place of these. */
  readonly heedsReadyLine: boolean;
  /** Milliseconds. */
  readonly readyTimeout: number;
  readonly tls?: TlsOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Polls every address it may listen at, those of its ready line first, until one answers with an HTTP/2 frame.
 * @throws ConformError ERR_TARGET_EXITED, ERR_TARGET_NOT_READY, or for what cannot become ready: as `explainGreeting` says
 */
export async function waitUntilReady(
  running: RunningProcess,
  { candidates, heedsReadyLine, readyTimeout, tls, signal }: ReadyOptions,
): Promise<Address> {
  const deadline = performance.now() + readyTimeout;
  let last: { readonly text: string; readonly rank: number } | undefined;
  for (let backoff = firstBackoff; ; backoff = Math.min(backoff * 2, lastBackoff)) {
    const announced = heedsReadyLine ? running.readyAddress : undefined;
    for (const address of announced === undefined ? candidates : [announced]) {
      const remaining = deadline - performance.now();
      if (signal?.aborted === true)
        throw new ConformError('ERR_TARGET_NOT_READY', 'interrupted while the target started');
      if (running.hasEnded) throw exitedEarly(await running.ended);
      if (remaining <= 0) throw notReady(running, readyTimeout, last?.text);
      const endpoint: Endpoint = tls === undefined ? { address } : { address, tls };
      const timeout = Math.min(remaining, attemptTimeout);
      const greeting = await Promise.race([
        greet(endpoint, { timeout, signal }),
        running.ended.then((): undefined => undefined),
      ]);
      if (greeting === undefined || running.hasEnded) throw exitedEarly(await running.ended);
      if (greeting.kind === 'http2') return address;
      if (!isPassing(greeting)) throw await explainGreeting(endpoint, greeting, { timeout, signal });
      const rank = rankOf(greeting, timeout < attemptTimeout);
      if (rank >= (last?.rank ?? 0)) last = { text: `${describeAddress(address)}: ${describePassing(greeting)}`, rank };
    }
    await waitAtMost(
      Math.min(backoff, Math.max(1, deadline - performance.now())),
      running.ended,
      announced === undefined ? running.announced : running.ended,
    );
  }
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
