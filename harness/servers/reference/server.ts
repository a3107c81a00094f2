#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { behave, type Choices } from './behaviour';
import { listen } from './listen';
import { findMutant, mutants } from './mutants';
import { findPlainDefect, plainDefects } from './mutants/plain-defects';
import { areCompatible, describeVariation, findVariation, variations, type ChosenVariation } from './variations';

const usage = `Usage: server [--port N] [--host ADDRESS] [--tls] [--defect ID]... [--variation NAME]... | --list

  --port N          listens on that port; 0, the default, takes any free one
  --host ADDRESS    listens on that address, 127.0.0.1 unless given
  --tls             speaks TLS with the test certificate in tls/
  --defect ID       is that mutant, e.g. MSG-02/prefix-split (MSG-02 alone: the first one of that catalogue row), or has
                    that plain defect, e.g. plain:no-trailers; may be repeated
  --variation NAME  makes that legal choice, e.g. no-huffman or max-streams=4; may be repeated
  --list            prints all defects and variations as JSON and exits

Prints {"host":…,"port":…} on standard output when it accepts connections. SIGTERM stops it gracefully, a second one or SIGINT at once.
`;

/** A mistake on the command line. */
class UsageError extends Error {}

interface Options {
  readonly port: number;
  readonly host: string;
  readonly tls: boolean;
  readonly defects: NonNullable<Choices['defects']>;
  readonly variations: readonly ChosenVariation[];
}

function readOptions(args: readonly string[]): Options | 'list' | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      tls: { type: 'boolean', default: false },
      defect: { type: 'string', multiple: true, default: [] },
      variation: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.list) return 'list';
  const port = Number(values.port);
  if (!/^[0-9]+$/.test(values.port) || port > 65_535)
    throw new UsageError(`--port ${values.port} is no port: give a number from 0 to 65535`);
  return {
    port,
    host: values.host,
    tls: values.tls,
    defects: values.defect.map(readDefect),
    variations: readVariations(values.variation),
  };
}

/** What a mutant is, without what it does. */
const describeMutant = ({ id, breaks, says, survives }: (typeof mutants)[number]): object => ({
  id,
  breaks,
  says,
  ...(survives === undefined ? {} : { survives }),
});

function readDefect(name: string): NonNullable<Choices['defects']>[number] {
  const plain = findPlainDefect(name);
  if (plain !== undefined) return plain;
  const mutant = findMutant(name);
  if (mutant === undefined) throw new UsageError(`--defect ${name} is not known: --list names all defects`);
  return mutant.id;
}

function readVariations(names: readonly string[]): readonly ChosenVariation[] {
  const chosen = names.map(readVariation);
  for (const [index, one] of chosen.entries()) {
    const other = chosen.slice(0, index).find(({ name }) => !areCompatible(one.name, name));
    if (other === undefined) continue;
    throw new UsageError(
      `--variation ${describeVariation(one)} and ${describeVariation(other)} decide the same: leave one of them out`,
    );
  }
  return chosen;
}

function readVariation(text: string): ChosenVariation {
  const variation = findVariation(text);
  if (variation === undefined) {
    throw new UsageError(`--variation ${text} is not known: --list names all variations and the values that they take`);
  }
  return variation;
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (options === 'list') {
    process.stdout.write(
      `${JSON.stringify({ mutants: mutants.map(describeMutant), plainDefects, variations }, undefined, 2)}\n`,
    );
    return;
  }
  const server = await listen({ ...options, behaviour: behave(options) });
  process.once('SIGTERM', () => {
    exitAfter(server.shutDown());
    process.once('SIGTERM', () => exitAfter(server.stop()));
  });
  process.once('SIGINT', () => exitAfter(server.stop()));
  process.stdout.write(`${JSON.stringify({ host: server.host, port: server.port })}\n`);
}

function exitAfter(stopped: Promise<void>): void {
  void stopped.then(() => process.exit(0));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`reference server: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
