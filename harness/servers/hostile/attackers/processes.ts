import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { exitCodes } from '../../../error';
import type { Attacker, Common, HostProcess } from '../attacker';
import { allTexts } from '../texts';
import { innocent } from './common';

const { findings, unreachable, targetLost } = exitCodes;

/** For what dies or stops serving in the run: that is a finding, or the target cannot be had again. */
const dies: Common = { exitCodes: [findings, targetLost], selections: ['calls'] };

/** Calls after which something happens: beyond those of the launch, and often enough for any run. */
const often = 50;

const onEvery = (act: () => void, period = often): ((host: HostProcess) => void) => {
  return ({ onCall }) => onCall((count) => count % period === 0 && act());
};

/** A process that lives for a minute and does not heed SIGTERM; in a group of its own when it is detached. */
const begetStubborn = (detached: boolean): void => {
  const script = "process.on('SIGTERM', () => undefined); setTimeout(() => undefined, 60_000)";
  spawn(process.execPath, ['-e', script], { detached, stdio: 'ignore' }).unref();
};

/** Writes without end, as fast as whoever reads. */
const writeForEver = (stream: NodeJS.WriteStream, text: Buffer): void => {
  const pour = (): void => {
    while (stream.write(text));
  };
  stream.on('drain', pour);
  setImmediate(pour);
};
const line = Buffer.from(`${allTexts}\n`, 'latin1');

const kinds: Readonly<Record<string, readonly [string, (host: HostProcess) => void, Partial<Attacker>]>> = {
  'dies-by-segv': ['dies by SIGSEGV on every fiftieth call', onEvery(() => process.kill(process.pid, 'SIGSEGV')), dies],
  'dies-by-abort': ['aborts on every fiftieth call', onEvery(() => process.abort()), dies],
  'dies-in-order': ['exits with 0 on every fiftieth call', onEvery(() => process.exit(0)), dies],
  'dies-out-of-memory': [
    'takes 300 MB and is killed on every fiftieth call',
    onEvery(() => {
      Buffer.alloc(300 << 20, 1);
      process.kill(process.pid, 'SIGKILL');
    }),
    dies,
  ],
  'dies-of-age': [
    'exits after two and a half seconds',
    () => void setTimeout(() => process.exit(1), 2500),
    { exitCodes: [findings, unreachable, targetLost], selections: ['calls', 'stopped'] },
  ],
  'dies-with-texts': [
    'prints markup, escapes and commands on both outputs and exits on every thirtieth call',
    onEvery(() => {
      process.stdout.write(line);
      process.stderr.write(line, () => process.exit(3));
    }, 30),
    { exitCodes: [findings, unreachable, targetLost], selections: ['calls', 'github', 'json'] },
  ],
  'dies-at-the-first-call': [
    'exits on its first call',
    ({ onCall }) => onCall(() => process.exit(1)),
    { exitCodes: [findings, unreachable, targetLost], selections: ['plain'] },
  ],
  'dies-before-it-is-ready': [
    'prints such texts and exits before it is ready',
    () => {
      process.stdout.write(line);
      process.stderr.write(line);
      process.exit(9);
    },
    { exitCodes: [unreachable], selections: ['plain', 'github'] },
  ],
  freezes: ['stops by SIGSTOP on every fiftieth call', onEvery(() => process.kill(process.pid, 'SIGSTOP')), dies],
  'stops-listening': [
    'accepts no more connections after fifty calls',
    ({ onCall, stopListening }) => onCall((count) => count === often && stopListening()),
    dies,
  ],
  'lies-about-its-port': [
    'prints a ready line with another address, and texts in it',
    () => void process.stdout.write(`${JSON.stringify({ host: allTexts, port: 1 })}\n`),
    { exitCodes: [unreachable], selections: ['plain', 'github'] },
  ],
  'ignores-sigterm': [
    'does not heed SIGTERM',
    () => void process.on('SIGTERM', () => undefined),
    { ...innocent, selections: ['plain', 'stopped'] },
  ],
  'respawns-on-sigterm': [
    'starts another process in a group of its own when it gets SIGTERM',
    () =>
      void process.on('SIGTERM', () => {
        begetStubborn(true);
        process.exit(0);
      }),
    { ...innocent, selections: ['plain', 'stopped'] },
  ],
  'leaves-a-child-in-its-group': [
    'starts a process in its own group that does not heed SIGTERM',
    () => begetStubborn(false),
    { ...innocent, selections: ['plain', 'stopped'] },
  ],
  'leaves-a-child-outside-its-group': [
    'starts a process in another group that does not heed SIGTERM',
    () => begetStubborn(true),
    { ...innocent, selections: ['plain', 'stopped'] },
  ],
  'prints-without-end': [
    'prints markup, escapes and commands on standard output without end',
    () => writeForEver(process.stdout, line),
    { ...innocent, selections: ['plain', 'stopped'] },
  ],
  'complains-without-end': [
    'prints the same on standard error without end',
    () => writeForEver(process.stderr, line),
    innocent,
  ],
  'prints-one-line-without-end': [
    'prints one line on standard output without end',
    () => writeForEver(process.stdout, Buffer.from('{'.repeat(65_536))),
    innocent,
  ],
  'closes-its-pipes': [
    'closes standard input and both outputs',
    () => {
      for (const descriptor of [0, 1, 2]) closeSync(descriptor);
    },
    innocent,
  ],
};

/** Attackers that harm as a process. Each serves all methods as it should. */
export const processAttackers: readonly Attacker[] = [
  ...Object.entries(kinds).map(([name, [does, misbehave, rest]]): Attacker => ({
    name,
    does,
    means: { moment: 'process', misbehave },
    ...innocent,
    ...rest,
  })),
  {
    name: 'listens-late',
    does: 'listens only after two and a half seconds',
    means: { moment: 'process', misbehave: () => undefined },
    listensAfter: 2500,
    ...innocent,
    selections: ['plain'],
    options: ['--connect-timeout', '20s'],
  },
  {
    name: 'never-listens',
    does: 'never listens',
    means: { moment: 'process', misbehave: () => undefined },
    listensAfter: 3_600_000,
    exitCodes: [unreachable],
    selections: ['plain', 'stopped'],
  },
];
