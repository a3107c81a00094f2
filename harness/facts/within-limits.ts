import { prefixLength } from '../grpc/length-prefixed-message';
import { headerListSize } from '../wire/header-list-size';
import { settingValue } from '../wire/setting-value';
import { initialSettings, settingIds } from '../wire/settings';
import type { TargetFacts } from './target-facts';

/** What a script may ask of a target: generators fit themselves to it, so that a rule is judged wherever it can be. */
type Limited = Pick<TargetFacts, 'limits' | 'messageLimit'>;

/** The limit of received messages that nearly all gRPC servers have, and so the largest message that is safe where none is known. Octets. */
const commonMessageLimit = 4_194_304;

/** Octets of the fields of an ordinary request beside its metadata, about, as RFC 9113 §6.5.2 counts them; with room for a long :authority. */
const ordinaryFields = 640;

/** Calls that one connection takes; no more than `wanted`. */
export const mostCalls = ({ limits }: Limited, wanted: number): number =>
  Math.min(wanted, limits?.callsPerConnection ?? Infinity);

/** Calls that may be under way at the same time on one connection; no more than `wanted`. */
export const mostAtOnce = (facts: Limited, wanted: number): number =>
  Math.min(mostCalls(facts, wanted), facts.limits?.streams ?? Infinity, facts.limits?.handlers ?? Infinity);

/** Handlers that a run looks for before it: where a target has a limit above, nobody knows it. */
export const handlersLookedFor = 128;

/** Handlers that calls may hold over all connections, when so many are left to others: no more than were seen to run. */
export const spareHandlers = ({ limits }: Limited, leftToOthers: number): number =>
  Math.max(0, (limits?.handlers ?? handlersLookedFor) - leftToOthers);

/** Calls that fill one connection, where the target says how many these are (`stream-limit`). */
export const mostOpenStreams = ({ limits }: Limited): number => limits?.streams ?? 1;

/** Octets of the largest message that the target takes. */
export const largestMessage = ({ limits, messageLimit = commonMessageLimit }: Limited): number =>
  Math.min(messageLimit, limits?.message ?? Infinity, (limits?.body ?? Infinity) - prefixLength);

/** Octets of the largest request that the target takes, prefixes included. */
export const largestBody = ({ limits }: Limited): number => limits?.body ?? Infinity;

/** Octets of the longest frame payload that the target takes: what it has announced, or the initial value (RFC 9113 §6.5.2). */
export const longestFrame = ({ settings }: Pick<TargetFacts, 'settings'>): number =>
  settingValue(settings, settingIds.MAX_FRAME_SIZE) ?? initialSettings.MAX_FRAME_SIZE;

/** Empty DATA frames in a row that the target takes. */
export const mostEmptyFrames = ({ limits }: Limited): number => limits?.emptyFrames ?? Infinity;

/** Letters of a status text: with that many a block of trailers is longer than a frame of 16,384 octets, however it is coded, where the target's limit allows. */
export const longestStatusText = (facts: Limited & Pick<TargetFacts, 'metadata'>): number =>
  Math.min(24_000, largestMetadata(facts));

/** Octets of metadata that the target takes beside the ordinary fields and those of every call, as RFC 9113 §6.5.2 counts them. */
export const largestMetadata = ({ limits, metadata }: Limited & Pick<TargetFacts, 'metadata'>): number =>
  Math.max(0, (limits?.headerList ?? Infinity) - ordinaryFields - headerListSize(metadata));
