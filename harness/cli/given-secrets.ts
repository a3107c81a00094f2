import { makeRedactor } from '../report/redact-events';
import { hidden, type SecretField } from '../report/secrets';
import { variableOf } from './settings';

/** What is given to us in which a secret may stand: the words of the command line, variables of the environment, a configuration file. */
export interface Given {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What a configuration file holds, not yet checked. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A word as it may be shown, and what it may not be shown with. */
interface Reading {
  readonly shown: string;
  readonly secrets: readonly string[];
  /** True: what should be in this word may have become words of its own, because nobody quoted it. */
  readonly goesOn?: boolean;
}

/** A header flag: `-H`, also behind other short ones (`-vH`), and long ones, also misspelt or those of other programs. What follows belongs to it. */
const shortHeader = /^(-[A-GI-Za-z]*H)(.*)$/s;
const longFlag = /^(--?[A-Za-z][A-Za-z0-9-]*)(=?)(.*)$/s;
const headerName = /^--?[a-z-]*(head|hdr|metadata)/i;
/** Flags that we do not have, whose values nobody wants to read in a log. */
const secretName = /^--?[a-z-]*(auth|token|secret|passw|api-?key|cookie|bearer|credential)/i;
/** Flags of ours that look like one of these and are none. */
const harmlessFlags: ReadonlySet<string> = new Set(['header-limit', 'authority']);

/** Words in front of a credential (RFC 9110 §11.1), which say nothing alone. */
const scheme = /^(?:basic|bearer|digest|token|api-?key|negotiate|dpop|hoba|mutual)$/i;
/** A value that stands in the environment. */
const reference = /^(?:([A-Za-z-]+) +)?\$\{[^}]*\}$/;
/** Names of fields: any in front of a colon and a blank, and those that carry secrets in front of a colon alone. */
const field = /^[A-Za-z0-9._-]+:\s/;
const loneName = /^[A-Za-z][A-Za-z0-9._-]*:$/;
const secretField =
  /^(?:[A-Za-z0-9._-]*(?:authorization|authentication|cookie|token|secret|passw|credential|api-?key)[A-Za-z0-9._-]*|x-[A-Za-z0-9._-]+):/i;
/** User and password in an address. */
const userInfo = /^((?:--?[A-Za-z-]+=)?)(?:([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^@/\s]+)|([^@/\s:]+:[^@/\s]+))@/;
/** Tokens of well-known makes, and any run of letters and digits that is too long and too mixed for a word. */
const token =
  /eyJ[\w-]{8,}(?:\.[\w-]*){0,2}|(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|AKIA|ASIA|ya29\.|npm_|pypi-)[\w.-]{6,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=(?:[A-Za-z+/]{0,64}\d){3})(?=[\d+/]{0,64}[A-Za-z])[A-Za-z0-9+/]{20,}=*/g;
/** Words that are a path: their hashes are no tokens. */
const path = /^(?:\.{0,2}\/|~)|\.[a-z]{1,5}$/i;

/** The command line for a report: without what `-H` and its kind may keep secret; references to the environment stay. */
export function showCommandLine(words: readonly string[]): readonly string[] {
  return readWords(words).map(({ shown }) => shown);
}

/** Everything among what is given that may be a secret, so that no sentence about it quotes one. The shortest are single characters. */
export function givenSecrets({ words, environment = {}, config = {} }: Given): readonly string[] {
  const { header } = config;
  const fields = [
    ...(environment[variableOf('header')] ?? '').split('\n'),
    ...(Array.isArray(header) ? header : [header]).filter((one) => typeof one === 'string'),
  ];
  const others = [
    ...words,
    ...Object.entries(environment).flatMap(([name, value = '']) => (name.startsWith('GRPC_CONFORM_') ? [value] : [])),
    ...textsOf(config),
  ];
  const found = [
    ...readWords(words).flatMap(({ secrets }) => secrets),
    ...fields.flatMap((text) => readField(text).secrets),
    ...others.flatMap((text) => [...readWord(text).secrets, ...tokensOf(text)]),
    ...referencesOf([...words, ...fields]).map((name) => environment[name] ?? ''),
  ];
  return [...new Set(found.map((text) => text.trim()))].filter((text) => text !== '');
}

/** The keys and the texts of a configuration. */
const textsOf = (config: Readonly<Record<string, unknown>>): readonly string[] =>
  [...Object.keys(config), ...Object.values(config).flat()].filter((one) => typeof one === 'string');

const tokensOf = (text: string): readonly string[] =>
  path.test(text) ? [] : [...text.matchAll(token)].map(([found]) => found);

const referencesOf = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, name = '']) => name));

