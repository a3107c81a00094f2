import type { Call } from '../grpc/call';
import type { Observation } from '../grpc/observation';
import type { Expectation } from '../grpc/outcome';
import type { ConnectionView } from '../transcript/connection-view';

/** What an expectation is about, as it was seen. */
export interface Subject {
  readonly view: ConnectionView;
  /** The call on its stream, where it names one and the script made one there. */
  readonly call: Call | undefined;
}

/** The connection of an expectation with the call on its stream; undefined where the script never came to that connection. */
export function subjectOf({ on }: Pick<Expectation, 'on'>, seen: Observation): Subject | undefined {
  const view = seen.connections.find(({ name }) => name === on.connection);
  if (view === undefined) return undefined;
  if (on.stream === undefined) return { view, call: undefined };
  // A fresh call afterwards may be on the very stream that was expected to be idle.
  const call = seen.allCalls.find(
    ({ plan }) => plan.role !== 'afterwards' && plan.connection === on.connection && plan.stream === on.stream,
  );
  return { view, call };
}
