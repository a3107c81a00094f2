import type { Target } from '../launch/target';
import { isConformError } from '../error';
import type { CatalogueRow } from '../properties/catalogue';
import { needsOwnMethods } from '../facts/need';
import type { AnyProperty } from '../properties/property';
import type { PropertyRecord } from '../report/model';
import { reduceRun } from '../report/run-model';
import type { RunRecord } from '../report/model';
import type { Mutant } from '../servers/reference/mutants';
import { shortId } from '../catalogue';
import { makeRunHeader } from './run-header';
import { runConformance, type EngineOptions } from './run-conformance';
import { isShared } from './lanes';
import { isKilled, type Inputs } from './mutant-table';

/** Inputs of each experiment, stage by stage, until one finds the mutant: the search of its own row ends with the first failure, that of others does not. */
const stages = { own: [100], provoking: [12, 60], others: [8] } as const;

/** How a mutant is to be found. */
export interface MutantTrial {
  readonly mutant: Mutant;
  readonly seed: number;
  readonly inputs: Inputs;
  /** A mutant that listens, with what the correct server offers. */
  readonly target: Target;
  readonly rows: readonly CatalogueRow[];
  readonly properties: readonly AnyProperty[];
  /** True: when the experiments that are meant for it have missed it, all others are tried. */
  readonly triesOthers: boolean;
  readonly signal?: AbortSignal;
}

/** The experiments that are to find a mutant: that of its row, or those that its author named. */
export function experimentsFor(
  { breaks, provokedBy = [] }: Pick<Mutant, 'breaks' | 'provokedBy'>,
  properties: readonly AnyProperty[],
): readonly AnyProperty[] {
  const own = properties.filter(({ id }) => id === breaks);
  const named = provokedBy.flatMap((row) => properties.filter(({ id }) => shortId(id) === row));
  return own.length > 0 ? [...own, ...named] : named;
}

/** Plays experiments against a mutant, one after the other, until one finds it. @returns the records of all that were played. */
export async function playMutant(trial: MutantTrial): Promise<readonly PropertyRecord[]> {
  const { mutant, properties, triesOthers } = trial;
  const meant = experimentsFor(mutant, properties);
  const others = properties.filter((property) => !meant.includes(property) && sharesTarget(property));
  const own = meant.some(({ id }) => id === mutant.breaks);
  const plays = [
    ...(own ? stages.own : stages.provoking).flatMap((runs) => meant.map((property) => ({ runs, group: [property] }))),
    ...(triesOthers ? stages.others.map((runs) => ({ runs, group: others })) : []),
  ];
  const records: PropertyRecord[] = [];
  for (const { runs, group } of plays) {
    if (trial.signal?.aborted === true) break;
    records.push(...(await playGroup(trial, group, runs)));
    if (isKilled(mutant.breaks, records)) break;
  }
  return records;
}

/** True when the experiment of its row calls methods of the user's own, whose answers may be without end. */
export const breaksOwnMethods = ({ breaks }: Pick<Mutant, 'breaks'>, properties: readonly AnyProperty[]): boolean =>
  properties.some(({ id, needs }) => id === breaks && needsOwnMethods(needs));

/** Answers without end beside each other keep a process from anything else. */
const inputsAtOnce = ({ mutant, properties }: MutantTrial): number => (breaksOwnMethods(mutant, properties) ? 4 : 16);

/** True for what can run beside others, in clear text and without the process of the target. */
export const sharesTarget = (property: AnyProperty): boolean =>
  isShared(property) && property.needs?.includes('tls') !== true;

async function playGroup(
  trial: MutantTrial,
  group: readonly AnyProperty[],
  runs: number,
): Promise<readonly PropertyRecord[]> {
  const { seed, inputs, target, rows, signal } = trial;
  const properties = inputs === 'with examples' ? group : group.map(withoutExamples);
  const options: EngineOptions = {
    seed,
    runs,
    concurrency: inputsAtOnce(trial),
    shrink: false,
    bail: false,
    strict: true,
  };
  let run: RunRecord | undefined;
  try {
    await runConformance({
      target,
      rows,
      properties,
      skipped: [],
      header: makeRunHeader({ target, properties, options, commandLine: ['self-test'] }),
      options,
      listener: (event) => {
        run = reduceRun(run, event);
      },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    // A mutant may end what it runs in.
    if (!isConformError(error)) throw error;
  }
  return run?.properties ?? [];
}

/** The same experiment, left to what it generates. */
export function withoutExamples(property: AnyProperty): AnyProperty {
  const { examples: _, ...generated } = property;
  return generated;
}
