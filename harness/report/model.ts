import type { Transcript } from '../transcript/transcript';
import type { Level, Source } from '../catalogue/requirement';
import type { ProcessExit } from './events';

/** Version of run.json; raised when a field is removed or changes its meaning. */
export const runSchemaVersion = 1;

/** What was concluded for a property (architecture: verdicts). `known` and `stale` come from the baseline. */
export type PropertyVerdict =
  | 'pass'
  | 'fail'
  | 'warn'
  | 'info'
  | 'untestable'
  | 'blocked'
  | 'lost'
  | 'skipped'
  | 'not-run'
  | 'flaky'
  | 'error'
  | 'known'
  | 'stale';

/** What a run says of a row: the verdict of its property, or of the rules that watch it; `not-seen` when there was nothing to look at. */
export type RowVerdict = PropertyVerdict | 'not-seen';

/** A row with what its verdict rests on. */
export interface RowRecord {
  /** Id of the catalogue row. */
  readonly row: string;
  readonly verdict: RowVerdict;
  /** Inputs of the search in which there was something to look at, with the calls and connections that they made. */
  readonly inputs: number;
  readonly calls: number;
  readonly connections: number;
  /** Calls, connections or packets that the rule looked at; each input counts as one for what only its property checks. */
  readonly judged: number;
}

/** The verdict of the run: `fail` when something gates (exit code 1), `error` when we could not judge. */
export type Verdict = 'pass' | 'fail' | 'error';

/** One line per verdict, shown wherever verdicts are. */
export const verdictMeanings: Readonly<Record<PropertyVerdict, string>> = {
  fail: 'a MUST is broken, or the server crashed or hung',
  warn: 'a SHOULD or a convention is broken, or the right kind of answer came in an unusual form; still conformant',
  flaky: 'seen, but not in every confirming run; gates only when it breaks a MUST and --strict is given',
  known: 'broken as the baseline file says; does not gate',
  stale: 'listed in the baseline file but no longer broken; remove the entry',
  error: 'we could not judge: no connection, or a fault of ours',
  lost: 'expected, or offered when the baseline was written, and offered no more',
  blocked: 'a plain call that the rule builds on fails; counted with that finding',
  untestable: 'the server does not offer what the rule needs; what would unlock it is named',
  'not-run': 'the run ended before its turn came, or what was seen could not be judged a second time',
  skipped: 'excluded by the user',
  info: 'a free choice of the server, recorded so that servers can be compared',
  pass: 'no violation in any run',
};

/** Everything known when a run starts. */
export interface RunHeader {
  readonly tool: { readonly name: string; readonly version: string };
  readonly startedAt: string;
  readonly commandLine: readonly string[];
  /** The words that start the program again where it was started: `npx`, `grpc-conform`. Absent in files of older versions. */
  readonly invocation?: readonly string[];
  readonly seed: number;
  readonly runs: number;
  readonly target: TargetRecord;
  readonly baseline?: {
    /** Its name; of several, all their names. */
    readonly file: string;
    /** Entries that count. */
    readonly entries: number;
    /** Where there are several: each with how many of its entries count, the lowest first. */
    readonly layers?: readonly { readonly file: string; readonly entries: number }[];
  };
  /** Capabilities that must be offered and are not; each of them gates. Absent when there is none, and in files of older versions. */
  readonly lost?: readonly LostRecord[];
  /** Ids of the properties that will run, and of all others with the reason. */
  readonly selected: readonly string[];
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Which settings were given, by their flags, and where: `command line`, a variable of the environment, or a file. */
  readonly given?: Readonly<Record<string, string>>;
}

