import { cutText } from '../cut-text';
import type { Plan } from '../grpc/call-plan';
import type { TargetProcess } from '../launch/target';
import { gradeFinding } from '../report/conclude';
import type { FindingRecord } from '../report/model';
import { serializedSize, trimTranscript } from '../report/serialize';
import { hurtsConnection } from './condense';
import type { Experiment } from './executor';
import { judgeSecondOpinion } from './judge-second-opinion';
import { makeFinding } from './make-finding';
import type { RunContext } from './run-context';
import { isSteady, reduceFailure, type Counterexample, type ShrinkOptions, type Failure } from './run-property';
import type { Draft } from './run-records';
import { subSeed } from './sub-seed';

/**
 * Octets that the transcripts of all findings may take together, the part of what is left that one may take, and what each may take in any case. So the first
 * ones have a MiB each, and run.json stays a file that editors open however many there are.
 */
const mostRecorded = 12 * 1024 * 1024;
const recordedParts = 12;
const leastRecorded = 16 * 1024;

/**
 * Milliseconds for making one input smaller, for all of them together, and the part of what is left that one may take: a target that answers at once needs
 * little of it, and one that makes us wait each time does not take minutes. An input that was answered at once has its least share, whatever others have used up.
 */
const longestShrink = 10_000;
const shrinkInAll = 40_000;
const shrinkParts = 4;
const leastShrink = 500;
const atOnce = 100;

/** Milliseconds that words take through a pipe; with more, those about the next script would be among them. Lines that a finding shows, and their letters. */
const lateWords = 10;
const mostPrinted = 40;
const longestPrinted = 500;

/** What the process of a target printed while an input was played, with milliseconds from its beginning. */
function printedDuring(
  { startedAt, milliseconds }: Experiment,
  process: TargetProcess | undefined,
): NonNullable<FindingRecord['printed']> {
  if (startedAt === undefined || process === undefined) return [];
  return process
    .printedBetween(startedAt, startedAt + milliseconds + lateWords)
    .slice(0, mostPrinted)
    .map(({ at, text }) => ({ after: at - startedAt, output: cutText(text, longestPrinted) }));
}

/** Makes counterexamples small, turns them into findings and files these under the row that was broken; keeps transcripts and time within bounds. */
export class FindingFiler {
  readonly #context: RunContext;
  /** What the transcripts of findings have taken of {@link mostRecorded}. */
  #recorded = 0;
  /** Milliseconds that are left for shrinking. */
  #shrinkLeft = shrinkInAll;

  constructor(context: RunContext) {
    this.#context = context;
  }

  async reduce(
    failure: Failure,
    options: Omit<ShrinkOptions, 'shrinkMs' | 'confirmed'>,
    confirmed?: FindingRecord['confirmed'],
  ): Promise<Counterexample> {
    const { run, executor } = this.#context;
    const { shrink, quick } = run.options;
    const isWanted = shrink && confirmed === undefined && !(quick === true && failure.isKnown);
    const counterexample = await reduceFailure(failure, executor, {
      ...options,
      shrinkMs: isWanted ? this.#shrinkTimeOf(failure) : 0,
      ...(confirmed === undefined ? {} : { confirmed }),
    });
    this.#shrinkLeft -= counterexample.shrinkMs;
    return counterexample;
  }

  #shrinkTimeOf({ experiment }: Failure): number {
    const least = experiment.milliseconds <= atOnce ? leastShrink : 0;
    return Math.max(least, Math.min(longestShrink, this.#shrinkLeft / shrinkParts));
  }

  /** Turns a counterexample into a finding under the row that was broken. */
  async file(
    draft: Draft,
    failure: Failure,
    counterexample: Counterexample,
    extra: Partial<Pick<FindingRecord, 'radius' | 'process' | 'alsoSeenIn' | 'blocks'>> & {
      /** The file of the corpus that it is from, and the seed of its input. */
      readonly corpus?: { readonly file: string; readonly seed: number };
    } = {},
  ): Promise<void> {
    const { run, executor, levelOf, now } = this.#context;
    const { target, baseline, options } = run;
    const radius = extra.radius ?? (await this.#radiusOf(failure, counterexample));
    // What the confirming runs did not show again is in doubt already.
    const secondOpinion = isSteady(counterexample)
      ? await judgeSecondOpinion(target, counterexample.experiment, executor.facts)
      : undefined;
    const printed = printedDuring(counterexample.experiment, target.process);
    const finding = makeFinding({
      failure,
      counterexample,
      level: levelOf(failure.rule),
      facts: executor.facts,
      seed: extra.corpus?.seed ?? subSeed(options.seed, failure.property.id),
      radius,
      alsoSeenIn: extra.alsoSeenIn ?? [],
      ...(printed.length === 0 ? {} : { printed }),
      ...(extra.process === undefined ? {} : { process: extra.process }),
      ...(extra.blocks === undefined || extra.blocks.length === 0 ? {} : { blocks: extra.blocks }),
      ...(secondOpinion === undefined ? {} : { secondOpinion }),
    });
    const from = extra.corpus === undefined ? {} : { corpusFile: extra.corpus.file };
    const judged = { ...finding, ...from, ...(secondOpinion?.agrees === false ? { verdict: 'error' as const } : {}) };
    this.#add(draft, gradeFinding(judged, draft.id, baseline, now), counterexample.experiment.plan);
  }

  /** Files what is said of the whole run and no input shows; no baseline lists that. */
  fileStanding(draft: Draft, finding: FindingRecord, plan: Plan): void {
    this.#add(draft, finding, plan);
  }

  #add(draft: Draft, whole: FindingRecord, plan: Plan): void {
    const { run, records, executor } = this.#context;
    const finding = this.#trim(whole);
    records.add(draft, finding);
    const { rule, sources, accepts } = draft;
    run.listener({
      type: 'finding',
      id: draft.id,
      finding,
      row: { rule, sources, accepts },
      replay: { plan, facts: executor.facts },
    });
  }

  /** Transcripts of a run keep to a bound together: each takes no more than a part of what is left. */
  #trim(finding: FindingRecord): FindingRecord {
    const total = Math.max(leastRecorded, (mostRecorded - this.#recorded) / recordedParts);
    const transcript = trimTranscript(finding.transcript, Math.floor(total));
    this.#recorded += serializedSize(transcript);
    return { ...finding, transcript };
  }

  async #radiusOf({ property }: Failure, { experiment }: Counterexample): Promise<FindingRecord['radius']> {
    const { executor } = this.#context;
    if (executor.aborted) return 'connection';
    if (property.lane !== 'restart' && !(await executor.isServing())) return 'server';
    return (experiment.hurtsConnection ?? hurtsConnection(experiment.judgement.seen)) ? 'connection' : 'stream';
  }
}
