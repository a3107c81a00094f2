import type { Command, Option } from 'commander';
import { areas } from '../catalogue';
import { loadCatalogue } from '../engine/catalogue-rows';
import { ConformError, exitCodes } from '../error';
import { didYouMean } from '../nearest';
import type { CliContext } from './context';
import { flagOf, settingSpecs, type SettingSpec } from './setting-specs';

/** What may stand behind an option. */
type Value = 'file' | 'anything' | 'rule' | readonly string[];

interface KnownOption {
  /** `--out`, `-v`. */
  readonly names: readonly string[];
  readonly help: string;
  /** Absent for a switch. */
  readonly value?: Value;
}

/** What may stand behind a verb. */
interface KnownVerb {
  readonly name: string;
  readonly help: string;
  readonly options: readonly KnownOption[];
  /** Words that may stand there beside options. */
  readonly words: readonly string[];
  readonly takesRules: boolean;
  readonly takesFiles: boolean;
}

const shells = { bash: forBash, zsh: forZsh, fish: forFish } as const;

/**
 * `grpc-conform completion SHELL`: a script by which the shell completes verbs, options, their values and the ids of rules.
 *
 * @returns the exit code.
 * @throws ConformError ERR_USAGE for another shell
 */
export function printCompletion(shell: string, program: Command, { stdout }: CliContext): number {
  if (!Object.hasOwn(shells, shell))
    throw new ConformError(
      'ERR_USAGE',
      `there is no completion for ${JSON.stringify(shell)}${didYouMean(shell, Object.keys(shells))}: the shells are ${Object.keys(shells).join(', ')}`,
    );
  stdout.write(shells[shell as keyof typeof shells](knownVerbs(program)));
  return exitCodes.conformant;
}

function knownVerbs(program: Command): readonly KnownVerb[] {
  const values: Readonly<Record<string, Value>> = {
    ...Object.fromEntries(
      Object.values<SettingSpec>(settingSpecs({})).flatMap((spec) =>
        spec.choices === undefined ? [] : [[flagOf(spec), spec.choices]],
      ),
    ),
    '--suite': loadCatalogue().suites.map(({ name }) => name),
    '--skip': 'rule',
  };
  const optionOf = ({ short, long, description, required, optional, flags }: Option): KnownOption => ({
    names: [long, short].filter((name) => name !== undefined && name !== null),
    help: description,
    ...((required || optional) && {
      value: values[long ?? ''] ?? (/<(?:file|folder)>/.test(flags) ? 'file' : 'anything'),
    }),
  });
  return program.commands.map((command) => {
    const takes = (...names: readonly string[]): boolean =>
      command.registeredArguments.some((one) => names.includes(one.name()));
    return {
      name: command.name(),
      help: command.description(),
      options: [...command.options.map(optionOf), { names: ['--help'], help: 'what there is' }],
      words: takes('shell') ? Object.keys(shells) : command.commands.map((each) => each.name()),
      takesRules: takes('selectors', 'id'),
      takesFiles: takes('files', 'run.json', 'folder'),
    };
  });
}

/** The verb that is meant where none is named. */
const byDefault = 'run';

/** All options with a value, by what that value is; each once, though several verbs have it. */
function valuesOf(verbs: readonly KnownVerb[]): ReadonlyMap<Value, readonly string[]> {
  const values = new Map<string, { value: Value; names: Set<string> }>();
  for (const { value, names } of verbs.flatMap(({ options }) => options)) {
    if (value === undefined) continue;
    const key = typeof value === 'string' ? value : value.join(' ');
    const group = values.get(key) ?? { value, names: new Set() };
    for (const name of names) group.names.add(name);
    values.set(key, group);
  }
  return new Map([...values.values()].map(({ value, names }) => [value, [...names]]));
}

/** Areas and ids, which stand once in a script. */
const ruleWords = (): string => [...Object.keys(areas), ...loadCatalogue().rows.map(({ id }) => id)].join(' ');

/** How a shell takes words, rules and names of files for what may stand there. */
interface Sayings {
  readonly words: (words: string) => string;
  readonly rules: string;
  readonly files: string;
}

