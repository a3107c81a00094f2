import * as v from 'valibot';
import { axisNames } from '../axes/axes';
import type { TargetLimits } from '../facts/target-facts';
import { unlocks, type Need } from '../facts/need';
import { ConformError, isConformError } from '../error';
import { didYouMean } from '../nearest';
import { isOwnId } from '../properties/own-row';
import type { AnyProperty, Lane, Property } from '../properties/property';
import type { Suite } from '../properties/suite';
import { shortPrintable } from '../report/printable';
import { shortId } from '../catalogue';

// Each message ends a sentence that begins with what it is about: "OWN-01-a: effort must be …".

const words = v.pipe(v.string('must be a text'), v.trim(), v.nonEmpty('must not be empty'));
const program = v.custom<(...given: never[]) => unknown>((value) => typeof value === 'function', 'must be a function');
const flag = v.boolean('must be true or false');

function listOf<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(v.array(schema, 'must be a list'), v.readonly());
}

function oneOf<Word extends string>(known: readonly Word[]) {
  return v.custom<Word>(
    (value) => known.some((word) => word === value),
    (issue) => `must be one of ${known.join(', ')}${didYouMean(String(issue.input), known)}`,
  );
}

function closed<Entries extends v.ObjectEntries>(entries: Entries, what: string) {
  const keys = Object.keys(entries);
  return v.strictObject(entries, ({ expected, input }) => {
    // valibot expects "never" of a key that it does not know, and gives the key as the input; of one that is missing it expects the key.
    if (expected === 'never') return `is no part of it${didYouMean(String(input), keys)}: there are ${keys.join(', ')}`;
    return expected?.startsWith('"') === true ? 'is missing' : what;
  });
}

const lanes: readonly Lane[] = ['shared', 'exclusive', 'hostile', 'restart'];
const limits = [
  'streams',
  'handlers',
  'message',
  'body',
  'headerList',
  'callsPerConnection',
  'emptyFrames',
  'age',
  'idle',
] as const satisfies readonly (keyof TargetLimits)[];

const source = closed(
  {
    document: words,
    section: v.string('must be a text'),
    url: v.pipe(words, v.regex(/^https?:\/\/\S+$/, 'must start with https:// or http://')),
    strength: v.optional(v.string()),
  },
  "must be an object: { document: '…', url: 'https://…' }",
);

const effort = 'must be above 0 and at most 1';

/** What a property of the user's must be; what it is called where it is told is how the user writes it. */
const propertySchema = closed(
  {
    id: v.custom<string>(
      (id) => typeof id === 'string' && isOwnId(id),
      'must be of your own: OWN-, a number of two to four digits, and words in lower case, such as OWN-01-request-id-comes-back',
    ),
    requirement: closed(
      {
        level: oneOf(['must', 'should', 'may', 'convention']),
        rule: words,
        sources: v.pipe(listOf(source), v.minLength(1, 'must name where the rule is written down')),
      },
      'must be the rule',
    ),
    generates: words,
    accepts: v.pipe(listOf(words), v.minLength(1, 'must say what may come')),
    needs: v.optional(listOf(oneOf(Object.keys(unlocks) as Need[]))),
    lane: v.optional(oneOf(lanes)),
    slow: v.optional(flag),
    effort: v.optional(v.pipe(v.number(effort), v.gtValue(0, effort), v.maxValue(1, effort))),
    timed: v.optional(flag),
    afterwards: v.optional(flag),
    aboutConnecting: v.optional(flag),
    expectsDefence: v.optional(flag),
    aboutRefusals: v.optional(flag),
    exceeds: v.optional(listOf(oneOf(limits))),
    borrows: v.optional(listOf(oneOf(axisNames))),
    arbitrary: program,
    examples: v.optional(program),
    labels: v.optional(v.record(v.string(), program, 'must be classes in words, each with a function')),
    script: program,
    check: v.optional(program),
  },
  'is no property: make it with experiment() or stimulus()',
);

const suiteSchema = v.object(
  {
    name: v.pipe(
      v.string('must be a text'),
      v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be words in lower case, such as shop-rules'),
    ),
    properties: v.pipe(v.array(v.unknown(), 'must be a list'), v.minLength(1, 'must not be empty'), v.readonly()),
  },
  'is no suite',
);

/** How parts of a property are called where the user writes them. */
const nameOf: Readonly<Record<string, string>> = {
  requirement: '',
  sources: 'source',
  arbitrary: 'arbitrary (sends)',
  script: 'script (write)',
};

/** Suites of the user's own, with where each is from, for people. */
export interface OwnSuite {
  readonly suite: unknown;
  /** `own.suite.mjs`, `suites[0]`. */
  readonly from: string;
}

/**
 * Suites that users wrote, checked and made safe to play: ids of their own, each once, and checks that return what a check must.
 *
 * @param ours the suites that come along.
 * @throws ConformError ERR_SUITE: one sentence with the file, the rule and what to change
 */
