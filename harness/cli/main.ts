#!/usr/bin/env node
// First: from here on a signal ends us with the exit code of an interruption.
import { hearSignals } from './interruption';
import { Command, CommanderError, Option } from 'commander';
import { ConformError, exitCodes, isConformError } from '../error';
import { processContext, type CliContext } from './context';
import { onFault, watchForFaults } from './faults';
import type { CompareOptions } from './compare';
import type { ExplainOptions } from './explain';
import type { MergeOptions } from './merge';
import { surviveLostTerminal } from './lost-terminal';
import type { BaselineOptions } from './baseline';
import type { ListOptions } from './list';
import { parseInteger, parseText, parseWords } from './parse-values';
import { defaultOutputDirectory } from '../report/output-files';
import { printableLines, shortPrintable } from '../report/printable';
import { readConfigFile } from './config-file';
import { errorHider } from './given-secrets';
import { didYouMean } from '../nearest';
import { describeSystemError } from '../system-error';
import { settingGroups, settingSpecs, type SettingName, type Settings } from './setting-specs';
import { emptyVariable, resolveSettings, selectorsOf, whereGiven, type ConfigFile } from './settings';
import { readTool } from '../tool';
import { describeUsageError, refuseAddresses, refuseAddressForFile, refuseSwallowedOptions } from './wrong-usage';

const examples = `
Options of a run: grpc-conform run --help

Examples:
  $ grpc-conform                                                  the bundled grpc-js server (the same as --target bundled)
  $ grpc-conform --target localhost:50051                         a server that runs already
  $ grpc-conform --exec 'node server.js --port {port}'            a server to start, and to start again after a crash
  $ grpc-conform probe --target localhost:50051                   what the server offers: services, methods, what can be tested
  $ grpc-conform --target localhost:50051 --method 'shop.*'       also calls your own methods of these services
  $ grpc-conform MSG 'HPACK-*' --target https://api.example.com --cacert ca.pem
  $ grpc-conform replay grpc-conform-report/failures/*.json --target localhost:50051
  $ grpc-conform explain MSG-02

Exit codes: 0 conformant or only known deviations; 1 findings or stale baseline entries; 2 usage, configuration, or nothing executed;
3 target unreachable, not HTTP/2 or never ready; 4 target lost; 70 a fault of ours; 130 interrupted.
replay: 0 all fixed; 1 any fails; 2 any cannot be judged on that target.
Every setting can also come from GRPC_CONFORM_… (GRPC_CONFORM_TARGET, GRPC_CONFORM_CONNECT_TIMEOUT, …) or from grpc-conform.config.json or .js
({ "target": …, "connectTimeout": …, "selectors": [ … ] }); a flag beats the environment, the environment beats the file. A variable that is
set and empty is an error.
Durations: 250ms, 2s, 5m, or a number of seconds.`;

/** Settings of each verb; `run` takes all. */
const targetSettings: readonly SettingName[] = [
  'target',
  'exec',
  'gracefulSignal',
  'hostile',
  'messageLimit',
  'headerLimit',
  'maxStreams',
  'keepaliveTime',
  'keepaliveTimeout',
  'maxAge',
  'maxAgeGrace',
  'maxIdle',
  'plaintext',
  'tls',
  'insecure',
  'cacert',
  'cert',
  'key',
  'authority',
  'servername',
  'header',
  'connectTimeout',
  'timeout',
  'verbose',
];
const schemaSettings: readonly SettingName[] = [
  'proto',
  'importPath',
  'protoset',
  'useReflection',
  'method',
  'idempotent',
];
const selectionSettings: readonly SettingName[] = ['skip', 'level', 'suite', 'suiteFile'];

/** What commander hands over for `self-test`. */
interface SelfTestFlags {
  readonly seeds: string;
  readonly seed: string;
  readonly pairs: string;
  readonly targets: boolean;
  readonly plain: boolean;
  readonly only?: string;
}

/** Largest first seed of a self-test. */
const largestSeed = 1_000_000;

/** Most random pairs of a self-test: more than there are. */
const mostPairs = 10_000;

/** Most seeds of a self-test: more than a night. */
const mostSeeds = 10_000;

