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
  const connections = views ?? readConnections(transcript);
  const read = connections.flatMap((view) => readCalls(view, callsOn(view, plan.calls)));
  return observeCalls(plan, transcript, connections, inOrder(plan.calls, read));
}

/** All connections of a transcript, as they were read when it was made. */
export const readConnections = ({ connections }: Transcript): readonly ConnectionView[] =>
  connections.map((connection) => readConnection(connection));

/** Those of the calls that are made on a connection. */
export const callsOn = ({ name }: ConnectionView, calls: readonly CallPlan[]): readonly CallPlan[] =>
  calls.filter(({ connection }) => connection === name);

/** Calls of several connections in the order of their plans; those of a connection that was never opened are left out. */
export function inOrder(plans: readonly CallPlan[], calls: readonly Call[]): readonly Call[] {
  const byPlan = new Map(calls.map((call) => [call.plan, call]));
  return plans.flatMap((plan) => byPlan.get(plan) ?? []);
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
