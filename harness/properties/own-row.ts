import type { Level, Requirement } from '../catalogue/requirement';
import { ConformError } from '../error';
import {
  describeAll,
  fromStimulus,
  unlistedProperty,
  type AnyProperty,
  type Experiment,
  type Stimulus,
} from './property';
import { suite, type Suite } from './suite';

/** Where a rule of the user's own is written down. */
export interface OwnSource {
  /** As people say it: `Shop API guide`. */
  readonly document: string;
  /** Its number or heading; empty or absent for the whole. */
  readonly section?: string;
  readonly url: string;
}

/** A rule of the user's own: what the catalogue says of one of ours. */
export interface OwnRow {
  /** `OWN-01-request-id-comes-back`: a number of two to four digits, and words. Baselines and reports refer to it. */
  readonly id: string;
  /** `must` fails a run, `should` and `convention` warn, `may` is recorded. */
  readonly level: Level;
  /** What the server is to do: one sentence without a full stop. */
  readonly rule: string;
  readonly source: OwnSource | readonly OwnSource[];
}

/** The area of rules that are not ours. */
export const ownArea = 'OWN';

/** True for an id such as users give to rules of their own, whether or not anybody has loaded it. */
export const isOwnId = (id: string): boolean => /^OWN-\d{2,4}(?:-[a-z0-9]+)+$/.test(id);

/** As in our suites, on a row of the user's own: the script says what must come, and `check` what cannot be said so. @throws ConformError ERR_SUITE */
export function ownExperiment<Input>(row: OwnRow, definition: Experiment<Input>): AnyProperty {
  requireParts(row, definition);
  const { accepts, ...rest } = definition;
  return unlistedProperty<Input>({ id: row.id, requirement: demandOf(row), accepts: describeAll(accepts), ...rest });
}

/** As in our suites, on a row of the user's own: what is sent, and what may come of it. @throws ConformError ERR_SUITE */
export function ownStimulus<Input>(row: OwnRow, definition: Stimulus<Input>): AnyProperty {
  requireParts(row, definition);
  return ownExperiment<Input>(row, fromStimulus(definition));
}

/** What is looked into here must be there; the rest is looked at when the suite is loaded, with the name of its file. */
function requireParts(row: unknown, definition: unknown): void {
  if (!isObject(row))
    throw wrong(
      'the first argument',
      "must be the rule: { id: 'OWN-01-its-words', level: 'must', rule: '…', source: { document: '…', url: '…' } }",
    );
  const id = typeof row['id'] === 'string' ? row['id'] : 'a rule without an id';
  if (!isObject(definition)) throw wrong(id, 'has no second argument: what is generated, accepted and sent');
  const { accepts } = definition;
  const isAccepted = (one: unknown): boolean =>
    typeof one === 'string' || (isObject(one) && typeof one['is'] === 'string');
  if (!Array.isArray(accepts) || accepts.length === 0 || !accepts.every(isAccepted))
    throw wrong(id, 'must say in accepts what may come: a list of outcomes, such as [rejected], or of words');
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const wrong = (what: string, why: string): ConformError => new ConformError('ERR_SUITE', `${what} ${why}`);

/** The default export of a file of such rules; what is no list is told when it is loaded. */
export const ownSuite = (name: string, properties: readonly AnyProperty[]): Suite =>
  Array.isArray(properties) ? suite(name, properties) : { name, properties };

/** What is not what it must be stays as it is until the suite is loaded. */
function demandOf({ level, rule, source }: OwnRow): Requirement {
  const sources: readonly unknown[] = Array.isArray(source) ? source : [source];
  return {
    level,
    rule,
    sources: sources.map((one) => (isObject(one) ? { section: '', ...one } : one) as OwnSource & { section: string }),
  };
}
