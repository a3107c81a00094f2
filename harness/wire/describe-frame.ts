import { errorCodeName } from './error-codes';
import { countOf, escapeOctets } from './escape-octets';
import { flags, frameTypes, type Frame, type PriorityFields } from './frame';
import { settingName, type Setting } from './settings';

/** Parameters of one SETTINGS frame that are shown: RFC 9113 defines six, a hostile frame may hold thousands. */
const maxSettings = 16;

const typeNames = new Map<number, string>(Object.entries(frameTypes).map(([name, type]) => [type, name]));

/** `HEADERS`, or `0x1f` for a type that RFC 9113 does not define. */
export function frameTypeName(type: number): string {
  return typeNames.get(type) ?? `0x${type.toString(16).padStart(2, '0')}`;
}

/** Names of the flags that mean something for each type; other types have none (RFC 9113 §6). */
const flagsOfType: Record<number, Readonly<Record<number, string>>> = {
  [frameTypes.DATA]: { [flags.END_STREAM]: 'END_STREAM', [flags.PADDED]: 'PADDED' },
  [frameTypes.HEADERS]: {
    [flags.END_STREAM]: 'END_STREAM',
    [flags.END_HEADERS]: 'END_HEADERS',
    [flags.PADDED]: 'PADDED',
    [flags.PRIORITY]: 'PRIORITY',
  },
  [frameTypes.SETTINGS]: { [flags.ACK]: 'ACK' },
  [frameTypes.PUSH_PROMISE]: { [flags.END_HEADERS]: 'END_HEADERS', [flags.PADDED]: 'PADDED' },
  [frameTypes.PING]: { [flags.ACK]: 'ACK' },
  [frameTypes.CONTINUATION]: { [flags.END_HEADERS]: 'END_HEADERS' },
};

/** The bits of a frame type's flags octet that RFC 9113 gives a meaning. */
export const definedFlags = (type: number): number => flagMasks[type] ?? 0;

const flagMasks: Readonly<Record<number, number>> = Object.fromEntries(
  Object.entries(flagsOfType).map(([type, named]) => [
    type,
    Object.keys(named).reduce((mask, bit) => mask | Number(bit), 0),
  ]),
);

/** Flags that are set, by name where they have one for this type and as hexadecimal bits otherwise. */
export function flagNames(type: number, value: number): readonly string[] {
  const named = flagsOfType[type] ?? {};
  const bits = [0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80];
  return bits.filter((bit) => (value & bit) !== 0).map((bit) => named[bit] ?? `0x${bit.toString(16).padStart(2, '0')}`);
}

/** One frame in words, without its type, stream and flags: the info column of a packet list. */
export function describePayload(frame: Frame): string {
  switch (frame.type) {
    case 'DATA':
      return `${countOf(frame.data.length, 'octet')}${padding(frame.padLength)}`;
    case 'HEADERS': {
      const priority = frame.priority === undefined ? '' : `, ${describePriority(frame.priority)}`;
      return `fragment of ${countOf(frame.fragment.length, 'octet')}${padding(frame.padLength)}${priority}`;
    }
    case 'PRIORITY':
      return describePriority(frame.priority);
    case 'RST_STREAM':
      return errorCodeName(frame.errorCode);
    case 'SETTINGS':
      return describeSettings(frame.settings);
    case 'PUSH_PROMISE':
      return `promises stream ${frame.promisedStreamId}, fragment of ${countOf(frame.fragment.length, 'octet')}${padding(frame.padLength)}`;
    case 'PING':
      return escapeOctets(frame.opaque);
    case 'GOAWAY': {
      const debug = frame.debugData.length === 0 ? '' : `, "${escapeOctets(frame.debugData)}"`;
      return `${errorCodeName(frame.errorCode)}, last stream ${frame.lastStreamId}${debug}`;
    }
    case 'WINDOW_UPDATE':
      return `+${frame.increment}`;
    case 'CONTINUATION':
      return `fragment of ${countOf(frame.fragment.length, 'octet')}`;
    case 'UNKNOWN':
      return countOf(frame.payload.length, 'octet');
    case 'MALFORMED':
      return `malformed: ${frame.reason}`;
  }
}

/** One frame, one line of printable ASCII and bounded length: type, flags, stream, and what it says, such as `RST_STREAM on stream 3: CANCEL`. */
export function describeFrame(frame: Frame): string {
  const names = flagNames(frame.raw.type, frame.raw.flags);
  const reserved = frame.raw.reserved ? ', reserved bit set' : '';
  const payload = describePayload(frame);
  const head = [frameTypeName(frame.raw.type), ...names].join(' ');
  return `${head} on stream ${frame.streamId}${reserved}${payload === '' ? '' : `: ${payload}`}`;
}

function describeSettings(settings: readonly Setting[]): string {
  const shown = settings.slice(0, maxSettings).map(({ id, value }) => `${settingName(id)}=${value}`);
  const hidden = settings.length - shown.length;
  return [...shown, ...(hidden === 0 ? [] : [`... (+${countOf(hidden, 'setting')})`])].join(', ');
}

const padding = (padLength: number | undefined): string => (padLength === undefined ? '' : `, pad length ${padLength}`);

const describePriority = ({ exclusive, dependency, weight }: PriorityFields): string =>
  `depends on stream ${dependency}${exclusive ? ' exclusively' : ''}, weight ${weight}`;
