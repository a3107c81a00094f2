import { findInvocation } from '../invocation';
import type { Baseline } from '../report/baseline-entries';
import type { Target } from '../launch/target';
import type { AnyProperty } from '../properties/property';
import type { RunHeader } from '../report/model';
import { shortestPath } from '../shortest-path';
import { readTool } from '../tool';
import { findLost, type ExpectedNeed } from './lost';
import type { EngineOptions } from './run-conformance';
import { describeShard, type Shard } from './shards';

/** Everything that is known when a run starts, for the report. */
export function makeRunHeader(run: {
  readonly target: Target;
  readonly properties: readonly AnyProperty[];
  readonly options: EngineOptions;
  readonly baseline?: Baseline | undefined;
  /** From `--expect`. */
  readonly expected?: readonly ExpectedNeed[];
  /** When it is a part of a run. */
  readonly shard?: Shard | undefined;
  /** Which settings were given, and where. */
  readonly given?: RunHeader['given'];
  /** The folder of `--corpus`. */
  readonly corpus?: string | undefined;
  /** Without secrets. */
  readonly commandLine: readonly string[];
}): RunHeader {
  const { target, properties, baseline, commandLine, expected = [] } = run;
  const lost = findLost({
    expected,
    listed: baseline?.offers ?? [],
    listedBy: baseline?.offersFrom,
    offers: target.facts.offers,
    capabilities: target.record.capabilities ?? [],
    needs: properties.map(({ needs }) => needs ?? []),
  });
  const { seed, runs, ...options } = run.options;
  return {
    tool: readTool(),
    startedAt: new Date().toISOString(),
    commandLine,
    invocation: findInvocation(),
    seed,
    runs,
    target: target.record,
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            file: baseline.file,
            entries: baseline.entries.length,
            ...(baseline.layers === undefined ? {} : { layers: baseline.layers }),
          },
        }),
    ...(lost.length === 0 ? {} : { lost }),
    selected: properties.map(({ id }) => id),
    options: {
      ...options,
      ...(run.shard === undefined ? {} : { shard: describeShard(run.shard) }),
      ...(run.corpus === undefined ? {} : { corpus: shortestPath(run.corpus) }),
      timeoutMs: target.facts.times.reply,
      connectTimeoutMs: target.facts.times.connect,
    },
    ...(run.given === undefined ? {} : { given: run.given }),
  };
}
