import { errorCodes } from '../../../wire/error-codes';
import { flags, frameTypes, interpretFrame, type Frame, type RawFrame } from '../../../wire/frame';
import type { MakeSeams } from '../seams';
import { isMalformed, passedOver } from './misplaced-frames';
import { mutantsOf, type Mutant } from './mutant';
import { onFramesIn, whenFrame } from './operators';

const { CONTINUATION, DATA, GOAWAY, HEADERS, SETTINGS } = frameTypes;

/** Frames of a type that announce more than the maximum. */
const isTooLong =
  (type: number, is: (length: number) => boolean = () => true) =>
  ({ raw }: Frame): boolean =>
    raw.type === type && (raw.length ?? 0) > 16_384 && is(raw.length ?? 0);

const isPadded = ({ raw }: Frame): boolean => (raw.flags & flags.PADDED) !== 0;
const hasPriority = ({ raw }: Frame): boolean => (raw.flags & flags.PRIORITY) !== 0;
/** Octets of Pad Length beyond the whole payload, the Pad Length included; below 0 where it fits. */
const excessOf = ({ raw: { payload } }: Frame): number => (payload[0] ?? 0) - payload.length;

/** Padding that lies, taken in the way that such a server has of reading it. @param payload what is left of it */
const readAs = (
  type: number,
  is: (frame: Frame) => boolean,
  payload: (raw: RawFrame) => Uint8Array,
  without: number = flags.PADDED,
) =>
  onFramesIn((frame) =>
    isMalformed(type)(frame) && is(frame)
      ? [interpretFrame({ ...frame.raw, flags: frame.raw.flags & ~without, payload: payload(frame.raw) })]
      : [frame],
  );

const behindPadLength = ({ payload }: RawFrame): Uint8Array => payload.subarray(1);
const nothing = (): Uint8Array => new Uint8Array(0);

/** Ends the connection when such a frame comes in. */
const refusing = (is: (frame: Frame) => boolean, type: Frame['type']): MakeSeams =>
  whenFrame(type, (frame, wire) => {
    if (is(frame)) wire.fail(errorCodes.PROTOCOL_ERROR, 'a frame that is not liked');
  });

