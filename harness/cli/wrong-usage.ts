import { existsSync } from 'node:fs';
import type { Command, CommanderError, Option } from 'commander';
import { targetMeant } from '../engine/selectors';
import { ConformError } from '../error';
import { didYouMean } from '../nearest';
import { didYouMeanVerb, verbs } from '../verbs';

/** The verb that words of the command line begin with, with the one below it; `run` when they begin with none. */
interface TypedVerb {
  /** As it is typed: `baseline check`. */
  readonly name: string;
  readonly command: Command;
}

function typedVerb(program: Command, words: readonly string[]): TypedVerb {
  const find = (command: Command, word: string | undefined): Command | undefined =>
    command.commands.find((one) => one.name() === word);
  const verb = find(program, words[0]) ?? find(program, 'run') ?? program;
  const below = find(verb, words[1]);
  return below === undefined
    ? { name: verb.name(), command: verb }
    : { name: `${verb.name()} ${below.name()}`, command: below };
}

/**
 * An option that has no value takes the next option for it, and what was meant to be its value for a rule.
 *
 * @throws ConformError ERR_USAGE
 */
export function refuseSwallowedOptions(program: Command, words: readonly string[]): void {
  const { options } = typedVerb(program, words).command;
  const end = words.indexOf('--');
  for (const [index, word] of (end === -1 ? words : words.slice(0, end)).entries()) {
    const next = words[index + 1]?.replace(/=.*$/s, '');
    const option = options.find(({ long, short }) => long === word || short === word);
    if (option?.required !== true || !options.some(({ long }) => long === next)) continue;
    throw new ConformError('ERR_USAGE', `${word} has no value, as ${next ?? ''} follows it: write ${usageOf(option)}`);
  }
}

/** Words for rules of a verb that asks no server. @throws ConformError ERR_USAGE for an address */
export function refuseAddresses(verb: string, words: readonly string[]): void {
  const address = words.find((word) => targetMeant(word) !== undefined);
  if (address === undefined) return;
  throw new ConformError(
    'ERR_USAGE',
    `${JSON.stringify(address)} is an address, and ${verb} asks no server: name rules, or leave it out`,
  );
}

/** Words for files. A file may be called like a host. @throws ConformError ERR_USAGE for an address that is no file */
export function refuseAddressForFile(words: readonly string[]): void {
  for (const word of words) {
    const target = existsSync(word) ? undefined : targetMeant(word);
    if (target === undefined || /\.json$/i.test(word)) continue;
    throw new ConformError('ERR_USAGE', `${JSON.stringify(word)} is an address (did you mean --target ${target}?)`);
  }
}

/** One clause for what commander found wrong with words of the command line, and what to do about it. */
export function describeUsageError(error: CommanderError, program: Command, words: readonly string[]): string {
  const verb = typedVerb(program, words);
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  // Nothing but the name: an option may hold a secret behind it.
  const named = /'([^']*)'/.exec(message)?.[1] ?? '';
  const help = `see "grpc-conform ${verb.name} --help"`;
  switch (error.code) {
    case 'commander.unknownOption':
      return `${describeUnknownOption(named, verb, program)}: ${help}`;
    case 'commander.optionMissingArgument':
    case 'commander.missingMandatoryOptionValue': {
      const option = verb.command.options.find(({ flags }) => flags === named);
      const is = error.code === 'commander.optionMissingArgument' ? 'has no value' : 'is missing';
      return option === undefined ? `${message}: ${help}` : `${option.long ?? named} ${is}: write ${usageOf(option)}`;
    }
    case 'commander.missingArgument': {
      const argument = verb.command.registeredArguments.find((one) => one.name() === named);
      return `${verb.name} needs ${argument?.description ?? named}: ${help}`;
    }
    case 'commander.excessArguments':
      return describeExcess(verb, help);
    case 'commander.help': {
      const word = words[words[0] === 'help' ? 1 : 0] ?? '';
      return `there is no verb ${JSON.stringify(word)}${didYouMeanVerb(word)}: the verbs are ${verbs.join(', ')}`;
    }
    default:
      return `${message}: ${help}`;
  }
}

function describeUnknownOption(flag: string, { name, command }: TypedVerb, program: Command): string {
  const [long = flag] = flag.split('=');
  const isKnown = (one: Command): boolean => one.options.some((option) => option.long === long);
  if (isKnown(command)) return `${long} takes no value`;
  const others = program.commands
    .flatMap((one) => [one, ...one.commands])
    .filter((one) => one !== command && isKnown(one))
    .map((one) => (one.parent === program ? one.name() : `${one.parent?.name() ?? ''} ${one.name()}`));
  if (others.length > 0) return `${long} is an option of ${others.join(', ')}, not of ${name}`;
  const known = command.options.flatMap((option) => option.long ?? []);
  return `unknown option '${flag}'${didYouMean(long, [...known, '--help', '--version'])}`;
}

function describeExcess({ name, command }: TypedVerb, help: string): string {
  const arguments_ = command.registeredArguments;
  const extra = command.args[arguments_.length] ?? '';
  const target = command.options.some(({ long }) => long === '--target') ? targetMeant(extra) : undefined;
  if (target !== undefined) return `${JSON.stringify(extra)} is an address (did you mean --target ${target}?)`;
  const wanted = arguments_.length === 0 ? 'options only' : `${arguments_[0]?.description ?? ''} only`;
  return `${name} takes ${wanted}, and ${JSON.stringify(extra)} is too much: ${help}`;
}

/** How an option is written: its long name and its value. */
const usageOf = ({ flags }: Option): string => flags.replace(/^-\w, /, '');
