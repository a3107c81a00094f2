import { basename, join, resolve } from 'node:path';
import { ConformError } from '../error';
import { didYouMean } from '../nearest';
import { describeDocument } from '../report/read-json';
import { parseInteger, parseSwitch, type ParseValue } from './parse-values';
import { flagOf, settingSpecs, type SettingName, type Settings, type SettingSpec } from './setting-specs';

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

/** Which settings were given, by their flags, and where it was said first. Nothing of their values. */
export function whereGiven({ flags, environment, config }: SettingSources): Readonly<Record<string, string>> {
  const specs = settingSpecs(environment);
  const names = Object.keys(specs) as SettingName[];
  return Object.fromEntries(
    names.flatMap((name): readonly (readonly [string, string])[] => {
      const flag = flagOf(specs[name]);
      if (flags[name] !== undefined) return [[flag, 'command line']];
      if (environment[variableOf(name)] !== undefined) return [[flag, variableOf(name)]];
      return config?.content[name] === undefined ? [] : [[flag, basename(config.file)]];
    }),
  );
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
      if (!Array.isArray(value) && spec.takesOne !== true) throw wrong(`${name} must be a list`);
      return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
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
  const known = [...names, 'selectors', '$schema'];
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
