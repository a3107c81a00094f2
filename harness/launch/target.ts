import type { RowId } from '../catalogue';
import type { Endpoint } from '../connection/endpoint';
import type { MemoryBudget } from '../connection/memory-budget';
import type { Playback } from '../connection/play-script';
import type { Plan } from '../grpc/call-plan';
import type { Need } from '../facts/need';
import type { TargetFacts } from '../facts/target-facts';
import type { StrayProcess } from './reach/marked-processes';
import type { PrintedLine } from './reach/output-tail';
import type { ProcessExit } from '../report/events';
import type { TargetRecord } from '../report/model';

/** The server under test, ready to be called. */
export interface Target {
  /** Where it listens now; a restart may move it to another port. */
  readonly endpoint: () => Endpoint;
  readonly facts: TargetFacts;
  readonly record: TargetRecord;
  /** Why nothing can be tested although the target speaks HTTP/2: a clause. The first of the conversations' findings says it with packets. */
  readonly unusable?: string;
  /** Everything that was said to the target before the run, to be judged like all other traffic by who takes it out; absent where nobody kept it. */
  readonly conversations?: Conversation[];
  /** For all that it sends, before the run and in it. */
  readonly budget?: MemoryBudget;
  /** Present when we started it. */
  readonly process?: TargetProcess;
}

/** One script that found something out about a target before the run, and what came back. */
export interface Conversation {
  /** What was asked, for people: `the plain unary call`, `server reflection`. */
  readonly about: string;
  readonly plan: Plan;
  readonly playback: Playback;
  /** Present when it was the plain use of something that is there. */
  readonly plain?: {
    /** The capability; absent for what every target has. */
    readonly need?: Need;
    /** The row about such calls. */
    readonly row: RowId;
    /** An input of that row's property which makes the same call. */
    readonly input: unknown;
    readonly state: 'offered' | 'broken';
  };
}

/** A target that we started and must end. */
export interface TargetProcess {
  readonly pid: number;
  /** How it ended, once it has. */
  readonly exit: () => ProcessExit | undefined;
  /**
   * The same, but certain: a connection that the target closes is seen before the end of its process is. A process that still answers has not ended; the
   * end of one that does not is waited for, a second at most.
   */
  readonly findExit: () => Promise<ProcessExit | undefined>;
  /** Called each time the process ends, whether or not we asked for it. */
  readonly onExit: (listener: (exit: ProcessExit) => void) => void;
  /** Resident memory of its process group, in octets; undefined where it cannot be read. */
  readonly residentMemory: () => Promise<number | undefined>;
  /** Open descriptors of its process group; undefined where they cannot be counted. */
  readonly openDescriptors: () => number | undefined;
  /** Lines that it began to print in that time, on the clock of `performance.now()`: of the last ones, and of the process that runs now. */
  readonly printedBetween: (from: number, to: number) => readonly PrintedLine[];
  /** Sends the signal that stops it gracefully; false when none was named. */
  readonly gracefulStop: () => boolean;
  /**
   * Ends it when it still runs, starts it again and waits until it is ready.
   * @returns milliseconds from the start of the new process until it was ready.
   * @throws ConformError ERR_TARGET_LOST when it does not become ready.
   */
  readonly restart: () => Promise<number>;
  /** Ends its whole process group, and what has left that where it can be found, and waits for it: SIGTERM, then SIGKILL. Never rejects. */
  readonly stop: () => Promise<void>;
  /** Processes outside of its group that had to be ended, since this was asked last. */
  readonly takeStrays: () => readonly StrayProcess[];
}
