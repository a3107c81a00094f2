import * as v from 'valibot';
import { ConformError, isConformError } from '../error';
import type { AttachOptions } from '../launch/attach';
import { bundledName } from '../launch/bundled-target';
import {
  catchableSignals,
  checkCallField,
  largestConcurrency,
  largestCount,
  largestMessage,
  largestSeed,
  leastHeaderLimit,
  longestDuration,
} from '../launch/option-bounds';
import { shortestTimeout } from '../launch/times';
import { didYouMean } from '../nearest';
import { expectWords, needsOf } from '../facts/need';
import type { Suite } from '../properties/suite';
import { printable } from '../report/printable';

/** What `conformance` tests and how; names as on the command line. A new option is a line here and one in the table below, which the compiler asks for. */
export interface ConformanceOptions {
  /**
   * `host:port`, `http://…`, `https://…`, `unix:/path`, or `bundled` for the server that comes along; a function is called when the tests start, for a
   * server that chooses its port. This or `exec` must be there: no server is tested that nobody named.
   */
  readonly target?: string | (() => string | Promise<string>);
  /** Command that starts the target; `{port}` or `$PORT` is where it listens. */
  readonly exec?: string;
  readonly gracefulSignal?: NodeJS.Signals;
  /** Also flood and attack a target that `exec` has not started. */
  readonly hostile?: boolean;
  readonly transport?: AttachOptions['transport'];
  readonly authority?: string;
  /** Fields sent with every call. */
  readonly metadata?: AttachOptions['metadata'];
  /** Globs of your own methods that may be called, `pkg.Service/Method` or `*`; none when absent. */
  readonly method?: readonly string[];
  /** Globs of those that may be called again with the same request. */
  readonly idempotent?: readonly string[];
  /** Files that describe them; without any, the target is asked by server reflection. */
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
  readonly protoset?: readonly string[];
  /** Largest message that the target accepts, in octets. */
  readonly messageLimit?: number;
  /** Octets of the largest header list that it accepts, and most calls at a time on one connection; they override what is found. */
  readonly headerLimit?: number;
  readonly maxStreams?: number;
  /** Milliseconds, where the target was started so: its keepalive, and how long its connections live (gRFC A9). */
  readonly keepaliveTime?: number;
  readonly keepaliveTimeout?: number;
  readonly maxAge?: number;
  readonly maxAgeGrace?: number;
  readonly maxIdle?: number;
  /** Milliseconds for connecting, or for becoming ready: what `exec` starts, and what a `target` function waits for. @defaultValue 5000, or 30000 */
  readonly connectTimeout?: number;
  /** Milliseconds for an answer. */
  readonly timeout?: number;
  /** Ids, prefixes or globs; everything when absent. */
  readonly selectors?: readonly string[];
  readonly skip?: readonly string[];
  /** Rules of your own, written with `grpc-conform/suite`: what such a file exports. */
  readonly suites?: readonly Suite[];
  /** Known deviations; of several files a later one counts more. */
  readonly baseline?: string | readonly string[];
  /** What the target must offer, as on the command line: `tier-2`, `all`, or needs such as `metadata`. */
  readonly expect?: readonly string[];
  /** Inputs per property. @defaultValue 100 */
  readonly runs?: number;
  /** @defaultValue 1, so that a red test is about the change */
  readonly seed?: number;
  readonly concurrency?: number;
  /** Warnings fail tests, too. */
  readonly strict?: boolean;
  /** Folder for run.json, index.html and the failure files; none is written when absent. */
  readonly out?: string;
  /** Milliseconds that one property may take, and finding out what the target offers. @defaultValue 120000 */
  readonly testTimeout?: number;
}

// Each schema's message ends a sentence that starts with the option and what it is: "runs is "many": it must be …".

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const text = (what = 'a text that is not empty') => v.custom<string>(isText, what);

function texts(example: string) {
  const what = `a list of texts, as in ['${example}']`;
  return v.pipe(v.array(text('a text that is not empty'), what), v.readonly());
}

const flag = v.boolean('true or false');

function wholeNumber(least: number, most: number, unit = 'a whole number') {
  const what = `${unit} from ${least} to ${most}`;
  return v.pipe(v.number(what), v.integer(what), v.minValue(least, what), v.maxValue(most, what));
}

const milliseconds = (least = 1) => wholeNumber(least, longestDuration, 'a whole number of milliseconds');

/** An object with these keys and no others. */
function closed<Entries extends v.ObjectEntries>(entries: Entries, what: string) {
  const keys = Object.keys(entries);
  return v.strictObject(entries, ({ expected, input }) =>
    // valibot expects "never" of a key that it does not know, and gives the key as the input.
    expected === 'never' ? `${unknownKey}${didYouMean(String(input), keys)}: there are ${keys.join(', ')}` : what,
  );
}

const unknownKey = 'no option';

const address =
  "an address ('localhost:50051'), 'bundled', or a function that returns an address or the promise of one";