export interface TargetRecord {
  /** As the user would write it: `127.0.0.1:50051`, `unix:/tmp/s`, `https://host:443`, or the name of the bundled server. */
  readonly name: string;
  /** True: nobody named a target, so it is the bundled server. */
  readonly byDefault?: boolean;
  readonly transport: 'tcp' | 'tls' | 'unix' | 'unix+tls';
  readonly tls?: { readonly version: string; readonly alpn: string; readonly cipher: string };
  /** 0: unknown methods only; 1: methods of the user's own; 2: grpc.testing.TestService, whatever else. */
  readonly tier: 0 | 1 | 2;
  /** What the target calls itself, from its answers; may be empty. */
  readonly identification: string;
  readonly offers: readonly string[];
  readonly missing: readonly { readonly need: string; readonly unlock: string; readonly properties: number }[];
  /** How many of the selected properties can be tested. */
  readonly testable?: number;
  /** {@link missing}, grouped by what would have to be done; a property that waits for two things is counted with both. */
  readonly locked?: readonly { readonly unlock: string; readonly properties: number }[];
  /** What was found out of each capability that the run asked for; absent in files of older versions. */
  readonly capabilities?: readonly CapabilityRecord[];
  /** Present when every plain call is refused for who asks or for now: what was answered, and what would help. */
  readonly denied?: { readonly answer: string; readonly unlock: string };
  /** What the target lets a client ask of it at most, as it announced or showed; absent in files of older versions. */
  readonly limits?: readonly LimitRecord[];
  readonly roundTripMs: number;
  readonly exec?: string;
  /** What descriptors say of the target's services; absent when nobody looked. */
  readonly schema?: {
    /** `server reflection v1`, `--proto user.proto`. */
    readonly from: string;
    readonly services: readonly ServiceRecord[];
    /** What is listed or needed but not described, and the like: clauses without a full stop. */
    readonly problems: readonly string[];
  };
}

/** What a target does with the plainest use of a capability. */
export interface CapabilityRecord {
  readonly need: string;
  /**
   * `offered`: it works. `absent`: refused as unimplemented in a legal form. `broken`: it is there, and its plain call fails. `unkept`: only the fixture
   * promises it, and does not keep it. `denied`: every answer is about who asks or how much, so nobody knows.
   */
  readonly state: 'offered' | 'absent' | 'broken' | 'unkept' | 'denied';
  /** What was seen, for all states but `offered`: a clause without a full stop. */
  readonly why?: string;
}

/** A capability that must be offered and is not. */
export interface LostRecord {
  readonly need: string;
  /** `the baseline`, or the option that expects it: `--expect tier-2`. */
  readonly because: string;
  /** The baseline that lists it, where there are several. */
  readonly file?: string;
  /** The end of a sentence that starts with "To unlock it, …". */
  readonly unlock: string;
}

/** One limit of a target, which the run keeps. */
export interface LimitRecord {
  /** The key of {@link TargetLimits}. */
  readonly name: string;
  readonly value: number;
  /** Where it was read: `SETTINGS_MAX_CONCURRENT_STREAMS`, `HTTP 413 above it`, `--header-limit`. */
  readonly from: string;
}

export interface ServiceRecord {
  /** Full name. */
  readonly name: string;
  /** False for services of gRPC itself and our probe: for tests and tools. Their methods are not listed. */
  readonly isUsers: boolean;
  readonly methods: readonly {
    /** Without the service. */
    readonly name: string;
    readonly kind: 'unary' | 'client-streaming' | 'server-streaming' | 'bidirectional-streaming';
    /** Full names of the types. */
    readonly input: string;
    readonly output: string;
    /** `--method` names it. */
    readonly allowed: boolean;
    /** Its descriptor or `--idempotent` says that it may be called again with the same request. */
    readonly idempotent: boolean;
  }[];
}

