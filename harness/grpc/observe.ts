import type { ConnectionView } from '../transcript/connection-view';
import { readConnection } from '../transcript/read-connection';
import type { Transcript } from '../transcript/transcript';
import { ConformError } from '../error';
import type { Call } from './call';
import type { CallPlan, Plan } from './call-plan';
import type { Observation } from './observation';
import { readCalls } from './read-call';

/**
 * Looks at a transcript through the plan that made it.
 * @param views the connections as they were read live; read again from the transcript when absent, with the same result.
 */
export function observe(plan: Plan, transcript: Transcript, views?: readonly ConnectionView[]): Observation {
  const connections = views ?? transcript.connections.map((connection) => readConnection(connection));
  const read = new Map<CallPlan, Call>();
  for (const view of connections) {
    const plans = plan.calls.filter(({ connection }) => connection === view.name);
    for (const call of readCalls(view, plans)) read.set(call.plan, call);
  }
  const allCalls = plan.calls.flatMap((call) => read.get(call) ?? []);
  return observeCalls(plan, transcript, connections, allCalls);
}

/** The same for calls that were read before. */
export function observeCalls(
  plan: Plan,
  transcript: Transcript,
  connections: readonly ConnectionView[],
  allCalls: readonly Call[],
): Observation {
  const byName = new Map(connections.map((view) => [view.name, view]));
  const calls = allCalls.filter(({ plan: { role } }) => role === 'subject' || role === 'bystander');
  return {
    transcript,
    plan,
    calls,
    allCalls,
    connections,
    call: (which = 0) => {
      const call = typeof which === 'number' ? calls[which] : allCalls.find(({ plan: { label } }) => label === which);
      if (call === undefined)
        throw new ConformError('ERR_SCRIPT', `A check asks for call ${which} of ${calls.length}.`);
      return call;
    },
    connection: (name = 'main') => {
      const view = byName.get(name);
      if (view === undefined)
        throw new ConformError('ERR_SCRIPT', `A check asks for the connection ${name}, which the script never opened.`);
      return view;
    },
  };
}