/** Runs the command line. Never rejects. @returns the exit code. */
export async function main(words: readonly string[], context: CliContext): Promise<number> {
  let exitCode: number = exitCodes.conformant;
  const given = { words, environment: context.environment };
  // Made when there is something to hide it from.
  let makeHider = (): ReturnType<typeof errorHider> => errorHider(given, []);
  let hasReport = false;
  const program = makeProgram(
    context,
    (code, { isInFiles = false } = {}) => {
      exitCode = code;
      hasReport = isInFiles;
    },
    (config, { header = [] }) => {
      makeHider = () => errorHider({ ...given, config }, header);
    },
  );
  const forget = onFault((error) => void reportError(asFault(error), words, context, makeHider()));
  try {
    const plain = acceptSingleDash(words, longFlags(program));
    refuseSwallowedOptions(program, plain);
    await program.parseAsync(plain, { from: 'user' }).catch((error: unknown) => {
      throw error instanceof CommanderError && error.exitCode !== 0 ? asUsageError(error, program, words) : error;
    });
  } catch (error) {
    exitCode = reportError(error, words, context, makeHider());
  } finally {
    forget();
  }
  const lost = await context.stdout.finish?.();
  if (lost === undefined) return exitCode;
  const isLost = exitCode === exitCodes.conformant && !hasReport;
  const code = reportError(
    new ConformError(
      'ERR_OUTPUT',
      `standard output could not be written to its end (${describeSystemError(lost)})${hasReport ? ': look at the files of the report' : ''}`,
    ),
    words,
    context,
    makeHider(),
  );
  // A verdict stays what it is; a success without what was asked for is none.
  return isLost ? code : exitCode;
}

/** Takes the exit code of a verb; `isInFiles`: what it found is in files, whether or not anything could be printed. */
type Finish = (exitCode: number, where?: { readonly isInFiles?: boolean }) => void;

