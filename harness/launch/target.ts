import type { Endpoint } from '../connection/endpoint';
import type { TargetFacts } from '../properties/target-facts';
import type { ProcessExit } from '../report/events';
import type { TargetRecord } from '../report/model';

/** The server under test, ready to be called. */
export interface Target {
  /** Where it listens now; a restart may move it to another port. */
  readonly endpoint: () => Endpoint;
  readonly facts: TargetFacts;
  readonly record: TargetRecord;
  /** Present when we started it. */
  readonly process?: TargetProcess;
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
  /** Sends the signal that stops it gracefully; false when none was named. */
  readonly gracefulStop: () => boolean;
  /** Ends it when it still runs, starts it again and waits until it is ready. @throws ConformError ERR_TARGET_LOST when it does not become ready. */
  readonly restart: () => Promise<void>;
  /** Ends its whole process group and waits for that: SIGTERM, then SIGKILL. Never rejects. */
  readonly stop: () => Promise<void>;
}
