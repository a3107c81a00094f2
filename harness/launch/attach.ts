import { describeAddress, type Address, type Endpoint } from '../connection/endpoint';
import { MemoryBudget } from '../connection/memory-budget';
import { ConformError } from '../error';
import type { Claims } from '../facts/claims';
import { isFeature, type Need } from '../facts/need';
import type { TargetFacts } from '../facts/target-facts';
import type { TargetRecord } from '../report/model';
import { bundledName, bundledTarget, type BundledTarget } from './bundled-target';
import { discover, type Discovery } from './discover/discovery';
import { judgeTestability } from './locked-properties';
import { readSchemaFiles, type SchemaOptions } from './discover/own-methods';
import { preflight } from './reach/preflight';
import { compareClients } from './sanity';
import { startTarget, type StartedTarget } from './reach/spawn';
import type { Target } from './target';
import { parseTargetAddress, resolveEndpoint, type TransportOptions } from './reach/target-address';
import { makeTimes } from './times';

export interface AttachOptions {
  /** `--target` as written; `bundled` is the server that comes along. */
  readonly target?: string;
  /** `--exec` as written; with `target` too, the command listens there. One of the two must be there: no server is tested that nobody named. */
  readonly exec?: string;
  readonly gracefulSignal?: NodeJS.Signals;
  /** Floods and attacks are allowed on a target that we did not start; on one that we start they always are. */
  readonly hostile?: boolean;
  readonly transport: TransportOptions;
  /** Value of :authority; the address when absent. */
  readonly authority?: string;
  /** Fields sent with every call. */
  readonly metadata: TargetFacts['metadata'];
  /** Where the user's own methods are described, and which of them may be called; none when absent. */
  readonly schema?: SchemaOptions;
  /** In octets. */
  readonly messageLimit?: number;
  /** Octets of the largest header list that the target accepts (RFC 9113 §6.5.2); looked for when absent. */
  readonly headerLimit?: number;
  /** Most calls at a time on one connection; what the target announces when absent. */
  readonly maxStreams?: number;
  /** How the target was started, where that says how long connections live. */
  readonly claims?: { readonly [Name in keyof Claims]?: number | undefined };
  /** Milliseconds for an answer, and for connecting or becoming ready; see {@link makeTimes}. */
  readonly timeout?: number;
  readonly connectTimeout?: number;
  /** What each property of the run needs, to say what is missing and how much it would unlock. */
  readonly needs: readonly (readonly Need[])[];
  readonly signal?: AbortSignal;
  /** Told what the user should know although the run goes on. */
  readonly onWarning?: (text: string) => void;
}

/** How long a started target may take to become ready unless `--connect-timeout` says otherwise: a cold JVM on a busy machine. Milliseconds. */
const defaultReadyTimeout = 30_000;

/**
 * Connects to the target or starts it, finds out what it offers, and makes sure that a plain call works, so that everything after this is about rules.
 * A target that was started is stopped again when this fails; afterwards that is the caller's business ({@link Target.process}).
 *
 * @throws ConformError with one of the ERR_TARGET_ codes, ERR_SECOND_OPINION, ERR_SCHEMA, or ERR_USAGE.
 */
export async function attachTarget(given: AttachOptions): Promise<Target> {
  const bundled = findBundled(given);
  // Its address is not known before it runs.
  const options = bundled === undefined ? given : { ...given, target: undefined };
  const command = options.exec ?? bundled?.command;
  const gracefulSignal = options.gracefulSignal ?? bundled?.gracefulSignal;
  if (options.gracefulSignal !== undefined && command === undefined) {
    throw new ConformError('ERR_USAGE', '--graceful-signal is for a target that we start: use it with --exec');
  }
  const known = options.schema === undefined ? undefined : readSchemaFiles(options.schema);
  const started = command === undefined ? undefined : await start(command, gracefulSignal, options);
  try {
    const endpoint = started?.endpoint() ?? fixedEndpoint(options);
    const times = makeTimes(options);
    const budget = new MemoryBudget();
    if (started === undefined) await preflight(endpoint, { timeout: times.connect, signal: options.signal });
    const authority = options.authority ?? defaultAuthority(endpoint.address);
    const discovery = await discover({
      endpoint,
      authority,
      metadata: options.metadata,
      times,
      budget,
      messageLimit: options.messageLimit,
      headerLimit: options.headerLimit,
      maxStreams: options.maxStreams,
      claims: claimsFrom(options.claims),
      process: started?.process,
      canStopGracefully: gracefulSignal !== undefined,
      mayBeAttacked: started !== undefined || options.hostile === true,
      ...(options.schema === undefined ? {} : { schema: options.schema }),
      ...(known === undefined ? {} : { known }),
      signal: options.signal,
    });
    if (discovery.unusable === undefined) {
      const warning = await compareClients({ endpoint, facts: discovery.facts, signal: options.signal });
      if (warning !== undefined) options.onWarning?.(warning);
    }
    for (const text of describePromises(discovery, options.needs)) options.onWarning?.(text);
    // Who only looks lists them.
    const problems = options.schema?.look === true ? undefined : describeProblems(discovery.schema);
    if (problems !== undefined) options.onWarning?.(problems);
    return {
      endpoint: started?.endpoint ?? (() => endpoint),
      facts: discovery.facts,
      conversations: [...discovery.conversations],
      budget,
      ...(discovery.unusable === undefined ? {} : { unusable: discovery.unusable }),
      record: makeRecord(
        bundled?.name ?? options.target ?? describeAddress(endpoint.address),
        endpoint,
        discovery,
        options,
      ),
      ...(started === undefined ? {} : { process: started.process }),
    };
  } catch (error) {
    const exit = started?.process.exit();
    await started?.process.stop();
    if (exit === undefined) throw error;
    throw new ConformError(
      'ERR_TARGET_EXITED',
      `the target ended ${exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `by ${exit.signal}`} while we found out what it offers, by plain calls to grpc.testing.TestService, grpc.health.v1.Health, grpcconform.v1.Probe and server reflection`,
      { cause: error },
    );
  }
}

