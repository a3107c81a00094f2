import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { exitCodes, isConformError } from '../error';
import { packageRoot } from '../package-root';
import { h2loadSection } from './h2load-section';
import { judgeSection } from './judge-section';
import { listSection } from './list-section';
import { formatTable, type Result, type Section } from './measurement';
import { packageSection } from './package-section';
import { rawSection } from './raw-section';
import { runSection } from './run-section';

const sections: readonly Section[] = [rawSection, h2loadSection, judgeSection, runSection, listSection, packageSection];

/** Measures the chosen sections, all of them without names; exit code 1 when a limit is broken or a section failed. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !sections.some((section) => section.name === name));
  if (unknown.length > 0) {
    const known = sections.map(({ name, title }) => `  ${name.padEnd(8)} ${title}`);
    process.stderr.write(`There is no section ${unknown.join(', ')}. The sections are:\n${known.join('\n')}\n`);
    return exitCodes.usage;
  }
  const results: Result[] = [];
  for (const section of sections) {
    if (names.length > 0 && !names.includes(section.name)) continue;
    process.stdout.write(`${section.name}: ${section.title}\n`);
    results.push(...(await measure(section)));
  }

  const folder = join(packageRoot(), 'harness', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const record = { schemaVersion: 1, node: process.version, platform: process.platform, cores: cpus().length, results };
  writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  process.stdout.write(`\n${formatTable(results)}\n`);
  const isBad = (result: Result): boolean => (result.kind === 'measured' ? !result.ok : result.kind === 'failed');
  return results.some(isBad) ? exitCodes.findings : exitCodes.conformant;
}

async function measure(section: Section): Promise<readonly Result[]> {
  try {
    return await section.measure((line) => process.stdout.write(`  ${line}\n`));
  } catch (error) {
    // One section that cannot be measured shall not cost the others; the exit code tells.
    if (!isConformError(error)) throw error;
    process.stdout.write(`  ${error.message}\n`);
    return [{ kind: 'failed', name: section.name, reason: error.message.split('\n')[0] ?? '' }];
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = exitCodes.internal;
  },
);
