import { playScript } from '../connection/play-script';
import { ConformError } from '../error';
import { checkSanity } from '../launch/sanity';
import type { Target } from '../launch/target';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { Violation } from '../properties/violation';
import type { FailureFile } from '../report/failure-file';
import { printable } from '../report/printable';
import { judgeRun } from './judge-run';
import { noticeExit } from './notice-exit';

export interface ReplayResult {
  /** `FAILS`: the rule of the file is still broken. `FIXED`: it held. `ERROR`: we could not judge. */
  readonly outcome: 'FIXED' | 'FAILS' | 'ERROR';
  /** One sentence, escaped. */
  readonly text: string;
  readonly played: number;
}

/** Attempts for a finding that failed in some of its confirmations only. */
const flakyAttempts = 10;

/**
 * Plays the script of a failure file, octet for octet, and judges it by the same rule. No generator is involved.
 * @throws ConformError ERR_FAILURE_FILE when the file names a property that this version does not have.
 */
export async function replayFailure(
  file: FailureFile,
  target: Target,
  rows: readonly CatalogueRow[],
  signal?: AbortSignal,
): Promise<ReplayResult> {
  const property = rows.find(({ id }) => id === file.property)?.property;
  if (property === undefined) {
    throw new ConformError(
      'ERR_FAILURE_FILE',
      `The failure file is about ${printable(file.property)}, which this version of grpc-conform does not have; use the version that wrote it (${printable(file.tool.version)}).`,
    );
  }
  const isFlaky = file.finding.confirmed.failed < file.finding.confirmed.of;
  const attempts = isFlaky ? flakyAttempts : 1;
  let last: ReplayResult = { outcome: 'ERROR', text: 'the run was interrupted', played: 0 };
  for (let played = 1; played <= attempts && signal?.aborted !== true; played++) {
    last = { ...(await replayOnce(file, property, target, signal)), played };
    if (last.outcome !== 'FIXED') return last;
    if (property.lane === 'restart' && played < attempts) await target.process?.restart();
  }
  return last;
}

async function replayOnce(
  file: FailureFile,
  property: AnyProperty,
  target: Target,
  signal?: AbortSignal,
): Promise<Omit<ReplayResult, 'played'>> {
  const playback = await playScript(file.plan, {
    endpoint: target.endpoint(),
    // The target at hand may be slower than the one of the file.
    times: target.facts.times,
    ...(signal === undefined ? {} : { signal }),
    control: () => {
      target.process?.gracefulStop();
      return Promise.resolve();
    },
    sample: () => target.process?.residentMemory() ?? Promise.resolve(undefined),
  });
  if (signal?.aborted === true) return { outcome: 'ERROR', text: 'the run was interrupted' };
  const exit = property.lane === 'restart' ? undefined : await noticeExit(target.process, playback.views);
  if (exit !== undefined)
    return {
      outcome: 'FAILS',
      text: `the target's process ended (${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`})`,
    };
  const judgement = judgeRun(property, file.plan, playback, file.input, file.facts);
  if (judgement.kind !== 'judged') return { outcome: 'ERROR', text: printable(judgement.reason) };
  if (file.finding.mark === 'crash') {
    // The process of a target that we did not start, or one that ends a moment later.
    const trouble = await checkSanity({ endpoint: target.endpoint(), facts: target.facts, signal });
    if (trouble !== undefined) return { outcome: 'FAILS', text: printable(`the target no longer serves: ${trouble}`) };
  }
  const violation = judgement.violations.find(({ rule, severity }) => rule === file.rule && severity !== 'info');
  return violation === undefined
    ? { outcome: 'FIXED', text: `${file.rule} holds` }
    : { outcome: 'FAILS', text: describe(violation) };
}

const describe = ({ rule, observed }: Violation): string => printable(`${rule}: ${observed}`);
