import { judge, median, type Section } from './measurement';
import { runCommand } from './run-command';
import { builtFile } from './targets';

/** Milliseconds: what a person takes for at once. */
const longestList = 300;
const repetitions = 9;

export const listSection: Section = {
  name: 'list',
  title: 'the start of the command line, up to the whole list of properties',
  measure: async () => {
    const samples: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      samples.push((await runCommand(process.execPath, [builtFile('cli', 'main.js'), 'list'])).elapsed);
    }
    return [
      judge('list: grpc-conform list', 'ms', { atMost: longestList }, median(samples), { milliseconds: samples }),
    ];
  },
};
