import type { ConnectionView } from '../../transcript/connection-view';
import type { Observation } from '../../grpc/observation';
import type { PlanBuilder } from '../../grpc/plan-builder';
import type { Claims } from '../../facts/claims';
import type { Need } from '../../facts/need';
import type { TargetLimits } from '../../facts/target-facts';
import type { LimitRecord } from '../../report/model';
import { settingIds } from '../../wire/settings';
import {
  findBusyHandlers,
  findCallsPerConnection,
  findEmptyFrames,
  findHeaderList,
  findLifetimes,
  findMessage,
  type Probes,
  type Shown,
} from './limit-probes';

export interface LimitsOptions {
  /** Makes calls on new connections, in the words of `about`, and never throws for what the target does. */
  readonly ask: (about: string, write: (script: PlanBuilder) => void) => Promise<Observation>;
  readonly offers: readonly Need[];
  /** What the user says; it is taken as it is. */
  readonly given: { readonly [Name in 'message' | 'headerList' | 'streams']?: number | undefined };
  /** What the author says of how long connections live. */
  readonly claims?: Claims;
  /** Largest message by what discovery saw, in octets. */
  readonly messageLimit?: number | undefined;
  /** Attacks may hold many handlers, so that it must be known how many there are. */
  readonly mayBeAttacked: boolean;
}

export interface FoundLimits {
  readonly limits: TargetLimits;
  readonly records: readonly LimitRecord[];
}

/** Flags that say a limit. */
const flagOf = {
  message: '--message-limit',
  headerList: '--header-limit',
  streams: '--max-streams',
  age: '--max-age',
  idle: '--max-idle',
} as const;

/** Announced values from here on mean that there is no limit. */
const unlimited = 2 ** 31 - 1;

/**
 * Finds out what a target lets a client ask of it, by a few calls that are legal and small unless it takes small ones alone: what it announces, and what it
 * shows by refusing more. A target that keeps silent shows nothing; that is for the rules to judge.
 */
export async function findLimits({
  ask,
  offers,
  given,
  messageLimit,
  claims = {},
  mayBeAttacked,
}: LimitsOptions): Promise<FoundLimits> {
  const views: ConnectionView[] = [];
  const probes: Probes = {
    offers,
    ask: async (about, write) => {
      const seen = await ask(`limits: ${about}`, write);
      views.push(...seen.connections);
      return seen;
    },
  };
  const found = new Map<keyof TargetLimits, Shown>();
  const note = (shown: readonly Shown[]): void => {
    for (const one of shown) if ((found.get(one.name)?.value ?? Infinity) > one.value) found.set(one.name, one);
  };
  const { reference, shown } = await findCallsPerConnection(probes);
  note(shown);
  note(announcedIn(views));
  for (const [name, value] of [
    ['age', claims.maxAge],
    ['idle', claims.maxIdle],
  ] as const)
    if (value !== undefined) note([{ name, value, from: flagOf[name] }]);
  if (messageLimit !== undefined) {
    note([{ name: 'message', value: messageLimit, from: 'a refusal of the length above it' }]);
  }
  if (reference !== undefined) {
    const valueOf = (name: keyof TargetLimits): number | undefined =>
      given[name as 'message'] ?? found.get(name)?.value;
    const rest = await Promise.all([
      given.message === undefined ? findMessage(probes, { most: valueOf('message'), window: windowOf(views) }) : [],
      given.headerList === undefined ? findHeaderList(probes, { reference, most: valueOf('headerList') }) : [],
      findEmptyFrames(probes),
      findLifetimes(probes, { reference, calls: valueOf('callsPerConnection') }),
    ]);
    rest.forEach(note);
    // Alone: other calls would take handlers, too.
    const streams = Math.min(valueOf('streams') ?? Infinity, valueOf('callsPerConnection') ?? Infinity);
    note(await findBusyHandlers(probes, { streams, mayBeAttacked }));
    note(announcedIn(views));
  }
  for (const name of ['message', 'headerList', 'streams'] as const) {
    const value = given[name];
    if (value !== undefined) found.set(name, { name, value, from: flagOf[name] });
  }
  const records = [...found.values()];
  return { limits: Object.fromEntries(records.map(({ name, value }) => [name, value])), records };
}

/** The last value that a connection has for a setting; the least over all connections, since the next one may be like that. */
function announcedIn(views: readonly ConnectionView[]): readonly Shown[] {
  const announced = [
    { name: 'streams', id: settingIds.MAX_CONCURRENT_STREAMS, from: 'SETTINGS_MAX_CONCURRENT_STREAMS' },
    { name: 'headerList', id: settingIds.MAX_HEADER_LIST_SIZE, from: 'SETTINGS_MAX_HEADER_LIST_SIZE' },
  ] as const;
  return announced.flatMap(({ name, id, from }): Shown[] => {
    const value = Math.min(...views.map((view) => lastSetting(view, id) ?? Infinity));
    return value < unlimited ? [{ name, value, from }] : [];
  });
}

function lastSetting(view: ConnectionView, id: number): number | undefined {
  return view.received
    .flatMap(({ frame }) => (frame.type === 'SETTINGS' && !frame.ack ? frame.settings : []))
    .findLast((setting) => setting.id === id)?.value;
}

const windowOf = (views: readonly ConnectionView[]): number | undefined =>
  views.map((view) => lastSetting(view, settingIds.INITIAL_WINDOW_SIZE)).find((value) => value !== undefined);