function makeProgram(
  context: CliContext,
  finish: Finish,
  onGiven: (config: ConfigFile['content'] | undefined, settings: Settings) => void,
): Command {
  const { environment } = context;
  const specs = settingSpecs(environment);
  const allNames = Object.keys(specs) as SettingName[];
  const program = new Command('grpc-conform')
    .description('Property-based conformance tests for gRPC servers, over raw HTTP/2')
    .version(readTool().version)
    .addHelpText('after', examples)
    .configureHelp({ optionDescription: describeWithDefault, argumentDescription: describeWithDefault })
    .exitOverride()
    .configureOutput({ writeOut: context.stdout.write, writeErr: () => undefined });
  const verb = (usage: string, description: string, names: readonly SettingName[], isDefault = false): Command => {
    const command = program.command(usage, { isDefault }).description(description);
    // In the order of the table, so that groups come in the same order everywhere.
    for (const name of allNames) if (names.includes(name)) addSetting(command, name);
    return command.addOption(
      new Option('--config <file>', 'configuration file (also GRPC_CONFORM_CONFIG)').helpGroup('Configuration:'),
    );
  };
  const addSetting = (command: Command, name: SettingName): void => {
    const spec = specs[name];
    const option = new Option(spec.flags, spec.help).helpGroup(`${settingGroups[spec.group]}:`);
    // Values are parsed where the environment and the file meet them; here they are only collected.
    if (spec.kind === 'list')
      option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
    if (spec.kind === 'count') option.argParser((_text: string, before: number | undefined) => (before ?? 0) + 1);
    command.addOption(option);
  };
  const settle = async (
    command: Command,
  ): Promise<{
    readonly settings: Settings;
    readonly selectors: readonly string[];
    readonly given: Readonly<Record<string, string>>;
  }> => {
    const options: Record<string, unknown> = command.opts();
    const given = Object.fromEntries(
      Object.keys(options)
        .filter((name) => command.getOptionValueSource(name) === 'cli')
        .map((name) => [name, options[name]]),
    );
    const config = await readConfigFile(nameConfigFile(options['config'], environment), context.folder);
    onGiven(config?.content, {});
    const sources = { flags: given, environment, config };
    const settings = resolveSettings(sources);
    onGiven(config?.content, settings);
    return { settings, selectors: selectorsOf(config), given: whereGiven(sources) };
  };

  verb('run', 'test a server (the default)', allNames, true)
    .argument('[selectors...]', "ids, prefixes or globs of rules: MSG, MSG-02, 'HPACK-*'")
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const { settings, selectors, given } = await settle(command);
      const { run } = require('./run') as typeof import('./run');
      finish(await run(words.length > 0 ? words : selectors, settings, context, given), { isInFiles: true });
    });
  verb('list', 'list the rules of the catalogue, and which are built', selectionSettings)
    .argument('[selectors...]')
    .option('--summary', 'how many rules there are, area by area', false)
    .option('--sentences', 'what the documents say, sentence by sentence, and what tests it', false)
    .option('--h2spec', 'the cases of h2spec, and the rules that cover each', false)
    .option('--connect', 'the tests of connectrpc/conformance for servers, and the rules that cover each', false)
    .option('--json', 'one JSON value, for scripts', false)
    .action(async (words: readonly string[], options: ListOptions, command: Command) => {
      const { settings } = await settle(command);
      refuseAddresses('list', words);
      const { list } = require('./list') as typeof import('./list');
      finish(await list(words, settings, options, context));
    });
  verb('explain', 'explain a rule: its sources, what is generated, what is accepted', ['suiteFile'])
    .argument('<id>', 'the id or prefix of a rule')
    .option('--json', 'one JSON value, for scripts', false)
    .action(async (id: string, options: ExplainOptions, command: Command) => {
      const { settings } = await settle(command);
      refuseAddresses('explain', [id]);
      const { explain } = require('./explain') as typeof import('./explain');
      finish(await explain(id, settings, options, context));
    });
  verb('probe', 'say what a server offers, and what would unlock more', [...targetSettings, ...schemaSettings])
    .option('--json', 'one JSON value, for scripts', false)
    .option('--trace', 'make calls and show them on the wire: of the methods that --method allows', false)
    .option('--calls <n>', 'with --trace: calls of each connection at the same time')
    .option('--connections <n>', 'with --trace: connections', '1')
    .option('-d, --data <json>', 'with --trace: the request (default: the empty message)')
    .action(async (options: Readonly<Record<string, string | boolean | undefined>>, command: Command) => {
      const { settings } = await settle(command);
      const { readProbeOptions, probe } = require('./probe') as typeof import('./probe');
      finish(await probe(settings, readProbeOptions(options), context));
    });
  verb('replay', 'play failure files again: FIXED, FAILS or ERROR for each', [...targetSettings, 'suiteFile'])
    .argument('<files...>', 'failure files, from the folder failures of a report')
    .action(async (files: readonly string[], _options: unknown, command: Command) => {
      const { settings } = await settle(command);
      refuseAddressForFile(files);
      const { replay } = require('./replay') as typeof import('./replay');
      finish(await replay(files, settings, context));
    });
  program
    .command('show')
    .description('open the page of the last run, or say where it lies')
    .argument('[folder]', 'the folder of the report', nameFor('the folder'), defaultOutputDirectory)
    .action((folder: string) => {
      const { show } = require('./show') as typeof import('./show');
      finish(show(folder, context));
    });
  program
    .command('report')
    .description('write the page and junit.xml of a run again')
    .argument('<run.json>', 'the run.json of a run')
    .option('--out <folder>', 'where to (default: beside the run)', nameFor('--out'))
    .option('--previous <run.json>', 'an earlier run: the page says what changed since', nameFor('--previous'))
    .option(
      '--badge <file>',
      'also an SVG that says how many rules were judged, and how many are broken',
      nameFor('--badge'),
    )
    .action((file: string, options: Parameters<typeof import('./report').rewriteReport>[1]) => {
      const { rewriteReport } = require('./report') as typeof import('./report');
      finish(rewriteReport(file, options, context));
    });
  program
    .command('compare')
    .description('put runs side by side: a matrix of verdicts and reactions, and their findings')
    .argument('<run.json...>', 'two run files or more')
    .option('--only-differences', 'leave out the rows in which all runs are alike')
    .option('--markdown <file>', 'write Markdown there (default: print it)', nameFor('--markdown'))
    .option('--csv <file>', 'write a table for spreadsheets there', nameFor('--csv'))
    .option('--html <file>', 'write a page there, one file that needs no network', nameFor('--html'))
    .option('--out <folder>', 'write both there, comparison.md and comparison.html', nameFor('--out'))
    .option('--json', 'print one JSON value instead, for scripts', false)
    .option('--fail-on-new', 'exit 1 when a run has a finding that the first has not, or judges less')
    .option('--strict', 'warnings count there, too')
    .action((files: readonly string[], options: CompareOptions) => {
      const { compare } = require('./compare') as typeof import('./compare');
      finish(compare(files, options, context));
    });
  program
    .command('merge')
    .description('make one run of its shards (see --shard), with its report and its exit code')
    .argument('<run.json...>', 'the run files of all shards')
    .option('--out <folder>', 'where to', nameFor('--out'))
    .option('--baseline <file>', 'the baseline that the shards ran with; may be given again', namesFor('--baseline'))
    .option('--known-of <servers>', 'the published servers that they took for known', (text: string) =>
      parseWords(text, '--known-of'),
    )
    .action((files: readonly string[], options: MergeOptions) => {
      const { merge } = require('./merge') as typeof import('./merge');
      finish(merge(files, options, context), { isInFiles: true });
    });
  const baseline = program
    .command('baseline')
    .description('compare a run with a baseline file, or write one')
    .argument('<action>', 'update or check')
    // What is wrong then is the action, not what follows it.
    .allowUnknownOption()
    .allowExcessArguments()
    .action((action: string) => {
      const meant = /\.json$/i.test(action)
        ? ` (did you mean check ${action}?)`
        : didYouMean(action, ['update', 'check']);
      throw new ConformError('ERR_USAGE', `baseline ${action} is unknown${meant}: there are update and check`);
    });
  for (const [name, description] of [
    ['update', 'write what the run found into the baseline file; reasons are kept'],
    ['check', 'compare the run with the baseline file'],
  ] as const) {
    baseline
      .command(name)
      .description(description)
      .argument('<run.json>', 'the run.json of a run')
      .requiredOption('--baseline <file>', 'the baseline file; "check" takes several', namesFor('--baseline'))
      .option('--strict', 'warnings count, too', false)
      .action((file: string, options: BaselineOptions) => {
        const ofBaseline = require('./baseline') as typeof import('./baseline');
        finish((name === 'update' ? ofBaseline.updateBaseline : ofBaseline.checkBaseline)(file, options, context));
      });
  }
  program
    .command('self-test')
    .description('test the tests: every property against a correct server and against mutants of it')
    .argument('[selectors...]')
    .option('--seeds <n>', 'number of seeds', '1')
    .option('--seed <n>', 'the first seed', '1')
    .option('--pairs <n>', 'also that many random pairs of legal variations, for each seed', '0')
    .option('--targets', 'also servers with limits, endings and gateways', false)
    .option('--plain', 'also servers that break the plainest calls', false)
    .option('--only <text>', 'only servers whose name in the progress holds this text, and the plain one')
    .action(async (words: readonly string[], options: SelfTestFlags) => {
      refuseAddresses('self-test', words);
      const first = parseInteger(0, largestSeed)(options.seed, '--seed');
      const count = parseInteger(1, mostSeeds)(options.seeds, '--seeds');
      const { selfTest } = require('./self-test') as typeof import('./self-test');
      finish(
        await selfTest(
          {
            selectors: words,
            seeds: Array.from({ length: count }, (_, index) => first + index),
            pairs: parseInteger(0, mostPairs)(options.pairs, '--pairs'),
            targets: options.targets,
            plain: options.plain,
            ...(options.only === undefined ? {} : { only: options.only }),
          },
          context,
        ),
      );
    });
  program
    .command('completion')
    .description('print a script by which a shell completes verbs, options and ids of rules')
    .argument('<shell>', 'bash, zsh or fish')
    .action((shell: string) => {
      const { printCompletion } = require('./completion') as typeof import('./completion');
      finish(printCompletion(shell, program, context));
    });
  return program;
}

