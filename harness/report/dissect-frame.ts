import { flagNames, frameTypeName } from '../wire/describe-frame';
import { errorCodeName } from '../wire/error-codes';
import { countOf, escapeOctets } from '../wire/escape-octets';
import type { Frame, PriorityFields } from '../wire/frame';
import { settingName } from '../wire/settings';

/** A part of a frame and the octets where it stands, counted from the start of the frame. */
export interface Part {
  readonly name: string;
  readonly value: string;
  readonly from: number;
  /** The first octet behind it. */
  readonly to: number;
}

/** The frame header and the payload, part by part (RFC 9113 §4.1, §6). */
export function dissectFrame(frame: Frame): readonly Part[] {
  const { raw } = frame;
  const end = 9 + raw.payload.length;
  const names = flagNames(raw.type, raw.flags);
  const header: readonly Part[] = [
    { name: 'Length', value: String(raw.length ?? raw.payload.length), from: 0, to: 3 },
    { name: 'Type', value: `${frameTypeName(raw.type)} (0x${raw.type.toString(16).padStart(2, '0')})`, from: 3, to: 4 },
    {
      name: 'Flags',
      value: `0x${raw.flags.toString(16).padStart(2, '0')}${names.length === 0 ? '' : ` ${names.join(' ')}`}`,
      from: 4,
      to: 5,
    },
    { name: 'Stream', value: `${raw.streamId}${raw.reserved ? ', reserved bit set' : ''}`, from: 5, to: 9 },
  ];
  return [...header, ...dissectPayload(frame, end).filter(({ from, to }) => to > from || to === end)];
}

function dissectPayload(frame: Frame, end: number): readonly Part[] {
  switch (frame.type) {
    case 'DATA':
      return padded(frame.padLength, end, (from, to) => [octets('Data', frame.data, from, to)]);
    case 'HEADERS':
      return padded(frame.padLength, end, (from, to) =>
        frame.priority === undefined
          ? [fragment(frame.fragment, from, to)]
          : [...priority(frame.priority, from), fragment(frame.fragment, from + 5, to)],
      );
    case 'PRIORITY':
      return priority(frame.priority, 9);
    case 'RST_STREAM':
      return [{ name: 'Error code', value: errorCode(frame.errorCode), from: 9, to: 13 }];
    case 'SETTINGS':
      return frame.settings.map(({ id, value }, index) => ({
        name: `Setting ${index + 1}`,
        value: `${settingName(id)} (0x${id.toString(16)}) = ${value}`,
        from: 9 + 6 * index,
        to: 15 + 6 * index,
      }));
    case 'PUSH_PROMISE':
      return padded(frame.padLength, end, (from, to) => [
        { name: 'Promised stream', value: String(frame.promisedStreamId), from, to: from + 4 },
        fragment(frame.fragment, from + 4, to),
      ]);
    case 'PING':
      return [octets('Opaque data', frame.opaque, 9, end)];
    case 'GOAWAY':
      return [
        { name: 'Last stream', value: String(frame.lastStreamId), from: 9, to: 13 },
        { name: 'Error code', value: errorCode(frame.errorCode), from: 13, to: 17 },
        octets('Debug data', frame.debugData, 17, end),
      ];
    case 'WINDOW_UPDATE':
      return [{ name: 'Increment', value: String(frame.increment), from: 9, to: 13 }];
    case 'CONTINUATION':
      return [fragment(frame.fragment, 9, end)];
    case 'UNKNOWN':
      return [octets('Payload', frame.payload, 9, end)];
    case 'MALFORMED':
      return [{ name: 'Malformed', value: frame.reason, from: 9, to: end }];
  }
}

function padded(
  padLength: number | undefined,
  end: number,
  inner: (from: number, to: number) => readonly Part[],
): readonly Part[] {
  if (padLength === undefined) return inner(9, end);
  return [
    { name: 'Pad length', value: String(padLength), from: 9, to: 10 },
    ...inner(10, end - padLength),
    { name: 'Padding', value: `${padLength} octets`, from: end - padLength, to: end },
  ];
}

const priority = ({ exclusive, dependency, weight }: PriorityFields, from: number): readonly Part[] => [
  { name: 'Dependency', value: `stream ${dependency}${exclusive ? ', exclusive' : ''}`, from, to: from + 4 },
  { name: 'Weight', value: String(weight), from: from + 4, to: from + 5 },
];

const octets = (name: string, value: Uint8Array, from: number, to: number): Part => ({
  name,
  value: `${countOf(value.length, 'octet')}${value.length === 0 ? '' : `: ${escapeOctets(value, 48)}`}`,
  from,
  to,
});

/** Compressed octets say nothing to the eye: the fields stand in a table of their own. */
const fragment = ({ length }: Uint8Array, from: number, to: number): Part => ({
  name: 'Field block fragment',
  value: countOf(length, 'octet'),
  from,
  to,
});

const errorCode = (code: number): string => `${errorCodeName(code)} (0x${code.toString(16)})`;
