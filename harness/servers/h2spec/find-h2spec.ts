import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConformError } from '../../error';

/** The version whose cases the catalogue names. */
const h2specVersion = '2.6.0';

/** Milliseconds for a program to say its version, and for Go to fetch and build it. */
const patience = { version: 10_000, install: 300_000 } as const;

export interface FindOptions {
  /** The program that the user names; else the one on the PATH, else one that Go builds. */
  readonly given?: string;
  /** Where Go may put it: an existing folder. */
  readonly folder: string;
  /** Takes one line before something that takes long. */
  readonly say: (line: string) => void;
}

/** @returns the path of a program that is h2spec. @throws ConformError ERR_MISSING_TOOLCHAIN with the ways to get one */
export function findH2spec({ given, folder, say }: FindOptions): string {
  if (given !== undefined) {
    if (isH2spec(given)) return given;
    throw new ConformError('ERR_MISSING_TOOLCHAIN', `${given} is not h2spec: "${given} --version" does not say so.`);
  }
  if (isH2spec('h2spec')) return 'h2spec';
  const source = `github.com/summerwind/h2spec/cmd/h2spec@v${h2specVersion}`;
  say(`h2spec is not on the PATH: go install ${source}`);
  const { status, stderr, error } = spawnSync('go', ['install', source], {
    env: { ...process.env, GOBIN: folder },
    encoding: 'utf8',
    timeout: patience.install,
  });
  const built = path.join(folder, process.platform === 'win32' ? 'h2spec.exe' : 'h2spec');
  if (status === 0 && existsSync(built)) return built;
  throw new ConformError(
    'ERR_MISSING_TOOLCHAIN',
    `h2spec is not here, and Go cannot build it. Download version ${h2specVersion} from https://github.com/summerwind/h2spec/releases and name it with --h2spec, or put it on the PATH.`,
    { details: [error === undefined ? (stderr.trim().split('\n').at(-1) ?? '') : error.message] },
  );
}

const isH2spec = (program: string): boolean => {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: patience.version });
  return status === 0 && /^Version: /m.test(stdout);
};