/** What bash and zsh have alike: the cases of what stands before, and those of the verb. */
function caseLines(verbs: readonly KnownVerb[], say: Sayings): string {
  const before = [...valuesOf(verbs)].map(([value, names]) => {
    const actions = { file: `${say.files}; `, rule: `${say.rules}; `, anything: '' } as const;
    const action = typeof value === 'string' ? actions[value] : `${say.words(value.join(' '))}; `;
    return `    ${names.join('|')}) ${action}return ;;`;
  });
  const behind = verbs.map(({ name, options, words, takesRules, takesFiles }) => {
    const all = [...options.flatMap(({ names }) => names), ...words].join(' ');
    const actions = [say.words(all), ...(takesRules ? [say.rules] : []), ...(takesFiles ? [say.files] : [])];
    return `    ${name}) ${actions.join('; ')} ;;`;
  });
  return ['  case "$before" in', ...before, '  esac', '  case "$verb" in', ...behind, '  esac'].join('\n');
}

const verbNames = (verbs: readonly KnownVerb[], between: string): string => verbs.map(({ name }) => name).join(between);

function forBash(verbs: readonly KnownVerb[]): string {
  const words = (list: string): string => `COMPREPLY+=($(compgen -W '${list}' -- "$word"))`;
  return `# bash: eval "$(grpc-conform completion bash)"
_grpc_conform_rules='${ruleWords()}'
_grpc_conform() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" verb=${byDefault}
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in ${verbNames(verbs, '|')}) verb="\${COMP_WORDS[1]}" ;; esac
  else
    ${words(verbNames(verbs, ' '))}
  fi
${caseLines(verbs, {
  words,
  rules: 'COMPREPLY+=($(compgen -W "$_grpc_conform_rules" -- "$word"))',
  files: 'COMPREPLY+=($(compgen -f -- "$word"))',
})}
}
complete -o filenames -F _grpc_conform grpc-conform
`;
}

function forZsh(verbs: readonly KnownVerb[]): string {
  const words = (list: string): string => `compadd -- ${list}`;
  return `#compdef grpc-conform
# zsh: source <(grpc-conform completion zsh), behind compinit
_grpc_conform_rules=(${ruleWords()})
_grpc_conform() {
  local before="\${words[CURRENT-1]}" verb=${byDefault}
  if (( CURRENT > 2 )); then
    case "\${words[2]}" in (${verbNames(verbs, '|')}) verb="\${words[2]}" ;; esac
  else
    ${words(verbNames(verbs, ' '))}
  fi
${caseLines(verbs, { words, rules: 'compadd -a _grpc_conform_rules', files: '_files' })}
}
compdef _grpc_conform grpc-conform
`;
}

function forFish(verbs: readonly KnownVerb[]): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const rules = '"$__grpc_conform_rules"';
  const named = verbNames(verbs, ' ');
  const lines = verbs.flatMap((verb) => {
    const isNamed = `__fish_seen_subcommand_from ${verb.name}`;
    const condition = verb.name === byDefault ? `${isNamed}; or not __fish_seen_subcommand_from ${named}` : isNamed;
    const start = `complete -c grpc-conform -n ${quote(condition)}`;
    const options = verb.options.map(({ names, help, value }) => {
      const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      const takes = value === undefined ? '' : value === 'file' ? ' -r -F' : ' -x';
      const among = value === 'rule' ? ` -a ${rules}` : Array.isArray(value) ? ` -a ${quote(value.join(' '))}` : '';
      return `${start} ${flags.join(' ')}${takes}${among} -d ${quote(help)}`;
    });
    return [
      ...options,
      ...(verb.words.length === 0 ? [] : [`${start} -a ${quote(verb.words.join(' '))}`]),
      ...(verb.takesRules ? [`${start} -a ${rules}`] : []),
      ...(verb.takesFiles ? [`${start} -F`] : []),
    ];
  });
  const first = verbs.map(
    ({ name, help }) =>
      `complete -c grpc-conform -n ${quote(`not __fish_seen_subcommand_from ${named}`)} -a ${name} -d ${quote(help)}`,
  );
  return [
    '# fish: grpc-conform completion fish | source',
    `set -g __grpc_conform_rules ${ruleWords()}`,
    'complete -c grpc-conform -f',
    ...first,
    ...lines,
    '',
  ].join('\n');
}
