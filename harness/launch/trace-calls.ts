import type { Endpoint } from '../connection/endpoint';
import { playScript } from '../connection/play-script';
import type { CallRequest } from '../grpc/call-request';
import type { Observation } from '../grpc/observation';
import { observe } from '../grpc/observe';
import { PlanBuilder } from '../grpc/plan-builder';
import type { TargetFacts } from '../facts/target-facts';

export interface TraceOptions {
  readonly endpoint: Endpoint;
  readonly facts: TargetFacts;
  /** What is called, in turn. */
  readonly requests: readonly CallRequest[];
  /** Calls of each connection, all of them at the same time. */
  readonly calls: number;
  readonly connections: number;
  readonly signal?: AbortSignal;
}

/** Steps at which something new begins on a connection: what is before belongs to its opening. */
export interface TracedConnection {
  readonly name: string;
  /** Index of the step that opens the first call, and of the PING. */
  readonly firstCall: number;
  readonly ping: number;
}

export interface Trace {
  readonly seen: Observation;
  readonly connections: readonly TracedConnection[];
}

/**
 * Makes a few ordinary calls, so that what they are on the wire can be looked at: opens the connections, makes all calls of all connections at once, waits for
 * their ends, sends a PING on each connection and closes it.
 */
export async function traceCalls(options: TraceOptions): Promise<Trace> {
  const script = new PlanBuilder(options.facts);
  const names = Array.from({ length: options.connections }, (_, index) => `connection ${index + 1}`);
  for (const on of names) script.open({ on });
  const firstCalls: number[] = [];
  const streams: { on: string; stream: number }[] = [];
  for (const on of names) {
    firstCalls.push(script.build().steps.length);
    for (let index = 0; index < options.calls; index += 1) {
      const request = options.requests[streams.length % options.requests.length];
      if (request === undefined) continue;
      streams.push({ on, stream: script.call(request, { on, awaitEnd: false }).stream });
    }
  }
  // A call that never ends shall not hide the rest.
  for (const { on, stream } of streams) script.await({ see: 'end', stream }, { on, within: 'reply', optional: true });
  const pings: number[] = [];
  for (const on of names) {
    pings.push(script.build().steps.length);
    script.fence({ on, by: 'ping' });
  }
  for (const on of names) script.close('fin', on);
  const plan = script.build();
  const { endpoint, facts, signal } = options;
  const { transcript, views } = await playScript(plan, { endpoint, times: facts.times, signal });
  return {
    seen: observe(plan, transcript, views),
    connections: names.map((name, index) => ({ name, firstCall: firstCalls[index] ?? 0, ping: pings[index] ?? 0 })),
  };
}
