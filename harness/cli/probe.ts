import { ConformError, exitCodes } from '../error';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CallRequest } from '../grpc/call-request';
import { plainestCall } from '../moves/plainest-call';
import { encodeJsonMessage } from '../launch/encode-json-message';
import type { Target } from '../launch/target';
import { traceCalls, type Trace } from '../launch/trace-calls';
import { unlocks, type Need } from '../facts/need';
import type { AnyProperty } from '../properties/property';
import type { TargetFacts } from '../facts/target-facts';
import { wantsColor } from '../report/console';
import { readableWidth } from '../report/console/layout';
import { palette } from '../report/console/palette';
import { probeLines, type ProbeRecord } from '../report/console/probe-lines';
import { makeRedactor, type Redactor } from '../report/redact-events';
import { withPlaceholders } from '../report/secret-placeholders';
import { traceLegend, traceLines } from '../report/console/trace-lines';
import { parseJson } from '../report/read-json';
import { visibleJson } from '../report/visible-json';
import { readTool } from '../tool';
import { settingName } from '../wire/settings';
import { attachNamedOrBundled } from './attach-named-or-bundled';
import { attachOptions } from './attach-options';
import type { CliContext } from './context';
import { listenForInterruption } from './interruption';
import { parseInteger } from './parse-values';
import type { Settings } from './setting-specs';

export interface ProbeOptions {
  /** One JSON value on standard output, and nothing else. */
  readonly json: boolean;
  /** Make calls and show them on the wire. */
  readonly trace: boolean;
  /** Calls of each connection at the same time; by default one of each method that may be called. */
  readonly calls?: number;
  readonly connections: number;
  /** JSON of the request; the empty message when absent. */
  readonly data?: string;
}

/** More at a time than a few screens show. */
const mostCalls = 100;
const mostConnections = 16;

/** Options as commander gives them. @throws ConformError ERR_USAGE */
export function readProbeOptions(given: Readonly<Record<string, string | boolean | undefined>>): ProbeOptions {
  const { json, trace, calls, connections, data } = given;
  return {
    json: json === true,
    trace: trace === true,
    ...(calls === undefined ? {} : { calls: parseInteger(1, mostCalls)(String(calls), '--calls') }),
    connections: parseInteger(1, mostConnections)(String(connections), '--connections'),
    ...(data === undefined ? {} : { data: String(data) }),
  };
}

/**
 * `grpc-conform probe`: prints what a target offers and what each need unlocks. Says nothing that is not legal, and calls no method of the user's but
 * with `--trace` those that `--method` allows.
 *
 * @returns the exit code.
 * @throws ConformError for what is wrong on our side of the wire, or with reaching the target.
 */
export async function probe(settings: Settings, options: ProbeOptions, context: CliContext): Promise<number> {
  const { json, trace } = options;
  if (json && trace) throw usage('--json and --trace contradict each other: a trace is for people');
  const data = readData(options, settings);
  const properties = loadCatalogue().rows.flatMap(({ property }) => property ?? []);
  const interruption = listenForInterruption(context);
  const warnings: string[] = [];
  let target: Target | undefined;
  try {
    const attaching = attachOptions(settings, properties, interruption.signal);
    target = await attachNamedOrBundled({
      ...attaching,
      schema: { ...attaching.schema, look: true },
      onWarning: (text) => warnings.push(text),
    });
    // What was found out by then may be the half of it.
    if (interruption.signal.aborted) return exitCodes.interrupted;
    const redactor = makeRedactor(target.facts.metadata);
    const record = redactor.data(makeProbe(target, properties, warnings));
    const { stdout, environment } = context;
    if (json) {
      stdout.write(`${visibleJson(record)}\n`);
      return exitCodes.conformant;
    }
    const colors = palette(wantsColor(environment, stdout.isTerminal));
    const width = readableWidth(stdout.columns() ?? 100);
    const print = (lines: readonly string[]): void => stdout.write(lines.map((line) => `${line}\n`).join(''));
    print(probeLines(record, width, colors, trace));
    if (trace) {
      const seen = await makeTrace(target, options, data, interruption.signal);
      if (interruption.signal.aborted) return exitCodes.interrupted;
      print([colors.bold('On the wire'), ...traceLegend, '']);
      // A terminal cuts packets at its width; a file has all of them.
      for (const lines of describeTrace(seen, target.facts, redactor, stdout.columns() ?? 1000, colors)) print(lines);
    }
    return exitCodes.conformant;
  } catch (error) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await target?.process?.stop();
    interruption.release();
  }
}

function readData({ trace, data, calls }: ProbeOptions, { method = [] }: Settings): unknown {
  if (!trace && (data !== undefined || calls !== undefined)) throw usage('--data and --calls are for --trace: add it');
  if (data === undefined) return undefined;
  if (method.length === 0) throw usage('--data is the request of a method of yours: name it with --method');
  const json = parseJson(data);
  if (!json.ok) throw usage(`--data cannot be read: ${json.reason}`);
  return json.value;
}

function makeProbe(target: Target, properties: readonly AnyProperty[], warnings: readonly string[]): ProbeRecord {
  const { facts, record } = target;
  return {
    schemaVersion: 1,
    tool: readTool(),
    target: record,
    settings: facts.settings.map((setting) => ({ ...setting, name: settingName(setting.id) })),
    ...(facts.messageLimit === undefined ? {} : { messageLimit: facts.messageLimit }),
    needs: (Object.keys(unlocks) as Need[]).map((need) => ({
      need,
      offered: facts.offers.includes(need),
      unlock: unlocks[need],
      properties: properties.filter(({ needs = [] }) => needs.includes(need)).map(({ id }) => id),
    })),
    properties: properties.length,
    warnings,
  };
}

function makeTrace(target: Target, options: ProbeOptions, data: unknown, signal: AbortSignal): Promise<Trace> {
  const { facts } = target;
  const requests = requestsOf(facts, data);
  const { connections, calls = Math.max(1, Math.ceil(requests.length / connections)) } = options;
  return traceCalls({ endpoint: target.endpoint(), facts, requests, calls, connections, signal });
}

/** One call of each method that may be called; where none may, the call that every target answers. */
function requestsOf(facts: TargetFacts, data: unknown): readonly CallRequest[] {
  const { schema } = facts;
  if (schema === undefined) return [plainestCall(facts)];
  return schema.methods.map(({ path, kind, input }) => ({
    path,
    kind,
    messages: [encodeJsonMessage(schema, input, data ?? {})],
  }));
}

function describeTrace(
  { seen, connections }: Trace,
  { metadata }: TargetFacts,
  { text }: Redactor,
  width: number,
  colors: ReturnType<typeof palette>,
): readonly (readonly string[])[] {
  const sentFields = (index: number): string | undefined => {
    const step = seen.plan.steps[index];
    if (step?.do !== 'headers') return undefined;
    return withPlaceholders(step.fields, metadata)
      .map(({ name, value }) => `${name}: ${value}`)
      .join(', ');
  };
  return connections.flatMap(({ name, firstCall, ping }) => {
    const view = seen.connections.find((connection) => connection.name === name);
    if (view === undefined) return [];
    const calls = seen.calls.filter(({ plan }) => plan.connection === name);
    return [traceLines({ view, calls, firstCall, ping, sentFields, redact: text }, width, colors)];
  });
}

const usage = (message: string): ConformError => new ConformError('ERR_USAGE', message);