export interface PropertyRecord {
  readonly id: string;
  readonly area: string;
  readonly level: Level;
  /** The rule, one sentence. */
  readonly rule: string;
  readonly sources: readonly Source[];
  readonly generates: string;
  readonly accepts: readonly string[];
  readonly verdict: PropertyVerdict;
  /** Inputs played in the search. */
  readonly runs: number;
  readonly durationMs: number;
  /**
   * Milliseconds that its plays took, one after the other, and for how many of them they waited by the clock: pauses, silence that had to be heard, waits that ran
   * out. Absent when nothing was played.
   */
  readonly playedMs?: number;
  readonly waitedMs?: number;
  /** Why it is untestable, skipped, stale or in error, or was cut short; for untestable also what unlocks it. */
  readonly reason?: string;
  readonly unlock?: string;
  readonly findings: readonly FindingRecord[];
  /** Present when it could not be judged through a fault of ours. */
  readonly isOurFault?: true;
  /** Present when it could not be judged because code of the user's own suite failed. */
  readonly isSuiteFault?: true;
  /** How often each recorded reaction was seen in passing runs, e.g. `{ "status 13": 40, "RST PROTOCOL_ERROR": 60 }`. */
  readonly reactions?: Readonly<Record<string, number>>;
  /**
   * Where more than one answer is right: how many inputs that broke nothing had each, e.g. `{ "status 3": 40, "RST PROTOCOL_ERROR": 2 }`; absent when there was no
   * choice.
   */
  readonly answers?: Readonly<Record<string, number>>;
  /**
   * How many judged inputs were of each class that the property names, and how many had another value than the plainest on an axis, e.g.
   * `{ "an empty message": 40, "ending: empty DATA": 12 }`; absent when there was none.
   */
  readonly labels?: Readonly<Record<string, number>>;
  /** Of a property without a finding. Absent in files of older versions, in published ones, and where nothing was judged. */
  readonly sample?: SampleRecord;
}

/** One input of a property that broke nothing, with what was played of it. */
export interface SampleRecord {
  /** As generated; plain data. Absent where it is large. */
  readonly input?: unknown;
  /** The script in words, one line per step. */
  readonly script: readonly string[];
  /** Its first octets. */
  readonly transcript: SerializedTranscript;
}

/** One of the runs that confirm a finding. */
export interface AttemptRecord {
  /** Of the same violation; absent when the rule held that time. */
  readonly reaction?: string;
  readonly milliseconds: number;
}

export interface FindingRecord {
  /** The catalogue row that was broken. */
  readonly rule: string;
  readonly level: Level;
  readonly verdict: 'fail' | 'warn' | 'info' | 'flaky' | 'known' | 'error';
  /** How bad it is, whatever became of it: also of a known or flaky one. Absent in files of older versions. */
  readonly gravity?: 'fail' | 'warn';
  readonly mark?: 'crash' | 'hang';
  readonly confirmed: { readonly failed: number; readonly of: number };
  /** The runs that {@link confirmed} counts, in the order in which they ended; absent in files of older versions, and where the process ended. */
  readonly attempts?: readonly AttemptRecord[];
  /** One sentence: what was sent, what came back. */
  readonly summary: string;
  readonly sent: string;
  readonly observed: string;
  readonly expected: string;
  readonly reaction: string;
  /** What was hurt: the stream, the whole connection, or the server. */
  readonly radius: 'stream' | 'connection' | 'server';
  /** Inputs up to and including the first that failed. */
  readonly inputsTried: number;
  readonly shrinks: number;
  /** The property whose script provoked it, when not the rule's own. */
  readonly provokedBy?: string;
  /** Other properties whose runs broke the same rule. */
  readonly alsoSeenIn: readonly string[];
  /** The minimal input, as generated; plain data. */
  readonly input: unknown;
  /** Axes on which the minimal script is not the plainest; absent when there is none. Plain data. */
  readonly axes?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly path: string;
  /** The minimal script in words, one line per step. */
  readonly script: readonly string[];
  /** The input that was found first, where it was made smaller: its script in words, cut where it is long, and what broke the rule then. */
  readonly firstFound?: { readonly script: readonly string[]; readonly reaction: string };
  readonly transcript: SerializedTranscript;
  /** The packet that broke the rule. */
  readonly at?: { readonly connection: string; readonly packet: number };
  /** What independent clients saw for the same call, when it could be said through them. */
  readonly secondOpinion?: { readonly clients: readonly string[]; readonly agrees: boolean; readonly text: string };
  readonly process?: ProcessExit;
  /**
   * What the process of the target printed while the script was played, by us or by whoever ran beside it: how many milliseconds after the script began, and the line,
   * not escaped. Absent where it printed nothing, and where the process is not ours.
   */
  readonly printed?: readonly { readonly after: number; readonly output: string }[];
  /** Relative to run.json. */
  readonly failureFile?: string;
  /** The file of the corpus whose input showed it, without its folder. */
  readonly corpusFile?: string;
  /** Properties that could not be judged because of this: their needs are what it breaks. */
  readonly blocks?: readonly string[];
  /** Findings of one run with equal keys are taken for one cause: the class of the reaction, and what was unusual about the request. */
  readonly causeKey?: string;
  /** What the key is made of, and what else was unusual about the request: by that one cause explains another. */
  readonly symptom?: Symptom;
  /** From the baseline entry that lists it. */
  readonly known?: {
    readonly reason: string;
    readonly link?: string;
    /** The baseline that lists it, where there are several. */
    readonly file?: string;
  };
}