/** Every option, and what it must be. */
const schemas = {
  target: v.custom<NonNullable<ConformanceOptions['target']>>(
    (value) => typeof value === 'function' || isText(value),
    address,
  ),
  exec: text('the command that starts the target'),
  gracefulSignal: v.picklist(catchableSignals, `one of ${catchableSignals.join(', ')}`),
  hostile: flag,
  transport: closed(
    {
      plaintext: v.optional(flag),
      tls: v.optional(flag),
      insecure: v.optional(flag),
      servername: v.optional(text()),
      files: v.optional(
        closed(
          { ca: v.optional(text()), cert: v.optional(text()), key: v.optional(text()) },
          'an object with PEM texts: ca, cert, key',
        ),
      ),
    },
    'an object: { tls: true, … }',
  ),
  authority: text(),
  metadata: v.pipe(
    v.array(
      closed({ name: text(), value: v.string('a text') }, "an object: { name: 'authorization', value: '…' }"),
      "a list of fields, as in [{ name: 'authorization', value: '…' }]",
    ),
    v.readonly(),
  ),
  method: texts('pkg.Service/Method'),
  idempotent: texts('pkg.Service/Get*'),
  proto: texts('service.proto'),
  importPath: texts('protos'),
  protoset: texts('service.pb'),
  messageLimit: wholeNumber(1, largestMessage),
  headerLimit: wholeNumber(leastHeaderLimit, largestMessage),
  maxStreams: wholeNumber(1, largestCount),
  keepaliveTime: milliseconds(),
  keepaliveTimeout: milliseconds(),
  maxAge: milliseconds(),
  maxAgeGrace: milliseconds(),
  maxIdle: milliseconds(),
  connectTimeout: milliseconds(),
  timeout: milliseconds(shortestTimeout),
  selectors: texts('MSG-02'),
  skip: texts('MSG-02'),
  suites: v.pipe(
    // What stands in it is looked at with the rest of the catalogue.
    v.array(
      v.custom<Suite>(() => true),
      "a list of suites, as in [require('./own.suite.js')]",
    ),
    v.readonly(),
  ),
  baseline: v.custom<NonNullable<ConformanceOptions['baseline']>>(
    (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)),
    "the name of a file, or a list of names, as in ['team.json', 'known.json']",
  ),
  expect: v.pipe(
    v.array(
      v.custom<string>(
        (word) => typeof word === 'string' && needsOf(word) !== undefined,
        `one of ${expectWords.join(', ')}`,
      ),
      "a list of words, as in ['tier-2', 'health']",
    ),
    v.readonly(),
  ),
  runs: wholeNumber(1, largestCount),
  seed: wholeNumber(0, largestSeed),
  concurrency: wholeNumber(1, largestConcurrency),
  strict: flag,
  out: text('the name of a folder'),
  testTimeout: milliseconds(),
} satisfies {
  readonly [Name in keyof Required<ConformanceOptions>]: v.GenericSchema<unknown, ConformanceOptions[Name]>;
};

const schema = closed(
  // The entries stay those of the table, only that each may be absent.
  Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, v.optional(one)])),
  "an object, as in conformance({ target: 'localhost:50051' })",
);

/** Options that say which server is meant; one that is there and comes to nothing is never taken for one that is absent. */
const namingOptions = ['target', 'exec'] as const;

/**
 * Checks what a test file gave to `conformance`, which TypeScript may not have seen.
 * @throws ConformError ERR_USAGE: one sentence with the option, what it is and what it must be.
 */
export function checkOptions(given: unknown): ConformanceOptions {
  const result = v.safeParse(schema, given ?? {});
  if (!result.success) throw usage(describeIssue(result.issues[0], given));
  // The table has a schema for each option, whose result is the type of the option.
  const options = result.output as ConformanceOptions;
  for (const name of namingOptions) {
    if (name in options && options[name] === undefined)
      throw usage(`${name} is there and undefined: give it a value, or leave it out`);
  }
  const { target, exec, metadata = [] } = options;
  if (target === undefined && exec === undefined) {
    throw usage(
      `no server is named: give target: 'localhost:50051', exec: 'node server.js --port {port}', or target: '${bundledName}' for the server that comes along`,
    );
  }
  metadata.forEach((field, index) => checkCallField(field, `conformance(): metadata[${index}]`));
  return options;
}

/** What a `target` function gave. @throws ConformError ERR_USAGE when that is no address. */
export function checkAddress(value: unknown): string {
  if (isText(value)) return value;
  throw usage(
    `the target function gave ${describeValue(value)}: it must give an address such as 'localhost:50051', or the promise of one`,
  );
}

/** Whatever a function of the user threw, as an error that says whose it is. */
export function asTargetError(error: unknown): ConformError {
  if (isConformError(error)) return error;
  const reason = printable(error instanceof Error ? error.message : String(error));
  return new ConformError('ERR_USAGE', `conformance(): the target function failed: ${reason}`, { cause: error });
}

const usage = (message: string): ConformError => new ConformError('ERR_USAGE', `conformance(): ${message}`);

function describeIssue(issue: v.BaseIssue<unknown>, given: unknown): string {
  const path = describePath(issue);
  if (issue.message.startsWith(unknownKey)) return `${path} is ${issue.message}`;
  const value = issue.path === undefined ? given : issue.path.at(-1)?.value;
  // What stands in metadata may be secret, also where it is not what it must be.
  const what = path.startsWith('metadata') ? describeKind(value) : describeValue(value);
  return `${path === '' ? 'the argument' : path} is ${what}: it must be ${issue.message}`;
}

/** `transport.tls`, `metadata[0].name`. */
function describePath({ path }: v.BaseIssue<unknown>): string {
  const keys = path?.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${printable(String(key))}`)) ?? [];
  return keys.join('').replace(/^\./, '');
}

/** Longest value that a sentence quotes. */
const longestValue = 60;

function describeValue(value: unknown): string {
  if (typeof value === 'string') return printable(JSON.stringify(cut(value)));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describeKind(value);
}

const cut = (value: string): string => (value.length > longestValue ? `${value.slice(0, longestValue)}…` : value);

function describeKind(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' ? 'an object' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}
