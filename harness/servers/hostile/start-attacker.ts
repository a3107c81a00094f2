import { spawn } from 'node:child_process';

/** An attacker in a process of its own, which listens. */
export interface RunningAttacker {
  readonly pid: number | undefined;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Ends the process. */
  readonly close: () => void;
}

/** For an attacker to listen, in milliseconds. */
const readiness = 20_000;
/** Characters of its outputs that are kept. */
const keptOutput = 4096;

/**
 * Starts an attacker and waits for its ready line. `words` run it, its name included. Rejects when it ends before, or takes too long.
 */
export async function startAttacker(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<RunningAttacker> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const close = (): void => void child.kill('SIGKILL');
  let said = '';
  let complained = '';
  child.stderr.on('data', (chunk: Buffer) => (complained = (complained + chunk.toString()).slice(-keptOutput)));
  const port = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      close();
      reject(new Error(`the attacker ${words.join(' ')} ${why}: ${complained}`));
    };
    const timer = setTimeout(() => fail('is not ready in time'), readiness);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(0, keptOutput);
      const [, found] = /^\{"host":"127\.0\.0\.1","port":(\d+)\}$/m.exec(said) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return { pid: child.pid, address: `127.0.0.1:${port}`, close };
}