function readWords(words: readonly string[]): readonly Reading[] {
  /** What the word before says about this one. */
  let expected: 'field' | 'value' | 'rest' | undefined;
  return words.map((word) => {
    const isFlag = /^-./.test(word);
    const asked = expected === 'rest' && isFlag ? undefined : expected;
    const reading = asked === undefined ? readWord(word) : asked === 'field' ? readField(word) : hide(word);
    const awaits = asked === undefined ? flagAwaits(word) : undefined;
    expected = awaits ?? (reading.goesOn === true || asked === 'rest' ? 'rest' : undefined);
    return reading;
  });
}

/** What the word behind a flag without a value of its own is. */
function flagAwaits(word: string): 'field' | 'value' | undefined {
  if (shortHeader.exec(word)?.[2] === '') return 'field';
  const [, flag = '', equals] = longFlag.exec(word) ?? [];
  if (equals !== '' || harmlessFlags.has(flag.replace(/^-+/, ''))) return undefined;
  return headerName.test(flag) ? 'field' : secretName.test(flag) ? 'value' : undefined;
}

const hide = (word: string): Reading => ({ shown: '…', secrets: [word] });

function readWord(word: string): Reading {
  const [, short, attached = ''] = shortHeader.exec(word) ?? [];
  if (short !== undefined) return attached === '' ? plain(word) : within(short, readField(attached));
  const [, flag = '', equals = '', value = ''] = longFlag.exec(word) ?? [];
  if (equals === '=' && !harmlessFlags.has(flag.replace(/^-+/, ''))) {
    if (headerName.test(flag)) return within(`${flag}=`, readField(value));
    if (secretName.test(flag)) return within(`${flag}=`, hide(value));
  }
  if (field.test(word) || secretField.test(word)) return readField(word);
  if (loneName.test(word)) return { ...plain(word), goesOn: true };
  return readUserInfo(word);
}

const plain = (word: string): Reading => ({ shown: word, secrets: [] });

const within = (front: string, reading: Reading): Reading => ({ ...reading, shown: `${front}${reading.shown}` });

/** `name: value`, of which the value is hidden; all of it where the name is none, as that may be a secret that stands in the wrong place. */
function readField(text: string): Reading {
  const colon = text.indexOf(':', 1);
  const name = text.slice(0, colon).trim();
  const value = text.slice(colon + 1).trim();
  if (colon === -1) return { ...hide(text), goesOn: true };
  if (!/^[A-Za-z0-9._-]+$/.test(name) || tokensOf(name).length > 0)
    return { shown: '…', secrets: [text, name, value, ...name.split(/\s+/).filter((word) => !scheme.test(word))] };
  const [isReference, word = ''] = reference.exec(value) ?? [];
  if (isReference !== undefined && (word === '' || scheme.test(word))) return plain(text);
  const lone = value === '' || scheme.test(value);
  const credential = /^\S+ +(\S.*)$/s.exec(value)?.[1];
  return {
    shown: lone ? text : `${text.slice(0, colon)}: …`,
    secrets: lone ? [] : [value, ...(credential === undefined ? [] : [credential])],
    goesOn: lone,
  };
}

function readUserInfo(word: string): Reading {
  const [whole, flag = '', start = '', user, pair] = userInfo.exec(word) ?? [];
  const secret = user ?? pair;
  if (whole === undefined || secret === undefined) return plain(word);
  return {
    shown: `${flag}${start}…@${word.slice(whole.length)}`,
    secrets: [secret, secret.slice(secret.indexOf(':') + 1)],
  };
}

/** Shorter secrets are hidden only where they are quoted alone: they stand in every sentence. */
const shortestWord = 3;

/**
 * What makes sentences about what is given fit to be shown, also before anything of it was understood: without its secrets and those of `fields`.
 */
export function errorHider(given: Given, fields: readonly SecretField[]): (text: string) => string {
  const secrets = givenSecrets(given);
  const redactor = makeRedactor([...fields, ...secrets.map((value) => ({ name: '', value }))]);
  const shown = showCommandLine(given.words);
  const changed = given.words.flatMap((word, index) => {
    const instead = shown[index] ?? '';
    return word.length < shortestWord || word === instead ? [] : [{ word, instead: instead.replace('…', hidden) }];
  });
  const alone = secrets.map((secret) => {
    const pattern = secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return secret.length < shortestWord
      ? new RegExp(`(?<=["'])${pattern}(?=["'])`, 'gi')
      : new RegExp(`(?<![A-Za-z0-9])${pattern}(?![A-Za-z0-9])`, 'gi');
  });
  return (text) => {
    const exact = changed.reduce((said, { word, instead }) => said.replaceAll(word, () => instead), text);
    return redactor.text(
      alone.reduce((said, pattern) => said.replace(pattern, hidden), exact),
      { end: true },
    );
  };
}
