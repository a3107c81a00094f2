import type { Plan } from '../grpc/call-plan';
import type { TargetFacts } from '../facts/target-facts';
import type { FindingRecord, PropertyRecord, RowRecord, RunHeader, RunPhase, Verdict } from './model';

/** The only thing that the engine reports: consoles, files and jest listen to nothing else. Plain data throughout. */
export type RunEvent =
  /** Before anything is sent to the target but the probes that found out what it offers. */
  | { readonly type: 'run-started'; readonly header: RunHeader }
  /** What comes next in a whole run, so many milliseconds after it began, and how many properties take part. */
  | {
      readonly type: 'phase-started';
      readonly phase: RunPhase;
      readonly properties: number;
      readonly milliseconds: number;
    }
  | { readonly type: 'property-started'; readonly id: string; readonly runs: number }
  /** One input was played and judged. */
  | {
      readonly type: 'input-judged';
      readonly id: string;
      /** Number of the input, from 0. */
      readonly index: number;
      /** `corpus`: an input of the corpus, which comes first. */
      readonly phase: 'corpus' | 'search' | 'shrink' | 'confirm';
      /** Rules that were broken, none when the input passed. */
      readonly broken: readonly string[];
      readonly milliseconds: number;
    }
  /** A violation was shrunk and confirmed. `id` is the property it is filed under (that of the broken rule). */
  | {
      readonly type: 'finding';
      readonly id: string;
      readonly finding: FindingRecord;
      /** The rule that it is filed under, with its sources and what it accepts: its property may not have finished. */
      readonly row?: Pick<PropertyRecord, 'rule' | 'sources' | 'accepts'>;
      /** What playing the minimal input again needs: goes into the failure file, byte for byte. */
      readonly replay: { readonly plan: Plan; readonly facts: TargetFacts };
    }
  /** The last word on a property; may come a second time when another property's run broke its rule. */
  | { readonly type: 'property-finished'; readonly property: PropertyRecord }
  | { readonly type: 'target-exited'; readonly exit: ProcessExit; readonly during: readonly string[] }
  | { readonly type: 'target-restarted'; readonly milliseconds: number; readonly why: 'ended' | 'unanswered' }
  /** About how long the run will still take, in milliseconds; now and then. */
  | { readonly type: 'estimate'; readonly remainingMs: number }
  /** Something the user should know that is no verdict. */
  | { readonly type: 'warning'; readonly text: string }
  | {
      readonly type: 'run-finished';
      readonly status: 'complete' | 'incomplete';
      readonly verdict: Verdict;
      /** Why the run is incomplete. */
      readonly reason?: string;
      readonly exitCode: number;
      /** Absent when the run broke off. */
      readonly rows?: readonly RowRecord[];
      readonly milliseconds: number;
    };

/** How the target's process ended, with its last words. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last octets of its output, as text; not escaped. */
  readonly output: string;
}

export type RunListener = (event: RunEvent) => void;
