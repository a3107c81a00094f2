import { delimiter, join, resolve } from 'node:path';
import { defaultEngineOptions } from '../engine/default-engine-options';
import { ConformError } from '../error';
import type { ExpectedNeed } from '../engine/lost';
import { largestConcurrency, largestCount, largestMessage, leastHeaderLimit } from '../launch/option-bounds';
import type { Level } from '../catalogue/requirement';
import { didYouMean } from '../nearest';
import { describeDocument } from '../report/read-json';
import {
  parseChoice,
  parseChoices,
  parseDuration,
  parseExpectation,
  parseHeader,
  parseInteger,
  parseSeed,
  parseSignal,
  parseText,
  parseTimeout,
  parseWords,
  type HeaderValue,
  type ParseValue,
} from './parse-values';

/** Everything that can be set by a flag, a variable of the environment or the configuration file. Durations are in milliseconds. */
export interface Settings {
  readonly target?: string;
  readonly exec?: string;
  readonly gracefulSignal?: NodeJS.Signals;
  readonly messageLimit?: number;
  readonly headerLimit?: number;
  readonly maxStreams?: number;
  readonly plaintext?: boolean;
  readonly tls?: boolean;
  readonly insecure?: boolean;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly authority?: string;
  readonly servername?: string;
  readonly header?: readonly HeaderValue[];
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
  readonly protoset?: readonly string[];
  readonly useReflection?: boolean;
  readonly method?: readonly string[];
  readonly idempotent?: readonly string[];
  readonly connectTimeout?: number;
  readonly timeout?: number;
  readonly skip?: readonly string[];
  readonly level?: readonly Level[];
  readonly suite?: readonly string[];
  readonly runs?: number;
  readonly seed?: number | 'random';
  readonly timeBudget?: number;
  readonly shrink?: boolean;
  readonly strict?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly expect?: readonly ExpectedNeed[];
  readonly maxFailures?: number;
  readonly bail?: boolean;
  readonly concurrency?: number;
  /** Calls per second. */
  readonly rate?: number;
  readonly out?: string;
  readonly reporter?: ReporterName;
  readonly verbose?: 0 | 1 | 2;
}

const reporterNames = ['pretty', 'line', 'github', 'json'] as const;
export type ReporterName = (typeof reporterNames)[number];

const levels = ['must', 'should', 'may', 'convention'] as const;

export type SettingName = keyof Settings;

export const settingGroups = {
  target: 'Target',
  schema: 'Methods of your own',
  select: 'Selection',
  generate: 'Generation',
  verdict: 'Verdict',
  scale: 'Scale',
  output: 'Output',
} as const;

interface SettingBase {
  readonly group: keyof typeof settingGroups;
  /** As commander writes it. */
  readonly flags: string;
  readonly help: string;
}

interface SwitchSetting extends SettingBase {
  readonly kind: 'switch';
}

interface CountSetting extends SettingBase {
  readonly kind: 'count';
}

interface ValueSetting extends SettingBase {
  readonly kind: 'value';
  readonly parse: ParseValue<unknown>;
  /** True: in a configuration file it is relative to that file. */
  readonly isPath?: boolean;
  /** True: in a configuration file it may be true or false. */
  readonly takesBoolean?: boolean;
}

interface ListSetting extends SettingBase {
  readonly kind: 'list';
  /** Gives one value or, from one text, several. */
  readonly parse: ParseValue<unknown>;
  /** What separates values in a variable of the environment. */
  readonly separator: string | RegExp;
  /** As in {@link ValueSetting}. */
  readonly isPath?: boolean;
}

export type SettingSpec = SwitchSetting | CountSetting | ValueSetting | ListSetting;

