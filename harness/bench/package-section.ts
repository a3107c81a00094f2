import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ConformError } from '../error';
import { packageRoot } from '../package-root';
import { judge, type Section } from './measurement';
import { runCommand } from './run-command';
import { builtFile } from './targets';

const mostPackages = 60;
const mostMegabytes = 30;

export const packageSection: Section = {
  name: 'package',
  title: 'what the packed package installs, with its run-time dependencies',
  measure: async (say) => {
    builtFile('cli', 'main.js');
    const folder = mkdtempSync(join(tmpdir(), 'grpc-conform-bench-'));
    try {
      // Without scripts: packing would build again, installing would build without the tools.
      await runCommand('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: packageRoot() });
      const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
      if (tarball === undefined) throw new ConformError('ERR_INTERNAL', 'npm pack made no package.');
      const user = join(folder, 'user');
      mkdirSync(user);
      writeFileSync(join(user, 'package.json'), JSON.stringify({ name: 'user', version: '1.0.0', private: true }));
      await runCommand(
        'npm',
        ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', join('..', tarball)],
        { cwd: user },
      );
      const installed = join(user, 'node_modules');
      await runCommand(process.execPath, [
        join(installed, 'grpc-conform', 'dist', 'harness', 'cli', 'main.js'),
        '--version',
      ]);
      const { packages, octets } = measureInstalled(installed);
      say(`the tarball has ${(lstatSync(join(folder, tarball)).size / 1e6).toFixed(1)} MB`);
      return [
        judge('package: installed packages', 'packages', { atMost: mostPackages }, packages),
        judge('package: installed size', 'MB', { atMost: mostMegabytes }, octets / 1e6),
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

interface Installed {
  readonly packages: number;
  /** Sum of the sizes of all files. */
  readonly octets: number;
}

/** Counts the packages below a node_modules folder, nested ones too, and their octets. */
export function measureInstalled(folder: string): Installed {
  let [packages, octets] = [0, 0];
  for (const path of readdirSync(folder, { encoding: 'utf8', recursive: true })) {
    const file = join(folder, path);
    const found = lstatSync(file);
    if (!found.isFile()) continue;
    octets += found.size;
    if (basename(file) === 'package.json' && isPackageFolder(dirname(file))) packages += 1;
  }
  return { packages, octets };
}

/** `node_modules/name` or `node_modules/@scope/name`; a package.json deeper inside a package is none of its own. */
function isPackageFolder(folder: string): boolean {
  const parent = join(folder, '..');
  if (basename(parent) === 'node_modules') return !basename(folder).startsWith('@');
  return basename(parent).startsWith('@') && basename(join(parent, '..')) === 'node_modules';
}