/** Help for an option or an argument. That a switch is off when nobody turns it on needs no word. */
const describeWithDefault = ({ description, defaultValue }: { description: string; defaultValue?: unknown }): string =>
  typeof defaultValue === 'string' ? `${description} (default ${defaultValue})` : description;

/** The configuration file that a flag or the environment names; nothing when neither does. @throws ConformError ERR_USAGE when the name is empty. */
function nameConfigFile(flag: unknown, { GRPC_CONFORM_CONFIG: variable }: NodeJS.ProcessEnv): string | undefined {
  if (typeof flag === 'string') return parseText(flag, '--config');
  if (variable?.trim() === '') throw emptyVariable('GRPC_CONFORM_CONFIG');
  return variable;
}

/** Reads the name of a file or a folder. @throws ConformError ERR_USAGE when it is empty */
const nameFor =
  (label: string) =>
  (text: string): string =>
    parseText(text, label);

/** Reads names of files or folders, one at a time. @throws ConformError ERR_USAGE when one is empty */
const namesFor =
  (label: string) =>
  (text: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    parseText(text, label),
  ];

/** The long names of all options, without hyphens. */
function longFlags(program: Command): ReadonlySet<string> {
  const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands: below }) => below)];
  return new Set(commands.flatMap(({ options }) => options.map(({ long }) => long?.replace(/^--/, '') ?? '')));
}