/** Every setting. The table is what flags, variables of the environment and configuration files have in common. */
export function settingSpecs(environment: NodeJS.ProcessEnv): Readonly<Record<SettingName, SettingSpec>> {
  return {
    target: {
      kind: 'value',
      group: 'target',
      flags: '--target <address>',
      help: 'host:port, http://…, https://…, unix:/path, or bundled: the server that comes along',
      parse: parseText,
    },
    exec: {
      kind: 'value',
      group: 'target',
      flags: '--exec <command>',
      help: 'start the target; {port} or $PORT, or it prints {"host":…,"port":…}',
      parse: parseText,
    },
    gracefulSignal: {
      kind: 'value',
      group: 'target',
      flags: '--graceful-signal <name>',
      help: 'signal on which the started target stops gracefully',
      parse: parseSignal,
    },
    messageLimit: {
      kind: 'value',
      group: 'target',
      flags: '--message-limit <octets>',
      help: 'largest message that the target accepts',
      parse: parseInteger(1, largestMessage),
    },
    headerLimit: {
      kind: 'value',
      group: 'target',
      flags: '--header-limit <octets>',
      help: 'largest header list that the target accepts',
      parse: parseInteger(leastHeaderLimit, largestMessage),
    },
    maxStreams: {
      kind: 'value',
      group: 'target',
      flags: '--max-streams <n>',
      help: 'most calls at a time on one connection',
      parse: parseInteger(1, largestCount),
    },
    plaintext: { kind: 'switch', group: 'target', flags: '--plaintext', help: 'no TLS (the default for host:port)' },
    tls: { kind: 'switch', group: 'target', flags: '--tls', help: 'TLS (the default for https://)' },
    insecure: { kind: 'switch', group: 'target', flags: '--insecure', help: 'accept any certificate' },
    cacert: {
      kind: 'value',
      group: 'target',
      flags: '--cacert <file>',
      help: 'PEM of the authority that signed the certificate',
      parse: parseText,
      isPath: true,
    },
    cert: {
      kind: 'value',
      group: 'target',
      flags: '--cert <file>',
      help: 'PEM of our client certificate',
      parse: parseText,
      isPath: true,
    },
    key: {
      kind: 'value',
      group: 'target',
      flags: '--key <file>',
      help: 'PEM of its private key',
      parse: parseText,
      isPath: true,
    },
    authority: {
      kind: 'value',
      group: 'target',
      flags: '--authority <name>',
      help: 'value of :authority (default: the address)',
      parse: parseText,
    },
    servername: {
      kind: 'value',
      group: 'target',
      flags: '--servername <name>',
      help: 'name for SNI and the check of the certificate',
      parse: parseText,
    },
    header: {
      kind: 'list',
      group: 'target',
      flags: '-H, --header <field>',
      help: "'name: value' sent with every call; ${NAME} is read from the environment",
      parse: parseHeader(environment),
      separator: '\n',
    },
    proto: {
      kind: 'list',
      group: 'schema',
      flags: '--proto <file>',
      help: '.proto file that describes them',
      parse: parseText,
      separator: delimiter,
      isPath: true,
    },
    importPath: {
      kind: 'list',
      group: 'schema',
      flags: '--import-path <folder>',
      help: 'where the .proto files and their imports are',
      parse: parseText,
      separator: delimiter,
      isPath: true,
    },
    protoset: {
      kind: 'list',
      group: 'schema',
      flags: '--protoset <file>',
      help: 'what protoc --descriptor_set_out --include_imports made of them',
      parse: parseText,
      separator: delimiter,
      isPath: true,
    },
    useReflection: {
      kind: 'value',
      group: 'schema',
      flags: '--use-reflection <true|false>',
      help: 'ask the target for descriptors (default: where no file is named)',
      parse: parseSwitch,
      takesBoolean: true,
    },
    method: {
      kind: 'list',
      group: 'schema',
      flags: '--method <glob>',
      help: "methods that may be called: 'pkg.Service/Method', 'pkg.*', '*' (default: none)",
      parse: parseText,
      separator: ',',
    },
    idempotent: {
      kind: 'list',
      group: 'schema',
      flags: '--idempotent <glob>',
      help: 'those that may be called again with the same request',
      parse: parseText,
      separator: ',',
    },
    connectTimeout: {
      kind: 'value',
      group: 'target',
      flags: '--connect-timeout <time>',
      help: 'for connecting (default 5s) or, with --exec, for becoming ready (30s)',
      parse: parseDuration,
    },
    timeout: {
      kind: 'value',
      group: 'target',
      flags: '--timeout <time>',
      help: 'for an answer (default 5s); other waits follow',
      parse: parseTimeout,
    },
    skip: {
      kind: 'list',
      group: 'select',
      flags: '--skip <selectors>',
      help: 'leave these out',
      parse: parseWords,
      separator: ',',
    },
    level: {
      kind: 'list',
      group: 'select',
      flags: '--level <levels>',
      help: `only rules of these levels: ${levels.join(', ')}`,
      parse: parseChoices(levels),
      separator: ',',
    },
    suite: {
      kind: 'list',
      group: 'select',
      flags: '--suite <names>',
      help: 'only these suites',
      parse: parseWords,
      separator: ',',
    },
    runs: {
      kind: 'value',
      group: 'generate',
      flags: '--runs <n>',
      help: `inputs per property (default ${defaultEngineOptions.runs})`,
      parse: parseInteger(1, largestCount),
    },
    seed: {
      kind: 'value',
      group: 'generate',
      flags: '--seed <n>',
      help: 'a number, or "random" (the default; fixed when CI is set)',
      parse: parseSeed,
    },
    timeBudget: {
      kind: 'value',
      group: 'generate',
      flags: '--time-budget <time>',
      help: 'end within this time (default 5m, longer with more --runs); what is left is "not run"',
      parse: parseDuration,
    },
    shrink: {
      kind: 'switch',
      group: 'generate',
      flags: '--no-shrink',
      help: 'report the first failing input as it is',
    },
    strict: { kind: 'switch', group: 'verdict', flags: '--strict', help: 'warnings make the run fail, too' },
    baseline: {
      kind: 'value',
      group: 'verdict',
      flags: '--baseline <file>',
      help: 'known deviations, which do not make the run fail',
      parse: parseText,
      isPath: true,
    },
    updateBaseline: {
      kind: 'switch',
      group: 'verdict',
      flags: '--update-baseline',
      help: 'write what the run found into the baseline file',
    },
    expect: {
      kind: 'list',
      group: 'verdict',
      flags: '--expect <words>',
      help: 'what the target must offer: tier-1, tier-2 (the methods of TestService and what they promise), all, or needs: unary, metadata, gzip, health, …',
      parse: parseExpectation,
      separator: ',',
    },
    maxFailures: {
      kind: 'value',
      group: 'verdict',
      flags: '--max-failures <n>',
      help: 'stop after so many failures',
      parse: parseInteger(1, largestCount),
    },
    bail: { kind: 'switch', group: 'verdict', flags: '--bail', help: 'stop at the first failure' },
    concurrency: {
      kind: 'value',
      group: 'scale',
      flags: '--concurrency <n>',
      help: `inputs at the same time (default ${defaultEngineOptions.concurrency})`,
      parse: parseInteger(1, largestConcurrency),
    },
    rate: {
      kind: 'value',
      group: 'scale',
      flags: '--rate <n>',
      help: 'calls per second, at most (default: what the target answers)',
      parse: parseInteger(1, largestCount),
    },
    out: {
      kind: 'value',
      group: 'output',
      flags: '--out <folder>',
      help: 'where the report goes (default grpc-conform-report)',
      parse: parseText,
      isPath: true,
    },
    reporter: {
      kind: 'value',
      group: 'output',
      flags: '--reporter <name>',
      help: `${reporterNames.join(', ')} (default: what fits the terminal)`,
      parse: parseChoice(reporterNames),
    },
    verbose: {
      kind: 'count',
      group: 'output',
      flags: '-v, --verbose',
      help: 'a line per input; -vv also frames, and stacks of our own errors',
    },
  };
}

