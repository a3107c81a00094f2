import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Endpoint } from '../connection/endpoint';
import { ConformError } from '../error';
import { packageRoot } from '../package-root';
import type { HostAnswer, HostRequest } from '../servers/reference/mutant-host';

/** Milliseconds in which a host says where it listens; one that hangs in a mutant is ended, and another started. */
const patience = 20_000;

/** A process of the reference server that is one mutant after another: starting one takes milliseconds, not the start of a process. */
export class MutantHost {
  #child: ChildProcess | undefined;

  /** @returns where that mutant listens from now on, in place of the one before. @throws ConformError ERR_TARGET_LOST */
  async serve(mutant: string): Promise<Endpoint> {
    const answer = (await this.#ask({ mutant })) ?? (await this.#ask({ mutant }));
    if (answer === undefined || 'failed' in answer) {
      const why = answer === undefined ? 'it did not answer' : answer.failed;
      throw new ConformError('ERR_TARGET_LOST', `the reference server did not become the mutant ${mutant}: ${why}`);
    }
    return { address: { kind: 'tcp', host: answer.host, port: answer.port } };
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** @returns undefined when the process ended or did not answer in time; then it is gone. */
  async #ask(request: HostRequest): Promise<HostAnswer | undefined> {
    const child = this.#child?.connected === true ? this.#child : this.#start();
    const answer = await new Promise<HostAnswer | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), patience);
      const finish = (one: HostAnswer | undefined): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(one);
      };
      const onMessage = (message: unknown): void => finish(message as HostAnswer);
      const onExit = (): void => finish(undefined);
      child.once('message', onMessage);
      child.once('exit', onExit);
      child.send(request, (error) => {
        if (error !== null) finish(undefined);
      });
    });
    if (answer === undefined) await this.stop();
    return answer;
  }

  #start(): ChildProcess {
    const file = path.join(packageRoot(), 'dist/harness/servers/reference/mutant-host.js');
    // What a mutant says on its way down is of no interest.
    this.#child = fork(file, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    return this.#child;
  }
}
