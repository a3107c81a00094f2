import type { Socket } from 'node:net';
import { dial, type TlsFacts } from '../../connection/dial';
import type { Endpoint } from '../../connection/endpoint';
import { headers, settings } from '../../wire/builders';
import { encodeFrame } from '../../wire/encode-frame';
import { absentMethod } from '../../moves/plainest-call';
import { ordinaryFields } from '../../grpc/plan-builder';
import { escapeOctets } from '../../wire/escape-octets';
import { frameHeaderLength } from '../../wire/frame';
import { HpackEncoder } from '../../wire/hpack/encoder';
import { joinOctets } from '../../wire/join-octets';
import { connectionPreface } from '../../wire/preface';
import { settingIds } from '../../wire/settings';

/** What a port does when it is spoken to in HTTP/2. */
export type Greeting =
  /** It answered with a frame. */
  | { readonly kind: 'http2'; readonly tls?: TlsFacts }
  /** It answered in HTTP/1.x; `line` is the status line, escaped. */
  | { readonly kind: 'http1'; readonly line: string }
  | { readonly kind: 'tls-alert' }
  /** It answered in no protocol that we know; `octets` are the first ones, escaped. */
  | { readonly kind: 'foreign'; readonly octets: string }
  /** It sent a few octets in all the time that it had, which may be the beginning of a frame; `octets` are these, escaped. */
  | { readonly kind: 'slow'; readonly octets: string; readonly count: number }
  /** It accepted the connection and closed it without an answer. `errorName` when the close was an error. */
  | { readonly kind: 'closed'; readonly errorName?: string }
  | { readonly kind: 'silent' }
  /** ALPN selected something else. */
  | { readonly kind: 'alpn'; readonly selected: string }
  /** There was no connection, or no TLS; `errorName` as Node names it. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly errorName: string };

export interface GreetOptions {
  /** Milliseconds for everything together. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Connection preface and SETTINGS with ENABLE_PUSH = 0 (RFC 9113 §3.4). */
const preface = joinOctets([connectionPreface, encodeFrame(settings([{ id: settingIds.ENABLE_PUSH, value: 0 }]))]);

/** The header of a call to a method that no server has, half-closed. */
const request = encodeFrame(
  headers(
    1,
    new HpackEncoder().encode(ordinaryFields({ authority: 'localhost', scheme: 'http', metadata: [] }, absentMethod)),
    {
      endStream: true,
      endHeaders: true,
    },
  ),
);

/** Default of SETTINGS_MAX_FRAME_SIZE (RFC 9113 §6.5.2): a longer first frame is no HTTP/2. */
const longestFirstFrame = 16_384;
/** CONTINUATION, the highest type of RFC 9113 §6. */
const highestFrameType = 9;
/** Enough for any status line that is worth showing. */
const longestAnswer = 1024;
/** Octets of an answer that an error message shows. */
const longestShown = 60;

/**
 * Connects, says the HTTP/2 preface and tells what came back. To who stays silent it says a call as well: a server that speaks only then does speak HTTP/2,
 * and that it was silent is for a rule to judge. Never rejects; closes the connection.
 */
export async function greet(endpoint: Endpoint, options: GreetOptions): Promise<Greeting> {
  const deadline = performance.now() + options.timeout;
  const dialed = await dial(endpoint, options);
  if (!dialed.ok) return { kind: 'unreachable', reason: dialed.reason, errorName: dialed.errorName };
  if (dialed.tls !== undefined && dialed.tls.alpn !== '' && dialed.tls.alpn !== 'h2') {
    dialed.socket.on('error', () => undefined);
    dialed.socket.destroy();
    return { kind: 'alpn', selected: escapeOctets(dialed.tls.alpn, longestShown) };
  }
  const answer = await readAnswer(dialed.socket, Math.max(1, deadline - performance.now()), options.signal);
  return answer.kind === 'http2' ? { ...answer, tls: dialed.tls } : answer;
}

function readAnswer(socket: Socket, timeout: number, signal: AbortSignal | undefined): Promise<Greeting> {
  return new Promise((resolve) => {
    let octets = Buffer.alloc(0);
    const finish = (greeting: Greeting): void => {
      clearTimeout(timer);
      clearTimeout(prompt);
      signal?.removeEventListener('abort', onAbort);
      socket.removeAllListeners('data');
      socket.destroy();
      resolve(greeting);
    };
    const onAbort = (): void => finish({ kind: 'silent' });
    const onEnd = (errorName?: string): void => finish(classifyAnswer(octets, true) ?? { kind: 'closed', errorName });
    const prompt = setTimeout(() => {
      if (octets.length === 0) socket.write(request);
    }, timeout / 2);
    const timer = setTimeout(() => finish(classifyLate(octets)), timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error: NodeJS.ErrnoException) => onEnd(error.code ?? error.name));
    socket.on('close', () => onEnd());
    socket.on('data', (chunk: Buffer) => {
      octets = Buffer.concat([octets, chunk]).subarray(0, longestAnswer);
      const greeting = classifyAnswer(octets, octets.length === longestAnswer);
      if (greeting !== undefined) finish(greeting);
    });
    socket.write(preface);
    socket.resume();
    if (signal?.aborted === true) onAbort();
  });
}

/**
 * What the first octets of an answer mean; undefined while that cannot be told.
 *
 * @param complete true when no more octets will come.
 */
export function classifyAnswer(octets: Buffer, complete: boolean): Greeting | undefined {
  if (octets.length === 0) return undefined;
  // A TLS record of type alert, version 3.x (RFC 8446 §5.1).
  if (octets.length >= 2 && octets[0] === 0x15 && octets[1] === 3) return { kind: 'tls-alert' };
  const text = octets.toString('latin1');
  if (text.startsWith('HTTP/1.')) {
    const end = text.search(/\r?\n/);
    if (end === -1 && !complete) return undefined;
    return { kind: 'http1', line: escapeOctets(octets.subarray(0, end === -1 ? octets.length : end), longestShown) };
  }
  if (octets.length >= frameHeaderLength && isFirstFrame(octets)) return { kind: 'http2' };
  if (octets.length < frameHeaderLength && !complete) return undefined;
  return { kind: 'foreign', octets: escapeOctets(octets, longestShown) };
}

/** What has come when there is no more time. */
function classifyLate(octets: Buffer): Greeting {
  if (octets.length > 0 && octets.length < frameHeaderLength && isFirstFrame(octets))
    return { kind: 'slow', octets: escapeOctets(octets, longestShown), count: octets.length };
  return classifyAnswer(octets, true) ?? { kind: 'silent' };
}

/** Whether octets can be the beginning of a first frame. */
function isFirstFrame(octets: Buffer): boolean {
  // Any frame will do here: that SETTINGS must come first is for a property to judge, not a reason to give up.
  const [first = 0, second = 0, third = 0, type = 0] = octets;
  return ((first << 16) | (second << 8) | third) <= longestFirstFrame && type <= highestFrameType;
}