/** Long options may have one hyphen, as grpcurl writes them: `-plaintext`, `-max-failures=3`. */
export function acceptSingleDash(words: readonly string[], names: ReadonlySet<string>): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const name = /^-([a-z][a-z-]+)(?:=|$)/s.exec(word)?.[1];
    return name !== undefined && names.has(name) && (end === -1 || index < end) ? `-${word}` : word;
  });
}

const asUsageError = (error: CommanderError, program: Command, words: readonly string[]): ConformError =>
  new ConformError('ERR_USAGE', describeUsageError(error, program, words), { cause: error });

/** Prints an error as one sentence with its code, and gives the exit code for it. */
function reportError(
  error: unknown,
  words: readonly string[],
  { stderr }: Pick<CliContext, 'stderr'>,
  hide: (text: string) => string,
): number {
  // Help and the version have been printed.
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.conformant;
  const isOurs = isConformError(error);
  const code = isOurs ? error.code : 'ERR_INTERNAL';
  const message = isOurs ? error.sentence : `a fault of grpc-conform, please report it: ${String(error)}`;
  // Sentences quote files, servers and the command line: whatever they hold, one line is one line, and not too long.
  const first = shortPrintable(hide(message));
  const more = isOurs ? error.details.flatMap((line) => printableLines(hide(line))) : [];
  stderr.write([`grpc-conform: ${first} [${code}]`, ...more, ''].join('\n'));
  if (isVeryVerbose(words) && typeof error === 'object' && error !== null && 'stack' in error)
    stderr.write(`${printableLines(hide(describeStack(error))).join('\n')}\n`);
  return isOurs ? error.exitCode : exitCodes.internal;
}

/** An error that nobody caught is a fault of ours, whatever it says. */
function asFault(error: unknown): Error {
  return error instanceof Error && !isConformError(error) ? error : new Error(String(error), { cause: error });
}

function describeStack(error: object): string {
  const whole = 'stack' in error ? String(error.stack) : 'an error without a stack';
  // A syntax error quotes a piece of its file, which may hold a secret, and Node puts the whole line in front of it.
  const stack = whole.replace(/^.*?^(?=SyntaxError\b)/ms, '').replace(/^(SyntaxError[^'"`\n]*) ['"`].*$/m, '$1');
  const cause =
    'cause' in error && typeof error.cause === 'object' && error.cause !== null
      ? `\ncaused by ${describeStack(error.cause)}`
      : '';
  return stack + cause;
}

function isVeryVerbose(words: readonly string[]): boolean {
  const count = words.reduce(
    (sum, word) => sum + (/^-v+$/.test(word) ? word.length - 1 : word === '--verbose' ? 1 : 0),
    0,
  );
  return count >= 2;
}

if (require.main === module) {
  // Whatever ends the process without a word of ours is a fault.
  process.exitCode = exitCodes.internal;
  surviveLostTerminal();
  const context = processContext();
  watchForFaults(() => void endProcess(exitCodes.internal, context));
  void main(context.commandLine, context).then((exitCode) => endProcess(exitCode, context));
}

/** Ends the process. Not before what was written has got to where it goes. Not never: a connection that a target keeps open must not keep us. */
async function endProcess(exitCode: number, { stdout, stderr }: CliContext): Promise<void> {
  await stdout.finish?.();
  await stderr.finish?.();
  await hearSignals();
  process.exit(exitCode);
}
