import { settingValue } from '../wire/setting-value';
import { initialSettings, settingIds, type Setting } from '../wire/settings';

/** The settings by which one side binds the other (RFC 9113 §6.5.2), and those of extensions that we know. */
const bindingNames = [
  'HEADER_TABLE_SIZE',
  'ENABLE_PUSH',
  'MAX_CONCURRENT_STREAMS',
  'INITIAL_WINDOW_SIZE',
  'MAX_FRAME_SIZE',
  'MAX_HEADER_LIST_SIZE',
  'ENABLE_CONNECT_PROTOCOL',
  'NO_RFC7540_PRIORITIES',
  'GRPC_ALLOW_TRUE_BINARY_METADATA',
] as const;

export type BindingSetting = (typeof bindingNames)[number];

type Values = Readonly<Record<BindingSetting, number>>;
type Announced = Readonly<Partial<Record<BindingSetting, number>>>;

/** A SETTINGS frame in a chain of those that are not acknowledged. */
interface Unacknowledged {
  readonly values: Announced;
  /** The largest value of each setting in this frame and those behind it. */
  readonly largest: Announced;
  readonly behind?: Unacknowledged | undefined;
}

/** What one side has said in SETTINGS, and what of it the other has acknowledged (RFC 9113 §6.5.3). Plain data that never changes. */
export interface SettingsState {
  /** SETTINGS frames without ACK of this side. */
  readonly announced: number;
  /** ACKs of the other side; more than {@link announced} when it acknowledged what was never said. */
  readonly acknowledgements: number;
  /** What binds the other side for certain. */
  readonly acknowledged: Values;
  /** What this side has said last. */
  readonly latest: Values;
  /** A queue in two halves: the oldest frame first, and the newest first. */
  readonly oldest: Unacknowledged | undefined;
  readonly newest: Unacknowledged | undefined;
}

const initialValues: Values = { ...initialSettings };

/** Before the first SETTINGS frame. */
export const initialSettingsState: SettingsState = {
  announced: 0,
  acknowledgements: 0,
  acknowledged: initialValues,
  latest: initialValues,
  oldest: undefined,
  newest: undefined,
};

/** The side has sent SETTINGS. */
export function announceSettings(state: SettingsState, settings: readonly Setting[]): SettingsState {
  const values: Partial<Record<BindingSetting, number>> = {};
  for (const name of bindingNames) {
    const value = settings.length === 0 ? undefined : settingValue(settings, settingIds[name]);
    if (value !== undefined) values[name] = value;
  }
  return {
    ...state,
    announced: state.announced + 1,
    latest: { ...state.latest, ...values },
    newest: chain(values, state.newest),
  };
}

/** The other side has acknowledged the first frame that it had not. */
export function acknowledgeSettings(state: SettingsState): SettingsState {
  const acknowledgements = state.acknowledgements + 1;
  const isTurned = state.oldest === undefined;
  const oldest = isTurned ? turn(state.newest) : state.oldest;
  if (oldest === undefined) return { ...state, acknowledgements };
  return {
    ...state,
    acknowledgements,
    acknowledged: { ...state.acknowledged, ...oldest.values },
    oldest: oldest.behind,
    newest: isTurned ? undefined : state.newest,
  };
}

/**
 * The most that the other side may rightly believe in now: the acknowledged value, or one on its way, each of which may hold already.
 */
export function largestSetting({ acknowledged, oldest, newest }: SettingsState, name: BindingSetting): number {
  return Math.max(acknowledged[name], oldest?.largest[name] ?? 0, newest?.largest[name] ?? 0);
}

function chain(values: Announced, behind: Unacknowledged | undefined): Unacknowledged {
  if (behind === undefined) return { values, largest: values };
  const largest: Partial<Record<BindingSetting, number>> = { ...behind.largest };
  for (const name of bindingNames) {
    const value = values[name];
    if (value !== undefined) largest[name] = Math.max(value, largest[name] ?? 0);
  }
  return { values, largest, behind };
}

/** The same frames in the other order; each frame is turned once in its life. */
function turn(newest: Unacknowledged | undefined): Unacknowledged | undefined {
  let turned: Unacknowledged | undefined;
  for (let frame = newest; frame !== undefined; frame = frame.behind) turned = chain(frame.values, turned);
  return turned;
}