/** The bundled server, when it is the one that is meant. @throws ConformError ERR_USAGE when no server is named, or two are. */
function findBundled({ target, exec }: AttachOptions): BundledTarget | undefined {
  if (target === undefined && exec === undefined)
    throw new ConformError('ERR_USAGE', `no server is named: ${howToName}`);
  if (target !== bundledName) return undefined;
  if (exec === undefined) return bundledTarget();
  throw new ConformError('ERR_USAGE', 'the target bundled starts a server of its own: leave --exec out');
}

/** The end of a sentence that starts with what is missing. */
const howToName =
  'give --target host:port of one that runs, or --exec with the command that starts one, or --target bundled for the server that comes along';

function start(
  command: string,
  gracefulSignal: NodeJS.Signals | undefined,
  options: AttachOptions,
): Promise<StartedTarget> {
  const { transport, target, signal } = options;
  const address = target === undefined ? undefined : parseTargetAddress(target);
  // The port is not known yet; the flags about TLS are checked all the same.
  const { tls } = resolveEndpoint(address ?? { address: { kind: 'tcp', host: '127.0.0.1', port: 1 } }, transport);
  return startTarget({
    command,
    ...(address === undefined ? {} : { address: address.address }),
    ...(tls === undefined ? {} : { tls }),
    ...(gracefulSignal === undefined ? {} : { gracefulSignal }),
    readyTimeout: options.connectTimeout ?? defaultReadyTimeout,
    signal,
  });
}

function fixedEndpoint({ target, transport }: AttachOptions): Endpoint {
  return resolveEndpoint(parseTargetAddress(target ?? ''), transport);
}

function defaultAuthority(address: Address): string {
  return address.kind === 'unix' ? 'localhost' : describeAddress(address);
}

/** What is said of the target, without what is not. */
const claimsFrom = (given: AttachOptions['claims'] = {}): Claims =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** One warning for each promise of the fixture that is not kept, with how much waits for it: no document says that a handler must keep it. */
function describePromises({ capabilities }: Discovery, needs: AttachOptions['needs']): readonly string[] {
  return capabilities
    .filter(({ state }) => state === 'unkept')
    .flatMap(({ need, why = 'it is not kept' }) => {
      const waiting = needs.filter((some) => some.some((one) => one === need)).length;
      if (waiting === 0) return [];
      const rows = `${waiting} ${waiting === 1 ? 'property' : 'properties'}`;
      return `the target serves the methods that promise "${need}" and does not keep it: ${why}. ${rows} cannot be tested for that; --expect ${need} makes it fail the run.`;
    });
}

/** Problems that a warning names. */
const mostProblems = 3;

function describeProblems(schema: Discovery['schema']): string | undefined {
  if (schema === undefined || schema.problems.length === 0) return undefined;
  const more = schema.problems.length - mostProblems;
  const rest = more > 0 ? `; and ${more} more` : '';
  return `${schema.from}: ${schema.problems.slice(0, mostProblems).join('; ')}${rest}`;
}

function makeRecord(name: string, endpoint: Endpoint, discovery: Discovery, options: AttachOptions): TargetRecord {
  const { facts, tier, identification, tls, schema } = discovery;
  const isUnix = endpoint.address.kind === 'unix';
  return {
    name,
    transport: endpoint.tls === undefined ? (isUnix ? 'unix' : 'tcp') : isUnix ? 'unix+tls' : 'tls',
    ...(tls === undefined ? {} : { tls }),
    tier,
    identification,
    offers: facts.offers.filter(isFeature),
    capabilities: discovery.capabilities,
    ...(discovery.denied === undefined ? {} : { denied: discovery.denied }),
    ...judgeTestability(
      options.needs,
      facts.offers,
      discovery.capabilities.filter(({ state }) => state === 'broken' || state === 'denied').map(({ need }) => need),
    ),
    limits: discovery.limits,
    roundTripMs: facts.roundTrip,
    ...(schema === undefined ? {} : { schema }),
    ...(options.exec === undefined ? {} : { exec: options.exec }),
  };
}
