import path from 'node:path';
import { isConformError } from '../error';
import { attachTarget } from '../launch/attach';
import type { Target } from '../launch/target';
import { makeTimes } from '../launch/times';
import { packageRoot, protoFile } from '../package-root';
import type { CatalogueRow } from '../properties/catalogue';
import type { AnyProperty } from '../properties/property';
import type { PropertyRecord } from '../report/model';
import { isKilled } from './mutant-table';
import { MutantHost } from './mutant-hosts';
import { breaksOwnMethods, playMutant, type MutantTrial } from './play-mutant';
import type { PlannedMutant } from './self-test-plan';

/** Milliseconds for an answer of a mutant: less than of a stranger, since most are killed by what they do not do; enough for answers without end. */
const patience = 2000;
const patienceWithOwnMethods = 5000;

export interface MutantBenchOptions {
  readonly rows: readonly CatalogueRow[];
  readonly properties: readonly AnyProperty[];
  readonly signal?: AbortSignal;
}

type Play = (planned: PlannedMutant) => Promise<readonly PropertyRecord[]>;

/** Plays experiments against mutants that take turns in a few processes. What the correct server offers is found out once, and taken for all of them. */
export class MutantBench {
  readonly #options: MutantBenchOptions;
  readonly #idle: MutantHost[] = [];
  #offers: Promise<Target> | undefined;

  constructor(options: MutantBenchOptions) {
    this.#options = options;
  }

  /**
   * Starts the processes, and ends them when the task is done.
   * @param hosts how many mutants there are at a time, at most
   * @param mutants how many there will be in all
   */
  async use(hosts: number, mutants: number, task: (play: Play) => Promise<void>): Promise<void> {
    this.#idle.push(...Array.from({ length: Math.min(hosts, mutants) }, () => new MutantHost()));
    const all = [...this.#idle];
    try {
      await task((planned) => this.#play(planned));
    } finally {
      await Promise.all(all.map((host) => host.stop()));
    }
  }

  async #play(planned: PlannedMutant): Promise<readonly PropertyRecord[]> {
    const host = this.#idle.shift() ?? new MutantHost();
    try {
      return await this.#playOn(host, planned);
    } catch (error) {
      // A mutant may end what it runs in, and that is no kill.
      if (!isConformError(error)) throw error;
      return [];
    } finally {
      this.#idle.push(host);
    }
  }

  async #playOn(host: MutantHost, planned: PlannedMutant): Promise<readonly PropertyRecord[]> {
    const { mutant } = planned;
    const trial = async (target: Target, triesOthers: boolean): Promise<MutantTrial> => ({
      ...this.#options,
      ...planned,
      target,
      triesOthers,
    });
    const target = await this.#targetFor(host, planned);
    const records = await playMutant(await trial(target, false));
    const isKnown = mutant.survives?.where === 'always' || mutant.survives?.where === planned.inputs;
    if (isKilled(mutant.breaks, records) || isKnown || this.#options.signal?.aborted === true) return records;
    // One that breaks the plainest calls is met as every server is: by what it says before the run. Then by all other experiments.
    const stranger = await this.#meet(host, planned);
    if (stranger === undefined) return records;
    const triesOthers = planned.inputs === 'with examples';
    return [...records, ...(await playMutant(await trial(stranger, triesOthers)))];
  }

  /** A mutant that listens, with what the correct server offers. */
  async #targetFor(host: MutantHost, { mutant }: PlannedMutant): Promise<Target> {
    this.#offers ??= findOffers(this.#options.signal);
    const { facts, record } = await this.#offers;
    const endpoint = await host.serve(mutant.id);
    const timeout = breaksOwnMethods(mutant, this.#options.properties) ? patienceWithOwnMethods : patience;
    return { endpoint: () => endpoint, facts: { ...facts, times: makeTimes({ timeout }) }, record };
  }

  /** The same mutant, found out about from the start; undefined when nothing can be found out. */
  async #meet(host: MutantHost, { mutant }: PlannedMutant): Promise<Target | undefined> {
    const { address } = await host.serve(mutant.id);
    if (address.kind !== 'tcp') return undefined;
    try {
      return await attachTarget({
        ...attaching(this.#options.signal),
        target: `${address.host}:${address.port}`,
        timeout: patience,
      });
    } catch (error) {
      if (!isConformError(error)) throw error;
      return undefined;
    }
  }
}

const attaching = (signal: AbortSignal | undefined) => ({
  transport: {},
  metadata: [],
  schema: { proto: [protoFile('examples/herbarium.proto')], method: ['*'] },
  needs: [],
  ...(signal === undefined ? {} : { signal }),
});

/** What the correct server offers. */
async function findOffers(signal: AbortSignal | undefined): Promise<Target> {
  const server = path.join(packageRoot(), 'dist/harness/servers/reference/server.js');
  const exec = [process.execPath, server, '--port', '{port}'].map((word) => `'${word}'`).join(' ');
  const target = await attachTarget({ ...attaching(signal), exec });
  await target.process?.stop();
  return target;
}
