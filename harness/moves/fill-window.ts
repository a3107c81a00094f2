import type { CallRequest } from '../grpc/call-request';
import { encodeMessage, prefixLength } from '../grpc/length-prefixed-message';
import { streamingInputCallOfLengths } from './sized-message';
import type { TargetFacts } from '../facts/target-facts';
import { largestBody, largestMessage } from '../facts/within-limits';
import { joinOctets } from '../wire/join-octets';
import { settingValue } from '../wire/setting-value';
import { initialSettings, settingIds } from '../wire/settings';

/** Messages of an upload, and the sum of payload octets that its answer must say for them. */
export interface Filler {
  readonly request: CallRequest;
  readonly sum: number;
}

/**
 * Messages of a StreamingInputCall that, behind those that were sent, leave not one octet of credit, neither to the stream nor to the connection if that is the
 * smaller one. None where the target takes no messages of that size. The script's connection has sent nothing else.
 */
export function fillWindow(sent: readonly Uint8Array[], facts: TargetFacts): Filler {
  const used = joinOctets(sent.map((message) => encodeMessage(message))).length;
  const room = Math.min(uploadWindow(facts), connectionWindow) - used;
  return streamingInputCallOfLengths(room > largestBody(facts) ? [] : splitRoom(room, largestMessage(facts)));
}

/** Octets of DATA that a request may send before the target grants more. */
const uploadWindow = ({ settings }: TargetFacts): number =>
  settingValue(settings, settingIds.INITIAL_WINDOW_SIZE) ?? initialSettings.INITIAL_WINDOW_SIZE;

/** The connection starts with this window, whatever the settings say (RFC 9113 §6.9.2). */
const connectionWindow = initialSettings.INITIAL_WINDOW_SIZE;

/** Octets; below that no message is made to measure. */
const smallestFiller = 32;

/** Lengths of messages that fill the room to the last octet, prefixes included; none where it is too small. */
function splitRoom(room: number, largest: number): readonly number[] {
  const count = Math.ceil(room / (largest + prefixLength));
  const each = Math.floor(room / count) - prefixLength;
  if (room <= 0 || each < smallestFiller) return [];
  return Array.from({ length: count }, (_, index) => each + (index < room % count ? 1 : 0));
}