export const frameLengthMutants: readonly Mutant[] = [
  ...mutantsOf('FRAME-05-oversize-frame', {
    headers: { says: 'HEADERS that are too long are passed over', ...passedOver(isTooLong(HEADERS)) },
    continuation: {
      says: 'CONTINUATION that is too long is taken for an empty one',
      ...onFramesIn((frame) =>
        isTooLong(CONTINUATION)(frame)
          ? [interpretFrame({ ...frame.raw, payload: new Uint8Array(0), length: 0 })]
          : [frame],
      ),
    },
    settings: { says: 'SETTINGS that are too long are passed over', ...passedOver(isTooLong(SETTINGS)) },
    goaway: { says: 'GOAWAY that is too long is passed over', ...passedOver(isTooLong(GOAWAY)) },
    data: { says: 'DATA that is too long is passed over', ...passedOver(isTooLong(DATA)) },
    'one-octet': {
      says: 'A frame of a field block or of SETTINGS with one octet too many is passed over',
      ...passedOver((frame) =>
        [HEADERS, CONTINUATION, SETTINGS].some((type) => isTooLong(type, (length) => length === 16_385)(frame)),
      ),
    },
    'unknown-type': {
      says: 'A frame of unknown type that is too long ends the service of the connection without a word',
      seams: (wire) => {
        let isDeaf = false;
        return onFramesIn((frame) => {
          isDeaf ||= frame.raw.type > CONTINUATION && (frame.raw.length ?? 0) > 16_384 && wire.streams().length === 0;
          return isDeaf ? [] : [frame];
        });
      },
    },
  }),
  ...mutantsOf('FRAME-08-data-padding-overflow', {
    'all-padding': {
      says: 'DATA whose Pad Length is its whole payload is an empty frame',
      ...readAs(DATA, (frame) => isPadded(frame) && excessOf(frame) === 0, nothing),
    },
    'more-than-all': {
      says: 'DATA whose Pad Length is more than its payload is an empty frame',
      ...readAs(DATA, (frame) => isPadded(frame) && excessOf(frame) > 0, nothing),
    },
    delivered: {
      says: 'Padding that does not fit is not taken away, and its octets are delivered',
      ...readAs(DATA, (frame) => isPadded(frame) && frame.raw.payload.length > 0, behindPadLength),
    },
    'no-pad-length': {
      says: 'A padded DATA frame without octets is an empty frame',
      ...readAs(DATA, (frame) => isPadded(frame) && frame.raw.payload.length === 0, nothing),
    },
    'padding-alone': {
      says: 'A DATA frame that is padding alone is refused as if there were too much of it',
      seams: refusing(
        (frame) => frame.type === 'DATA' && (frame.padLength ?? 0) > 0 && frame.data.length === 0,
        'DATA',
      ),
    },
    'padding-alone-ends': {
      says: 'END_STREAM of a DATA frame that is padding alone is forgotten',
      ...onFramesIn((frame) =>
        frame.type === 'DATA' && frame.padLength !== undefined && frame.data.length === 0
          ? [{ ...frame, endStream: false }]
          : [frame],
      ),
    },
  }),
  ...mutantsOf('FRAME-10-headers-padding', {
    'not-taken-away': {
      says: 'Padding of HEADERS is left in the field block',
      ...onFramesIn((frame) =>
        frame.type === 'HEADERS' && (frame.padLength ?? 0) > 0
          ? [{ ...frame, fragment: frame.raw.payload.subarray(hasPriority(frame) ? 6 : 1) }]
          : [frame],
      ),
    },
    'beside-priority': {
      says: 'Padded HEADERS with priority are refused',
      seams: refusing(
        (frame) => frame.type === 'HEADERS' && frame.padLength !== undefined && frame.priority !== undefined,
        'HEADERS',
      ),
    },
    'empty-fragment': {
      says: 'Padded HEADERS that leave an empty fragment are refused',
      seams: refusing(
        (frame) => frame.type === 'HEADERS' && (frame.padLength ?? 0) > 0 && frame.fragment.length === 0,
        'HEADERS',
      ),
    },
    'large-pad-length': {
      says: 'A Pad Length of HEADERS above 127 is taken for a negative number',
      seams: refusing((frame) => frame.type === 'HEADERS' && (frame.padLength ?? 0) > 127, 'HEADERS'),
    },
    'all-padding': {
      says: 'HEADERS whose Pad Length is their whole payload have an empty fragment',
      ...readAs(HEADERS, (frame) => isPadded(frame) && !hasPriority(frame) && excessOf(frame) === 0, nothing),
    },
    'more-than-all': {
      says: 'HEADERS whose Pad Length is more than their payload have no padding',
      ...readAs(HEADERS, (frame) => isPadded(frame) && !hasPriority(frame) && excessOf(frame) > 0, behindPadLength),
    },
    'over-priority': {
      says: 'Padding of HEADERS may reach into the priority fields',
      ...readAs(
        HEADERS,
        (frame) => isPadded(frame) && hasPriority(frame) && excessOf(frame) < 0,
        ({ payload }) => payload.subarray(6),
        flags.PADDED | flags.PRIORITY,
      ),
    },
  }),
  ...mutantsOf('FRAME-11-headers-with-priority', {
    'not-skipped': {
      says: 'The priority fields of HEADERS that depend on a stream are read as part of the field block',
      ...onFramesIn((frame) =>
        frame.type === 'HEADERS' && (frame.priority?.dependency ?? 0) > 0
          ? [{ ...frame, fragment: frame.raw.payload }]
          : [frame],
      ),
    },
    'closed-dependency': {
      says: 'HEADERS that depend on a closed stream are refused',
      seams: (wire, server) =>
        refusing(
          (frame) =>
            frame.type === 'HEADERS' &&
            frame.priority !== undefined &&
            frame.priority.dependency > 0 &&
            frame.priority.dependency < frame.streamId &&
            wire.find(frame.priority.dependency) === undefined,
          'HEADERS',
        )(wire, server),
    },
    'idle-dependency': {
      says: 'HEADERS that depend on an idle stream are refused',
      seams: refusing(
        (frame) => frame.type === 'HEADERS' && (frame.priority?.dependency ?? 0) > frame.streamId,
        'HEADERS',
      ),
    },
    exclusive: {
      says: 'HEADERS with exclusive priority are refused',
      seams: refusing((frame) => frame.type === 'HEADERS' && frame.priority?.exclusive === true, 'HEADERS'),
    },
    weight: {
      says: 'HEADERS of the largest weight are refused',
      seams: refusing((frame) => frame.type === 'HEADERS' && frame.priority?.weight === 256, 'HEADERS'),
    },
    short: {
      says: 'HEADERS that are too short for their priority fields are passed over',
      ...passedOver(isMalformed(HEADERS, (_, frame) => hasPriority(frame) && !isPadded(frame))),
    },
    empty: {
      says: 'HEADERS without octets for their priority fields are passed over',
      ...passedOver(isMalformed(HEADERS, (length, frame) => hasPriority(frame) && length === 0)),
    },
  }),
];
