import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Endpoint } from '../../connection/endpoint';
import type { PlainCall } from './plain-call';

/** How an independent client fared with a call. */
export interface SecondOpinion {
  readonly client: 'http2-wrapper' | '@grpc/grpc-js';
  /** grpc-status, when the client got one. */
  readonly status?: number;
  /** The HTTP status of an answer that is no gRPC. */
  readonly httpStatus?: number;
  readonly messages: readonly Uint8Array[];
  /** Why there is no status: what the client says, one line. */
  readonly error?: string;
}

/** What goes to the process of the independent clients. */
export interface Question {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly call: PlainCall;
  readonly timeoutMs: number;
}

/** What comes back from it. */
export interface Answer {
  readonly id: number;
  readonly opinions: readonly SecondOpinion[];
}

/** What the process of the clients may take to start, beside the time of the call, on a busy machine. Milliseconds. */
const startAllowance = 10_000;

/** What the clients may keep of a target that sends without end, before their process is ended. MiB. */
const mostMemory = 160;

/**
 * Says a plain call again through clients that share nothing with ours but TCP and TLS: http2-wrapper (over Node's nghttp2) and @grpc/grpc-js.
 * They run in a process of their own, because what a target sends can make Node's HTTP/2 abort the process that it is in. Never rejects; each opinion ends
 * within the time given, in milliseconds.
 */
export function askSecondOpinion(
  endpoint: Endpoint,
  call: PlainCall,
  timeoutMs: number,
): Promise<readonly SecondOpinion[]> {
  clients ??= new ClientProcess(() => (clients = undefined));
  return clients.ask(endpoint, call, timeoutMs);
}

/** True when a client got a complete answer. */
export const hasAnswer = ({ status, error }: SecondOpinion): boolean => status !== undefined && error === undefined;

/** Started with the first question, started again after it ended, ended with our own process. */
let clients: ClientProcess | undefined;

class ClientProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (opinions: readonly SecondOpinion[]) => void>();
  #lastId = 0;

  constructor(onEnd: () => void) {
    const isSource = __filename.endsWith('.ts');
    this.#child = fork(join(__dirname, `independent-clients-process.${isSource ? 'ts' : 'js'}`), [], {
      execArgv: [
        `--max-old-space-size=${mostMemory}`,
        ...(isSource ? ['-r', require.resolve('esbuild-register')] : []),
      ],
      serialization: 'advanced',
      // What it has to say when it aborts is not for our user.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', ({ id, opinions }: Answer) => this.#settle(id, opinions));
    const end = (): void => {
      onEnd();
      for (const id of this.#waiting.keys()) this.#settle(id, noOpinions('the process of the client ended'));
    };
    this.#child.on('error', end);
    this.#child.on('exit', end);
    // It does not keep us running, nor does it outlive us: one that is busy with a flood never reads that we are gone.
    const kill = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#child.on('exit', () => process.off('exit', kill));
    this.#child.unref();
    this.#child.channel?.unref();
  }

  ask(endpoint: Endpoint, call: PlainCall, timeoutMs: number): Promise<readonly SecondOpinion[]> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const late = noOpinions(`no answer within ${timeoutMs} ms`);
      const timer = setTimeout(() => this.#settle(id, late), timeoutMs + startAllowance);
      this.#waiting.set(id, (opinions) => {
        clearTimeout(timer);
        resolve(opinions);
      });
      const question: Question = { id, endpoint, call, timeoutMs };
      this.#child.send(question, (error) => {
        if (error !== null) this.#settle(id, noOpinions('the process of the client ended'));
      });
    });
  }

  #settle(id: number, opinions: readonly SecondOpinion[]): void {
    this.#waiting.get(id)?.(opinions);
    this.#waiting.delete(id);
  }
}

function noOpinions(error: string): readonly SecondOpinion[] {
  return (['http2-wrapper', '@grpc/grpc-js'] as const).map((client) => ({ client, messages: [], error }));
}