export function readOwnSuites(given: readonly OwnSuite[], ours: readonly Suite[]): readonly Suite[] {
  const names = new Map(ours.map(({ name }) => [name, 'a suite that comes along']));
  const ids = new Map<string, string>();
  return given.map(({ suite, from }) => {
    const wrong = (what: string): ConformError => new ConformError('ERR_SUITE', `${shortPrintable(from)}: ${what}`);
    const outer = v.safeParse(suiteSchema, suite);
    if (!outer.success) throw wrong(describeNoSuite(suite, outer.issues[0]));
    const { name, properties } = outer.output;
    const taken = names.get(name);
    if (taken !== undefined) throw wrong(`the name ${JSON.stringify(name)} is that of ${taken}: choose another one`);
    names.set(name, `another suite, of ${from}`);
    for (const [index, property] of properties.entries()) {
      const result = v.safeParse(propertySchema, property);
      if (!result.success) throw wrong(describeIssue(property, index, result.issues[0]));
      const { id } = result.output;
      const before = ids.get(shortId(id));
      if (before !== undefined) throw wrong(`the id ${id} is taken by ${before}: each rule has a number of its own`);
      ids.set(shortId(id), id);
    }
    return { name, properties: (properties as readonly AnyProperty[]).map(makeSafe) };
  });
}

function describeNoSuite(value: unknown, issue: v.BaseIssue<unknown>): string {
  const [key] = keysOf(issue);
  const isNearly = typeof value === 'object' && value !== null && ('name' in value || 'properties' in value);
  if (key !== undefined && isNearly) return `the ${key} of the suite ${issue.message}`;
  const what = value === undefined ? 'nothing is exported' : `what is exported is ${describeKind(value)}`;
  return `${what}: export a suite, as in "export default suite('shop', [experiment(…)])"`;
}

const keysOf = ({ path }: v.BaseIssue<unknown>): readonly string[] =>
  (path ?? []).flatMap(({ key }) => (typeof key === 'string' || typeof key === 'number' ? [String(key)] : []));

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object that is no suite';
  return `a ${typeof value === 'string' ? 'text' : typeof value}`;
}

function describeIssue(property: unknown, index: number, issue: v.BaseIssue<unknown>): string {
  const id = typeof property === 'object' && property !== null && 'id' in property ? property.id : undefined;
  const who = typeof id === 'string' ? shortPrintable(id) : `its property ${index + 1}`;
  const named = keysOf(issue)
    .map((key) => nameOf[key] ?? key)
    .filter((key) => key !== '');
  return `${who}: ${[shortPrintable(named.join('.')), issue.message].filter((part) => part !== '').join(' ')}`;
}

/** A property whose inputs can be stored, and whose check can neither pass by saying nothing nor accuse in a way that nobody could report. */
function makeSafe(given: AnyProperty): AnyProperty {
  const { check, script } = given as unknown as Property<unknown>;
  const plainly: typeof script = (builder, input, facts) => {
    const problem = findUnplain(input);
    if (problem !== undefined)
      throw new ConformError(
        'ERR_SUITE',
        `its inputs must be plain data, so that they can be stored and played again, and one holds ${problem}: generate octets as (length, seed) with arb.message, and build the rest in the script`,
      );
    script(builder, input, facts);
  };
  const own = { ...given, script: plainly } as unknown as AnyProperty;
  if (check === undefined) return own;
  const safe: typeof check = (seen, input, facts) => {
    const breaches: unknown = check(seen, input, facts);
    const problem = Array.isArray(breaches)
      ? breaches.map((one) => problemOf(one)).find((one) => one !== undefined)
      : `it returned ${describeKind(breaches)}, and must return a list of breaches, [] when all is well`;
    if (problem !== undefined) throw new ConformError('ERR_SUITE', `its check: ${problem}`);
    return breaches as ReturnType<typeof check>;
  };
  return { ...own, check: safe };
}

/** What JSON could not hold of an input, in words. */
function findUnplain(value: unknown): string | undefined {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain) return `a ${value.constructor.name}`;
  return parts.map(findUnplain).find((problem) => problem !== undefined);
}

const breachSchema = v.object({
  observed: words,
  expected: words,
  reaction: words,
  severity: v.optional(oneOf(['warn', 'info'])),
  mark: v.optional(oneOf(['hang', 'crash'])),
  rule: v.optional(v.undefined('must be left out: a breach is of the rule of its check')),
});

function problemOf(breach: unknown): string | undefined {
  const result = v.safeParse(breachSchema, breach);
  if (result.success) return undefined;
  const [issue] = result.issues;
  const where = keysOf(issue).join('.');
  return `a breach is { observed, expected, reaction }, and ${where === '' ? 'this is none' : `its ${where} ${issue.message}`}`;
}

/** What a program of the user's threw while its property was played, as a reason. */
export function describeSuiteFault(error: unknown): string {
  const text = isConformError(error)
    ? error.sentence
    : error instanceof Error
      ? `${error.name}: ${error.message}`
      : String(error);
  return `its own code failed: ${shortPrintable(text)}`;
}
