import { delimiter } from 'node:path';
import { defaultEngineOptions } from '../engine/default-engine-options';
import { largestConcurrency, largestCount, largestMessage, leastHeaderLimit } from '../launch/option-bounds';
import {
  parseChoice,
  parseChoices,
  parseDuration,
  parseExpectation,
  parseHeader,
  parseInteger,
  parseSeed,
  parseShard,
  parseSignal,
  parseSwitch,
  parseText,
  parseTimeout,
  parseWords,
  type ParseValue,
} from './parse-values';

const reporterNames = ['pretty', 'line', 'github', 'json'] as const;
export type ReporterName = (typeof reporterNames)[number];

const levels = ['must', 'should', 'may', 'convention'] as const;

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
  /** The words that it takes, where these are few and known; `parse` is what checks them. */
  readonly choices?: readonly string[];
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
  /** True: a configuration file may give one value without a list around it. */
  readonly takesOne?: boolean;
  /** As in {@link ValueSetting}. */
  readonly isPath?: boolean;
}

export type SettingSpec = SwitchSetting | CountSetting | ValueSetting | ListSetting;

/** Every setting, once: what flags, variables of the environment and configuration files have in common, and where the type of {@link Settings} comes from. */
export function settingSpecs(environment: NodeJS.ProcessEnv) {
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
    hostile: {
      kind: 'switch',
      group: 'target',
      flags: '--hostile',
      help: 'also flood and attack a target that runs already; one that is started always is',
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
    keepaliveTime: {
      kind: 'value',
      group: 'target',
      flags: '--keepalive-time <time>',
      help: 'the target was started so that it sends a PING after this time without a sign of life',
      parse: parseDuration,
    },
    keepaliveTimeout: {
      kind: 'value',
      group: 'target',
      flags: '--keepalive-timeout <time>',
      help: 'and so that it drops who does not answer within this time',
      parse: parseDuration,
    },
    maxAge: {
      kind: 'value',
      group: 'target',
      flags: '--max-age <time>',
      help: 'the target was started so that it ends connections of this age',
      parse: parseDuration,
    },
    maxAgeGrace: {
      kind: 'value',
      group: 'target',
      flags: '--max-age-grace <time>',
      help: 'and so that calls may go on for this time then',
      parse: parseDuration,
    },
    maxIdle: {
      kind: 'value',
      group: 'target',
      flags: '--max-idle <time>',
      help: 'the target was started so that it ends connections without calls after this time',
      parse: parseDuration,
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
      choices: ['true', 'false'],
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
      choices: levels,
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
    suiteFile: {
      kind: 'list',
      group: 'select',
      flags: '--suite-file <file>',
      help: 'rules of your own, as docs/own-suites.md says; may be given more than once',
      parse: parseText,
      separator: delimiter,
      isPath: true,
    },
    lastFailed: {
      kind: 'switch',
      group: 'select',
      flags: '--last-failed',
      help: 'only what failed in the last run in the folder of the report, with its seed',
    },
    runs: {
      kind: 'value',
      group: 'generate',
      flags: '--runs <n>',
      help: `inputs per property (default ${defaultEngineOptions.runs})`,
      parse: parseInteger(1, largestCount),
    },
    quick: {
      kind: 'switch',
      group: 'generate',
      flags: '--quick',
      help: 'a tenth of the inputs, and no property that takes seconds',
    },
    corpus: {
      kind: 'value',
      group: 'generate',
      flags: '--corpus <folder>',
      help: 'failure files whose inputs are played first; new failures of the run are added to them',
      parse: parseText,
      isPath: true,
    },
    deep: {
      kind: 'switch',
      group: 'generate',
      flags: '--deep',
      help: 'ten times the inputs; says first about how long that takes',
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
      kind: 'list',
      group: 'verdict',
      flags: '--baseline <file>',
      help: 'known deviations, which do not make the run fail; of several files a later one counts more',
      parse: parseText,
      separator: delimiter,
      isPath: true,
      takesOne: true,
    },
    knownOf: {
      kind: 'list',
      group: 'verdict',
      flags: '--known-of <servers>',
      help: 'what is published about these servers is known, too, where no baseline says otherwise: grpc-go, grpc-java, grpcio, …',
      parse: parseWords,
      separator: ',',
    },
    updateBaseline: {
      kind: 'switch',
      group: 'verdict',
      flags: '--update-baseline',
      help: 'write what the run found into the (last) baseline file',
    },
    expect: {
      kind: 'list',
      group: 'verdict',
      flags: '--expect <words>',
      help: 'what the target must offer: tier-1, tier-2 (the methods of TestService and what they promise), all, or needs: unary, metadata, gzip, health, …',
      parse: parseExpectation,
      separator: ',',
    },
    previous: {
      kind: 'value',
      group: 'verdict',
      flags: '--previous <file>',
      help: 'run.json of an earlier run: the report says what became worse and better since',
      parse: parseText,
      isPath: true,
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
    shard: {
      kind: 'value',
      group: 'scale',
      flags: '--shard <i/n>',
      help: 'the i-th of n parts of the run, about equally long; "grpc-conform merge" puts them together',
      parse: parseShard,
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
      choices: reporterNames,
    },
    verbose: {
      kind: 'count',
      group: 'output',
      flags: '-v, --verbose',
      help: 'a line per input; -vv also frames, and stacks of our own errors',
    },
  } satisfies Readonly<Record<string, SettingSpec>>;
}

type Specs = ReturnType<typeof settingSpecs>;

export type SettingName = keyof Specs;

/** What comes of a setting: of a list the values that its parser gives, one at a time or several. */
type ValueOf<Spec> = Spec extends { readonly kind: 'switch' }
  ? boolean
  : Spec extends { readonly kind: 'count' }
    ? 0 | 1 | 2
    : Spec extends { readonly kind: 'value'; readonly parse: ParseValue<infer Value> }
      ? Value
      : Spec extends { readonly kind: 'list'; readonly parse: ParseValue<infer Value> }
        ? readonly (Value extends readonly (infer Element)[] ? Element : Value)[]
        : never;

/** Everything that can be set by a flag, a variable of the environment or the configuration file. Durations are in milliseconds. */
export type Settings = { readonly [Name in SettingName]?: ValueOf<Specs[Name]> };

/** The name of the flag: `--connect-timeout`. */
export function flagOf(spec: SettingSpec): string {
  return /--[a-z-]+/.exec(spec.flags)?.[0] ?? spec.flags;
}
