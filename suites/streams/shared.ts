import {
  arb,
  fullDuplexCall,
  initialSettings,
  openStalled,
  settingIds,
  settingValue,
  streamingOutputCall,
  unaryCall,
  type CallRequest,
  type Need,
  type PlanBuilder,
  type StreamFrame,
  type StreamFrameType,
  type TargetFacts,
} from '../../harness';

/** Highest stream id (RFC 9113 §5.1.1). */
export const highestStream = 0x7fffffff;

/** Octets that every stream may send us at first: more than bystanders need, less than an answer that is held. */
const heldWindow = 1000;

/** Octets of a message that is held back until the script grants credit, so that its stream stays half-closed for certain. */
export const heldAnswer = 6000;

/** Credit that lets a held answer go, whatever surrounds it. */
export const release = 100_000;

/** Opens a connection on which answers of {@link heldAnswer} octets wait for credit, and the connection itself is never short of it. */
export const openHolding = (script: PlanBuilder): PlanBuilder =>
  openStalled(script, heldWindow, { replenishConnection: true });

const heldRequests = {
  unary: () => unaryCall({ responseSize: heldAnswer }),
  'server-streaming': () => streamingOutputCall({ responses: [{ size: heldAnswer }] }),
  'bidirectional-streaming': () => fullDuplexCall([{ responses: [{ size: heldAnswer }] }]),
} as const satisfies Readonly<Partial<Record<Need, () => CallRequest>>>;

export type HeldKind = keyof typeof heldRequests;

/** Kinds of call that the target offers whose answer can be held. */
export const heldKinds = ({ offers }: TargetFacts): readonly HeldKind[] =>
  (Object.keys(heldRequests) as readonly HeldKind[]).filter((kind) => offers.includes(kind));

/** A whole request whose answer is held. */
export const heldRequest = (kind: HeldKind): CallRequest => heldRequests[kind]();

/** One frame or more of these types. */
export const frames = (types: readonly StreamFrameType[], { maxCount = 3, maxIncrement = 0x7fff_ffff } = {}) =>
  arb.list(arb.streamFrame({ types, maxIncrement }), { minCount: 1, maxCount });

export const hasType = (sent: readonly StreamFrame[], type: StreamFrameType): boolean =>
  sent.some((frame) => frame.type === type);

/** The connection starts with this window, whatever the settings say (RFC 9113 §6.9.2). */
export const connectionWindow = initialSettings.INITIAL_WINDOW_SIZE;

/** The window that a stream of ours starts with. Octets. */
export const streamWindow = ({ settings }: TargetFacts): number =>
  settingValue(settings, settingIds.INITIAL_WINDOW_SIZE) ?? connectionWindow;

/** Octets of windows that a fully used stream and connection have together at least. */
export const windowOf = (facts: TargetFacts): number => Math.max(streamWindow(facts), connectionWindow);

/** Octets before a message. */
export const prefix = 5;

/** Octets of a frame that every target takes (RFC 9113 §4.2). */
export const chunk = 16_384;

/** Octets beside messages that are worth sending; a larger window is not used up. */
export const mostOverhead = 2_097_152;
