import { isAmong, type RowNumber } from '../catalogue';
import { exitCodes } from '../error';
import type { PropertyVerdict, RunRecord } from '../report/model';
import { fixFirst } from '../report/summary';
import type { Configuration } from './self-test-plan';

/** How the run on one configuration of the reference server ended. */
export interface ConfigurationRow {
  readonly name: string;
  readonly seed: number;
  /** Rows that were judged. */
  readonly judged: number;
  /** Rows of the run. */
  readonly of: number;
  /** What is not as expected; empty when all is. */
  readonly complaints: readonly string[];
}

/** Findings of a whole run of which one must name a plain defect: what a reader sees before anything else. */
const firstFindings = 3;

/** Rows that a complaint about rows not judged names. */
const mostNamed = 8;

/** How a run ended: with a record, or not at all. */
export type RunEnd =
  { readonly ended: true; readonly run: RunRecord } | { readonly ended: false; readonly reason: string };

/** What is asked of one run, and what came of it. */
interface Entry {
  readonly configuration: Configuration;
  readonly end: RunEnd;
}

/** What whole runs on the reference server must bring, beyond what each row says; filled in run by run. Opens no connection. */
export class ConfigurationTable {
  readonly #ends: Entry[] = [];
  readonly #order: readonly Configuration[];

  /** @param order in which the rows are to stand */
  constructor(order: readonly Configuration[]) {
    this.#order = order;
  }

  note(configuration: Configuration, end: RunEnd): void {
    this.#ends.push({ configuration, end });
  }

  /** Those that were noted. */
  get rows(): readonly ConfigurationRow[] {
    const rank = ({ configuration }: Entry): number => this.#order.indexOf(configuration);
    const inOrder = this.#ends.toSorted((a, b) => rank(a) - rank(b));
    return inOrder.map(({ configuration, end }) => {
      const judged = end.ended ? judgedOf(end.run, configuration.properties) : new Set<string>();
      return {
        name: configuration.name,
        seed: configuration.seed,
        judged: judged.size,
        of: configuration.properties.length,
        complaints: end.ended ? this.#complain(configuration, end.run, judged) : [end.reason],
      };
    });
  }

  #complain(configuration: Configuration, run: RunRecord, judged: ReadonlySet<string>): readonly string[] {
    const { expects } = configuration;
    switch (expects.is) {
      case 'innocent':
        return [...complainOfExit(configuration, run, judged), ...this.#complainOfRows(configuration, judged)];
      case 'finding':
        return complainOfFindings(run, expects.finds);
      case 'kill':
        return [];
    }
  }

  #complainOfRows({ expects, properties, seed }: Configuration, judged: ReadonlySet<string>): readonly string[] {
    if (expects.is !== 'innocent') return [];
    const plain = this.#judgedByPlain(seed);
    const missing = properties.map(({ id }) => id).filter((id) => plain.has(id) && !judged.has(id));
    const { judges } = expects;
    // The number is that of a whole run.
    const possible = properties.filter(({ id }) => plain.has(id)).length;
    const bar = judges === 'all' ? possible : Math.min(judges.atLeast, possible);
    if (judges === 'all' ? missing.length === 0 : judged.size >= bar) return [];
    const more = missing.length > mostNamed ? `, and ${missing.length - mostNamed} more` : '';
    return [`${judged.size} rows judged, where ${bar} can be: not ${missing.slice(0, mostNamed).join(', ')}${more}`];
  }

  /** Rows that can be judged at all: those that were on the plain server. */
  #judgedByPlain(seed: number): ReadonlySet<string> {
    const plain = this.#ends.filter(
      ({ configuration: { seed: its, flags, expects } }) =>
        its === seed && flags.length === 0 && expects.is === 'innocent',
    );
    return new Set(
      plain.flatMap(({ configuration, end }) => (end.ended ? [...judgedOf(end.run, configuration.properties)] : [])),
    );
  }
}

/** Verdicts of rows about which at least one input said something. */
const judgedVerdicts: readonly PropertyVerdict[] = ['pass', 'info', 'fail', 'warn', 'flaky', 'known'];

/** Rows without a property of their own have a record only when they are broken, so they do not count. */
const judgedOf = ({ properties }: RunRecord, asked: Configuration['properties']): ReadonlySet<string> => {
  const judged = properties.filter(({ verdict }) => judgedVerdicts.includes(verdict)).map(({ id }) => id);
  return new Set(judged.filter((id) => asked.some((property) => property.id === id)));
};

/** Findings are alarms, which each row counts by itself; no run on a correct server ends in any other way than with a verdict about it. */
function complainOfExit(
  { flags }: Configuration,
  { exitCode, reason, properties }: RunRecord,
  judged: ReadonlySet<string>,
): readonly string[] {
  if (exitCode === exitCodes.conformant) return [];
  // A few rows may all be among those that a variation keeps from being judged; how many that must not be is counted elsewhere.
  if (exitCode === exitCodes.usage && judged.size === 0 && flags.length > 0) return [];
  const hasFindings = properties.some(({ findings }) => findings.length > 0);
  if (exitCode === exitCodes.findings && hasFindings) return [];
  return [`exit code ${exitCode ?? 'unknown'}${reason === undefined ? '' : `: ${reason}`}`];
}

function complainOfFindings(run: RunRecord, finds: readonly RowNumber[]): readonly string[] {
  const isFound = (id: string): boolean => isAmong(id, finds);
  const isLost = run.properties.some(({ id, verdict }) => verdict === 'lost' && isFound(id));
  if (run.exitCode === exitCodes.findings && isLost) return [];
  const first = fixFirst(run)
    .slice(0, firstFindings)
    .map(({ property, finding }) => `${finding.rule} ${finding.verdict} (under ${property.id})`);
  const isNamed = first.some(isFound);
  if (run.exitCode === exitCodes.findings && isNamed) return [];
  const said = first.length === 0 ? 'no finding' : `first ${first.join(', ')}`;
  return [`exit code ${run.exitCode ?? 'unknown'}, ${said}; wanted 1 and one of ${finds.join(', ')} first`];
}
