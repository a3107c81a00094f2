import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConformError, isConformError } from '../error';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { packageRoot } from '../package-root';
import { buildServer } from '../servers/build-server';
import { readManifests } from '../servers/manifest';
import { callPath, concurrency, rounds, sampleDuration, sampleRate } from './calls-per-second';
import { alternate, judge, median, medianRatio, type Result, type Section } from './measurement';
import { runCommand } from './run-command';
import { loadRaw } from './raw-load';
import { withServer } from './targets';

/** h2load is written in C and does nothing else; seven tenths of it leave the server, not us, as the bottleneck of a run. */
const leastRatio = 0.7;

const serverName = 'grpc-go';
const name = 'h2load: calls per second, ours / h2load';

export const h2loadSection: Section = {
  name: 'h2load',
  title: `our raw client against h2load, on the ${serverName} server`,
  measure: async (say): Promise<readonly Result[]> => {
    if (spawnSync('h2load', ['--version'], { stdio: 'ignore' }).status !== 0) {
      return [{ kind: 'skipped', name, reason: 'h2load is not installed (Debian: nghttp2-client)' }];
    }
    const manifest = readManifests(join(packageRoot(), 'harness', 'servers')).find((each) => each.name === serverName);
    if (manifest === undefined) throw new ConformError('ERR_INTERNAL', `There is no server ${serverName}.`);
    try {
      await buildServer(manifest, { say });
    } catch (error) {
      if (!isConformError(error) || error.code !== 'ERR_MISSING_TOOLCHAIN') throw error;
      return [{ kind: 'skipped', name, reason: error.message }];
    }
    const folder = mkdtempSync(join(tmpdir(), 'grpc-conform-bench-'));
    try {
      const body = join(folder, 'message');
      writeFileSync(body, encodeMessage(new Uint8Array(0)));
      return await withServer(join(manifest.folder, manifest.exec), async (address) => {
        const pairs = await alternate(
          rounds,
          () => sampleRate(loadRaw, address),
          () => sampleH2load(address, body),
        );
        say(`raw ${Math.round(median(pairs.first))}, h2load ${Math.round(median(pairs.second))} calls per second`);
        const ratio = medianRatio(pairs);
        return [judge(name, 'times', { atLeast: leastRatio }, ratio, { ours: pairs.first, h2load: pairs.second })];
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function sampleH2load(address: { readonly host: string; readonly port: number }, body: string): Promise<number> {
  const { output } = await runCommand('h2load', [
    '--clients=1',
    `--max-concurrent-streams=${concurrency}`,
    `--duration=${sampleDuration}ms`,
    '--warm-up-time=0',
    `--data=${body}`,
    '--header=content-type: application/grpc',
    '--header=te: trailers',
    `http://${address.host}:${address.port}${callPath}`,
  ]);
  return readRate(output);
}

/** The calls per second that h2load reports. @throws ConformError when it reports none, or failures. */
export function readRate(output: string): number {
  const rate = /^finished in [^,]+, ([\d.]+) req\/s/m.exec(output)?.[1];
  const clean = /, 0 failed, 0 errored, 0 timeout$/m.test(output) && /, 0 3xx, 0 4xx, 0 5xx$/m.test(output);
  if (rate === undefined || !clean) {
    throw new ConformError('ERR_INTERNAL', `h2load did not get through: ${output.slice(-1000)}`);
  }
  return Number(rate);
}
