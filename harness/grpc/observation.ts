import type { ConnectionView } from '../transcript/connection-view';
import type { Transcript } from '../transcript/transcript';
import type { Call } from './call';
import type { Plan } from './call-plan';

/** What a played plan showed: a view of its transcript, nothing more. Live and from disk alike. */
export interface Observation {
  readonly transcript: Transcript;
  readonly plan: Plan;
  /** Every call of the plan, in the order in which the script opened them; those of role `afterwards`, `probe` and `earlier` are left out. */
  readonly calls: readonly Call[];
  /** One of {@link calls}, by its number or by the name that the script gave it; throws ERR_SCRIPT when there is none (our mistake). */
  call(which?: number | string): Call;
  /** All calls, also those of role `afterwards`, `probe` and `earlier`. */
  readonly allCalls: readonly Call[];
  /** A connection by its name, `main` when absent; throws ERR_SCRIPT when the script opened none of that name. */
  connection(name?: string): ConnectionView;
  readonly connections: readonly ConnectionView[];
}
