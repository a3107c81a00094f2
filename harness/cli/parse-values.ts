import { ConformError } from '../error';
import type { ExpectedNeed } from '../engine/lost';
import type { Shard } from '../engine/shards';
import { catchableSignals, checkCallField, largestSeed, longestDuration } from '../launch/option-bounds';
import { shortestTimeout } from '../launch/times';
import { didYouMean } from '../nearest';
import { expectWords, needsOf } from '../facts/need';

/** Reads the text of an option; `label` names the option in errors. @throws ConformError ERR_USAGE */
export type ParseValue<T> = (text: string, label: string) => T;

const usage = (message: string): ConformError => new ConformError('ERR_USAGE', message);

/** Any text but the empty one. */
export const parseText: ParseValue<string> = (text, label) => {
  if (text.trim() === '') throw usage(`${label} is empty`);
  return text;
};

/** `true`, `yes`, `1`, `on`, and their opposites. */
export const parseSwitch: ParseValue<boolean> = (text, label) => {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw usage(`${label} ${JSON.stringify(text)} is neither true nor false`);
};

/** `250ms`, `2s`, `5m`, or a bare number of seconds; in milliseconds. */
export const parseDuration: ParseValue<number> = (text, label) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  if (match === null)
    throw usage(`${label} ${JSON.stringify(text)} is no duration: write 250ms, 2s, 5m or a number of seconds`);
  const milliseconds = Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] ?? 's']!;
  if (milliseconds < 1 || milliseconds > longestDuration) throw usage(`${label} ${text} is not within 1ms and a day`);
  return Math.round(milliseconds);
};

/** Words of `--expect`, separated by commas or blanks. */
export const parseExpectation: ParseValue<readonly ExpectedNeed[]> = (text, label) => {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) throw usage(`${label} is empty`);
  return words.flatMap((word) => {
    const needs = needsOf(word);
    if (needs === undefined)
      throw usage(
        `${label} ${JSON.stringify(word)} is nothing that a target can offer${didYouMean(word, expectWords)}: say tier-1, tier-2, all, or a need that "grpc-conform probe" lists`,
      );
    return needs.map((need) => ({ need, word }));
  });
};

/** A duration that is long enough for silence to prove something. */
export const parseTimeout: ParseValue<number> = (text, label) => {
  const milliseconds = parseDuration(text, label);
  if (milliseconds < shortestTimeout) {
    throw usage(
      `${label} ${text} is below ${shortestTimeout}ms: some servers answer malformed requests only after a second, on purpose, and would be blamed`,
    );
  }
  return milliseconds;
};

/** A whole number within bounds. */
export function parseInteger(least: number, most: number): ParseValue<number> {
  return (text, label) => {
    const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : NaN;
    if (!(value >= least && value <= most))
      throw usage(`${label} ${JSON.stringify(text)} is no whole number from ${least} to ${most}`);
    return value;
  };
}

export const parseSeed: ParseValue<number | 'random'> = (text, label) =>
  text === 'random' ? 'random' : parseInteger(0, largestSeed)(text, label);

/** `2/3`: which of how many runs. */
export const parseShard: ParseValue<Shard> = (text, label) => {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim());
  const shard = { index: Number(match?.[1]), of: Number(match?.[2]) };
  if (match === null || shard.index < 1 || shard.index > shard.of)
    throw usage(`${label} ${JSON.stringify(text)} is no shard: write 1/3, 2/3 and 3/3 for the three parts of a run`);
  return shard;
};

/** One of some words. */
export function parseChoice<T extends string>(choices: readonly T[]): ParseValue<T> {
  return (text, label) => {
    const choice = choices.find((one) => one === text.toLowerCase());
    if (choice === undefined) {
      throw usage(`${label} ${JSON.stringify(text)} is none of ${choices.join(', ')}${didYouMean(text, choices)}`);
    }
    return choice;
  };
}

/** Comma-separated words, each one of some. */
export function parseChoices<T extends string>(choices: readonly T[]): ParseValue<readonly T[]> {
  return (text, label) => parseWords(text, label).map((word) => parseChoice(choices)(word, label));
}

/** Comma-separated words. */
export const parseWords: ParseValue<readonly string[]> = (text, label) => {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw usage(`${label} is empty`);
  return words;
};

/** `SIGTERM` or `TERM`. */
export const parseSignal: ParseValue<NodeJS.Signals> = (text, label) => {
  const name = text.trim().toUpperCase();
  const signal = catchableSignals.find((one) => one === name || one === `SIG${name}`);
  if (signal === undefined) throw usage(`${label} ${JSON.stringify(text)} is none of ${catchableSignals.join(', ')}`);
  return signal;
};

/** A field that goes along with every call. */
export interface HeaderValue {
  readonly name: string;
  readonly value: string;
}

/**
 * `name: value`, where `${NAME}` stands for a variable of the environment. Values of `-bin` names are base64, as on the wire.
 */
export function parseHeader(environment: Readonly<Record<string, string | undefined>>): ParseValue<HeaderValue> {
  return (text, label) => {
    const colon = text.indexOf(':', 1);
    // Not shown: whoever forgot the colon may have written the secret alone.
    if (colon === -1) throw usage(`${label} has no colon: write 'name: value'`);
    const name = text.slice(0, colon).trim().toLowerCase();
    const value = text
      .slice(colon + 1)
      .trim()
      .replace(/\$\{([^}]*)\}/g, (_reference, variable: string) => {
        const found = environment[variable];
        if (found === undefined)
          throw usage(`${label} ${name} refers to the environment variable ${variable}, which is not set`);
        return found;
      });
    checkCallField({ name, value }, label);
    return { name, value };
  };
}