/** What a finding is about, as far as findings of one run are compared by it. Neither part holds a number that was generated. */
export interface Symptom {
  /** The class of the reaction, with its mark. */
  readonly reaction: string;
  /** What was unusual about the request, as far as it tells this cause from others; empty where nothing was. */
  readonly telling: readonly string[];
  /** All that was unusual about the request. */
  readonly features: readonly string[];
  /** What else must be equal: the rule, or what it wants. */
  readonly beside?: string;
  /** The kind of call and what the rule wants, which would stand beside it were nothing unusual. */
  readonly plainly?: string;
  /** What decides is known, so that nothing else explains it. */
  readonly isSure?: true;
}

/** A {@link Transcript} as JSON: octets are base64, and those past the cap per event are left out and counted. */
export type SerializedTranscript = SerializedOctets<Transcript>;

type SerializedOctets<T> = T extends Uint8Array
  ? { readonly base64: string; readonly omitted?: number }
  : T extends readonly (infer E)[]
    ? readonly SerializedOctets<E>[]
    : T extends object
      ? { readonly [K in keyof T]: SerializedOctets<T[K]> }
      : T;

/** The phases of a whole run, in their order, with what each is for. */
export const phaseMeanings = {
  discovery: 'finding out what the target offers',
  examples: 'what is always tried of each property, side by side',
  search: 'the other inputs, side by side',
  exclusive: 'properties that need the target to themselves',
  hostile: 'attacks, one at a time',
  restart: 'properties that end the target, or start it again',
  settling: 'what was seen broken beside, played again',
} as const;

export type RunPhase = keyof typeof phaseMeanings;

/** One phase of a run; it lasts until the next one begins. */
export interface PhaseRecord {
  readonly phase: RunPhase;
  /** How many take part; of `settling` how many rules. */
  readonly properties: number;
  /** Milliseconds after the beginning of the run. */
  readonly startedMs: number;
}

/** What a run has that an earlier one had not, and the other way round. */
export interface ChangeRecord {
  /** The earlier run: its file, as the user named it, when it was made, and what it came to. */
  readonly since: { readonly file: string; readonly startedAt: string; readonly verdict: string };
  readonly worse: readonly ChangedRow[];
  readonly better: readonly ChangedRow[];
  /** What else than the server may be the reason; one sentence each. */
  readonly notes: readonly string[];
}

/** One thing in which a row differs from that of an earlier run. */
export interface ChangedRow {
  readonly id: string;
  /** A clause. */
  readonly text: string;
}

/** Short hashes of a run, in hexadecimal: of what was asked, and of what was found. */
export interface RunHashes {
  readonly asked: string;
  readonly found: string;
}

/** run.json. */
export interface RunRecord {
  readonly schemaVersion: typeof runSchemaVersion;
  /** `incomplete`: the run was cut short; what is here is true as far as it goes. */
  readonly status: 'complete' | 'incomplete';
  readonly reason?: string;
  readonly verdict: Verdict;
  readonly exitCode?: number;
  readonly seed: number;
  readonly header: RunHeader;
  readonly target: TargetRecord;
  readonly properties: readonly PropertyRecord[];
  /** Every row that was asked for or watched, in the order of the catalogue. Absent while the run goes on, and in files of older versions. */
  readonly rows?: readonly RowRecord[];
  readonly warnings: readonly string[];
  readonly exits: readonly ProcessExit[];
  readonly durationMs: number;
  /** What the run did one after the other. Absent of shards that were merged, in files of older versions, and where properties were run one by one. */
  readonly phases?: readonly PhaseRecord[];
  /** Present when the run is over. */
  readonly hashes?: RunHashes;
  /** Present when an earlier run was named to be held against this one, and this one is over. */
  readonly change?: ChangeRecord;
}
