import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../connection/endpoint';
import { defaultTimes } from '../connection/script';
import type { Baseline } from '../report/baseline-entries';
import { startTarget, type StartedTarget } from '../launch/reach/spawn';
import type { Target, TargetProcess } from '../launch/target';
import { rfc9113 } from '../catalogue/requirement';
import { must } from '../catalogue/row';
import { fc, type AnyProperty, type Property } from '../index';
import { unlistedProperty } from '../properties/property';
import { catalogue, type CatalogueRow } from '../properties/catalogue';
import { areaOf } from '../catalogue';
import type { TargetFacts } from '../facts/target-facts';
import type { RunEvent } from '../report/events';
import type { FindingRecord, PropertyRecord, RunHeader } from '../report/model';
import { behave, type Behaviour } from '../servers/reference/behaviour';
import { listen, type ReferenceServer } from '../servers/reference/listen';
import { runConformance, type ConformanceRun, type EngineOptions, type RunOutcome } from './run-conformance';

/** A target for tests of the engine, with what it offers and short waits. */
export function targetAt(
  endpoint: Endpoint | (() => Endpoint),
  options: { readonly facts?: Partial<TargetFacts>; readonly process?: TargetProcess } = {},
): Target {
  const facts: TargetFacts = {
    authority: 'localhost',
    scheme: 'http',
    metadata: [],
    offers: [
      'unary',
      'client-streaming',
      'server-streaming',
      'bidirectional-streaming',
      'slow',
      'status',
      'metadata',
      'probe',
      'throw',
      'health',
    ],
    settings: [],
    roundTrip: 1,
    times: { ...defaultTimes, close: 1000, quiet: 50 },
    ...options.facts,
  };
  return {
    endpoint: typeof endpoint === 'function' ? endpoint : () => endpoint,
    facts,
    record: {
      name: 'a target of the tests',
      transport: 'tcp',
      tier: 2,
      identification: '',
      offers: facts.offers,
      missing: [],
      roundTripMs: facts.roundTrip,
    },
    ...(options.process === undefined ? {} : { process: options.process }),
  };
}

const servers: ReferenceServer[] = [];

/** The reference server in this process; ended by {@link stopServers}. */
export async function startReference(behaviour: Behaviour = behave()): Promise<Endpoint> {
  const server = await listen({ port: 0, behaviour });
  servers.push(server);
  return { address: { kind: 'tcp', host: server.host, port: server.port } };
}

export async function stopServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
}

/** A property about a whole number from 0 to 1,000 that opens a connection and says nothing on it, where it does not say otherwise. */
export function tinyProperty(id: string, definition: Partial<Property<number>> = {}): AnyProperty {
  return unlistedProperty<number>({
    id,
    requirement: must(rfc9113('5.1'), 'a rule of the tests'),
    generates: 'a number',
    accepts: [],
    afterwards: false,
    arbitrary: () => fc.nat({ max: 1000 }),
    script: (script) => void script.open(),
    check: () => [],
    ...definition,
  });
}

/** A violation with the least that one needs. */
export const breach = (observed = 'a breach') => ({ observed, expected: 'none', reaction: 'breach' });

/** The whole catalogue with these properties in it, in the order given. */
export function rowsWith(properties: readonly AnyProperty[]): readonly CatalogueRow[] {
  const own = properties.map((one): CatalogueRow => ({
    id: one.id,
    requirement: one.requirement,
    state: 'property',
    area: areaOf(one.id),
    property: one,
  }));
  const ids = new Set(properties.map(({ id }) => id));
  return [...own, ...catalogue([]).filter(({ id }) => !ids.has(id))];
}

export interface Tried {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  /** The last word on each property. */
  readonly records: ReadonlyMap<string, PropertyRecord>;
  /** All findings, in the order of the records. */
  readonly findings: readonly FindingRecord[];
  readonly warnings: readonly string[];
}

export interface TryOptions extends Partial<EngineOptions> {
  readonly rows?: readonly CatalogueRow[];
  readonly baseline?: Baseline['entries'];
  readonly skipped?: ConformanceRun['skipped'];
  readonly signal?: AbortSignal;
  readonly listener?: (event: RunEvent) => void;
}

/** Runs properties against a target and collects what the engine reports. */
export async function tryProperties(
  target: Target,
  properties: readonly AnyProperty[],
  { rows = rowsWith(properties), baseline, skipped = [], signal, listener, ...options }: TryOptions = {},
): Promise<Tried> {
  const events: RunEvent[] = [];
  const outcome = await runConformance({
    target,
    rows,
    properties,
    skipped,
    header: headerOf(target),
    options: { seed: 1, runs: 20, concurrency: 8, shrink: true, bail: false, strict: false, ...options },
    ...(baseline === undefined ? {} : { baseline: { file: 'baseline.json', entries: baseline } }),
    ...(signal === undefined ? {} : { signal }),
    listener: (event) => {
      events.push(event);
      listener?.(event);
    },
  });
  const records = new Map(
    events.flatMap((event) => (event.type === 'property-finished' ? [[event.property.id, event.property]] : [])),
  );
  return {
    outcome,
    events,
    records,
    findings: [...records.values()].flatMap(({ findings }) => findings),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.text] : [])),
  };
}

export const headerOf = (target: Target): RunHeader => ({
  tool: { name: 'grpc-conform', version: '0.0.0' },
  startedAt: '2026-01-01T00:00:00.000Z',
  commandLine: [],
  seed: 1,
  runs: 20,
  target: target.record,
  selected: [],
  options: {},
});

/** How many inputs were judged in one phase. */
export const judgedIn = ({ events }: Tried, phase: 'search' | 'shrink' | 'confirm', id?: string): number =>
  events.filter((event) => event.type === 'input-judged' && event.phase === phase && event.id === (id ?? event.id))
    .length;

/** What a finding says about how it was found: all that must not depend on what runs beside it. */
export const identityOf = ({
  rule,
  verdict,
  input,
  path,
  seed,
  script,
  confirmed,
  inputsTried,
  shrinks,
  provokedBy,
  alsoSeenIn,
}: FindingRecord) => ({
  rule,
  verdict,
  input,
  path,
  seed,
  script,
  confirmed,
  inputsTried,
  shrinks,
  provokedBy,
  alsoSeenIn,
});

/** A server of these lines of JavaScript in a process of its own; its first argument is the port. @returns it, and what ends it for good */
export async function startScript(source: string): Promise<StartedTarget & { readonly stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  const file = join(folder, 'server.js');
  writeFileSync(file, source);
  const started = await startTarget({ command: `'${process.execPath}' '${file}' {port}`, readyTimeout: 20_000 });
  const stop = async (): Promise<void> => {
    await started.process.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...started, stop };
}
