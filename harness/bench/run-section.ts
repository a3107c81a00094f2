import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, median, type Section } from './measurement';
import { peakMemoryVariable } from './record-peak-memory';
import { runCommand } from './run-command';
import { builtFile, nodeCommand } from './targets';

/** Seconds of a default run on a server that answers at once. */
const longestRun = 20;

/** Ten times the inputs may take ten times as long and a tenth more. */
const mostTimeGrowth = 11;

/** What a run remembers must not grow with the inputs. */
const mostMemoryGrowth = 1.5;

/** Default and small runs are repeated this often; the large one takes minutes and is done once. */
const repetitions = 3;

interface Sample {
  readonly seconds: number;
  readonly mebibytes: number;
}

export const runSection: Section = {
  name: 'run',
  title: 'a whole run on the reference server: its time, and what ten times the inputs cost',
  measure: async (say) => {
    const [usual, small] = [[] as Sample[], [] as Sample[]];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      usual.push(await sampleRun([]));
      small.push(await sampleRun(['--runs', '100']));
    }
    const large = await sampleRun(['--runs', '1000']);
    const seconds = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.seconds);
    const mebibytes = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.mebibytes);
    say(`100 runs: ${median(seconds(small)).toFixed(1)} s, ${median(mebibytes(small)).toFixed(0)} MiB`);
    say(`1000 runs: ${large.seconds.toFixed(1)} s, ${large.mebibytes.toFixed(0)} MiB`);
    return [
      judge('run: default', 's', { atMost: longestRun }, median(seconds(usual)), { seconds: seconds(usual) }),
      judge(
        'run: time of --runs 1000 / --runs 100',
        'times',
        { atMost: mostTimeGrowth },
        large.seconds / median(seconds(small)),
        { secondsOf1000: [large.seconds], secondsOf100: seconds(small) },
      ),
      judge(
        'run: peak memory of --runs 1000 / --runs 100',
        'times',
        { atMost: mostMemoryGrowth },
        large.mebibytes / median(mebibytes(small)),
        { mebibytesOf1000: [large.mebibytes], mebibytesOf100: mebibytes(small) },
      ),
    ];
  },
};

async function sampleRun(options: readonly string[]): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), 'grpc-conform-bench-'));
  try {
    const memory = join(folder, 'peak-memory');
    const exec = nodeCommand(builtFile('servers', 'reference', 'server.js'), '--port', '{port}');
    // One seed, so that all runs play the same inputs.
    const args = ['run', '--exec', exec, '--seed', '1', '--out', join(folder, 'report'), ...options];
    const { elapsed } = await runCommand(
      process.execPath,
      ['--require', builtFile('bench', 'record-peak-memory.js'), builtFile('cli', 'main.js'), ...args],
      { cwd: folder, env: { [peakMemoryVariable]: memory } },
    );
    return { seconds: elapsed / 1000, mebibytes: Number(readFileSync(memory, 'utf8')) / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