/** The name of the flag: `--connect-timeout`. */
export function flagOf(spec: SettingSpec): string {
  return /--[a-z-]+/.exec(spec.flags)?.[0] ?? spec.flags;
}

export const environmentPrefix = 'GRPC_CONFORM_';

/** The variable of the environment: `GRPC_CONFORM_CONNECT_TIMEOUT`. */
export function variableOf(name: SettingName): string {
  return `${environmentPrefix}${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Variables with our prefix that are no settings but known all the same. */
const otherVariables = [`${environmentPrefix}CONFIG`];

/** A configuration file as read, not yet checked. */
export interface ConfigFile {
  readonly file: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface SettingSources {
  /** What was given as flags: texts, lists of texts, booleans, counts. Beats the rest. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: NodeJS.ProcessEnv;
  readonly config?: ConfigFile;
}

/**
 * The value of every setting, from where it is said first: flag, variable of the environment, configuration file.
 *
 * @throws ConformError ERR_USAGE for a flag or variable, ERR_CONFIG for the file; the message names the place.
 */
export function resolveSettings({ flags, environment, config }: SettingSources): Settings {
  const specs = settingSpecs(environment);
  const names = Object.keys(specs) as SettingName[];
  checkVariables(environment, names);
  checkConfigKeys(config, names);
  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    const spec = specs[name];
    if (flags[name] !== undefined) {
      settings[name] = fromFlag(spec, flags[name]);
      continue;
    }
    const variable = environment[variableOf(name)];
    if (variable !== undefined) {
      settings[name] = fromVariable(spec, variable, variableOf(name));
      continue;
    }
    const value = config?.content[name];
    if (config !== undefined) checkThatNames(name, config);
    if (config !== undefined && value !== undefined) settings[name] = fromConfig(spec, value, name, config.file);
  }
  // Each value has been through the parser of its setting, whose result is the type of the setting.
  return settings as Settings;
}

function fromFlag(spec: SettingSpec, value: unknown): unknown {
  const label = flagOf(spec);
  switch (spec.kind) {
    case 'switch':
      return value === true;
    case 'count':
      return Math.min(2, Number(value));
    case 'value':
      return spec.parse(String(value), label);
    case 'list':
      return (Array.isArray(value) ? value : [value]).flatMap((text) => spec.parse(String(text), label));
  }
}

/** Settings that say which server is meant. */
const namingSettings: readonly SettingName[] = ['target', 'exec'];

/** A script that computes the target and comes to nothing must not have another server tested. */
function checkThatNames(name: SettingName, { file, content }: ConfigFile): void {
  if (!namingSettings.includes(name) || !Object.hasOwn(content, name) || content[name] !== undefined) return;
  throw new ConformError(
    'ERR_CONFIG',
    `the configuration file ${file} is not valid: ${name} is there and undefined: give it a value, or leave it out`,
  );
}

/** An empty variable is more often a secret that is missing than a wish, so it is refused, as an empty flag is. */
function fromVariable(spec: SettingSpec, text: string, variable: string): unknown {
  if (text.trim() === '') throw emptyVariable(variable);
  switch (spec.kind) {
    case 'switch':
      return parseSwitch(text, variable);
    case 'count':
      return parseInteger(0, 2)(text, variable);
    case 'value':
      return spec.parse(text, variable);
    case 'list': {
      const parts = text.split(spec.separator).filter((part) => part.trim() !== '');
      if (parts.length === 0) throw emptyVariable(variable);
      return parts.flatMap((part) => spec.parse(part, variable));
    }
  }
}

/** What is said of a variable that is there and empty. */
export const emptyVariable = (variable: string): ConformError =>
  new ConformError('ERR_USAGE', `the environment variable ${variable} is empty: give it a value, or unset it`);

const parseSwitch: ParseValue<boolean> = (text, label) => {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new ConformError('ERR_USAGE', `${label} ${JSON.stringify(text)} is neither true nor false`);
};

function fromConfig(spec: SettingSpec, value: unknown, name: string, file: string): unknown {
  const wrong = (what: string, cause?: unknown): ConformError =>
    new ConformError('ERR_CONFIG', `the configuration file ${file} is not valid: ${what}`, { cause });
  const parse = (one: unknown, parser: ParseValue<unknown>): unknown => {
    if (typeof one !== 'string' && typeof one !== 'number') throw wrong(`${name} must be a text or a number`);
    // Only a file can hold one: the system ends words of a command line and variables there, and takes it in no name and no command.
    if (String(one).includes('\0')) throw wrong(`${name} holds a NUL character: leave it out`);
    try {
      return parser(String(one), name);
    } catch (error) {
      throw wrong(error instanceof Error ? error.message : String(error), error);
    }
  };
  switch (spec.kind) {
    case 'switch':
      if (typeof value !== 'boolean') throw wrong(`${name} must be true or false`);
      return value;
    case 'count':
      return parse(value, parseInteger(0, 2));
    case 'value': {
      // JSON has true and false of its own.
      const isBoolean = spec.takesBoolean === true && typeof value === 'boolean';
      const parsed = parse(isBoolean ? String(value) : value, spec.parse);
      return spec.isPath === true ? resolve(join(file, '..'), String(parsed)) : parsed;
    }
    case 'list':
      if (!Array.isArray(value)) throw wrong(`${name} must be a list`);
      return value.flatMap((one) => {
        const parsed = parse(one, spec.parse);
        return spec.isPath === true ? resolve(join(file, '..'), String(parsed)) : parsed;
      });
  }
}

function checkVariables(environment: NodeJS.ProcessEnv, names: readonly SettingName[]): void {
  const known = [...names.map(variableOf), ...otherVariables];
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith(environmentPrefix) || known.includes(variable)) continue;
    throw new ConformError(
      'ERR_USAGE',
      `the environment variable ${variable} is no setting${didYouMean(variable, known)}`,
    );
  }
}

function checkConfigKeys(config: ConfigFile | undefined, names: readonly SettingName[]): void {
  const known = [...names, 'selectors'];
  const other = describeDocument(config?.content);
  if (other !== undefined)
    throw new ConformError('ERR_CONFIG', `the configuration file ${config?.file ?? ''} is not valid: ${other}`);
  for (const key of Object.keys(config?.content ?? {})) {
    if (known.includes(key)) continue;
    throw new ConformError(
      'ERR_CONFIG',
      `the configuration file ${config?.file ?? ''} has the unknown key ${JSON.stringify(key)}${didYouMean(key, known)}`,
    );
  }
}

/** The selectors of a configuration file, for runs that name none. @throws ConformError ERR_CONFIG */
export function selectorsOf(config: ConfigFile | undefined): readonly string[] {
  const selectors = config?.content['selectors'];
  if (selectors === undefined) return [];
  if (!Array.isArray(selectors) || !selectors.every((selector) => typeof selector === 'string')) {
    throw new ConformError(
      'ERR_CONFIG',
      `the configuration file ${config?.file ?? ''} is not valid: selectors must be a list of texts`,
    );
  }
  return selectors;
}
