import type { RowId } from '../catalogue';

/** One thing that did not hold: a value, never thrown (what the target did wrong). */
export interface Violation {
  /** Row of the rule catalogue that was broken; may be another than the property that provoked it. */
  readonly rule: string;
  /**
   * How bad this one is, when milder than the row's level says: `warn` for the right class with an unusual code or a weaker form, `info` for a free
   * choice worth recording. Absent: a MUST gives `fail`, everything else `warn`.
   */
  readonly severity?: 'warn' | 'info';
  /** What was seen, one sentence without a full stop. Octets from the target are escaped. */
  readonly observed: string;
  /** What the rule wants instead, one sentence without a full stop. */
  readonly expected: string;
  /** Short class of the reaction, used to tell findings apart and to compare servers: `RST PROTOCOL_ERROR`, `status 13`, `hang`. Never contains generated values. */
  readonly reaction: string;
  /** The sign at which a text that should have come back begins to differ, by which one cause is known again in whatever row met it: `;`. */
  readonly differsAt?: string;
  /** Octets of the payload that came, where another was asked for: it may be what another call asked for. */
  readonly payload?: number;
  /** The stream whose call asked for what came, where the check knows it. */
  readonly asker?: number;
  /** `hang`: no end within the budget. `crash`: the target's process ended. Both are always `fail`. */
  readonly mark?: 'hang' | 'crash';
  /** Where in the transcript: connection name, and number of the packet in its packet list. */
  readonly at?: { readonly connection: string; readonly packet: number };
  /** The call that it is about, where it is about one. */
  readonly call?: { readonly connection: string; readonly stream: number };
}

/** What a property's own check returns: a violation that is filed under the property's own row unless it names another. */
export type Breach = Omit<Violation, 'rule'> & { readonly rule?: RowId };
