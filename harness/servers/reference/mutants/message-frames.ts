import { errorCodes } from '../../../wire/error-codes';
import { joinOctets } from '../../../wire/join-octets';
import { paddingOf, type DataFrame, type Frame } from '../../../wire/frame';
import type { MakeSeams, Wire } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { countPerStream, onFramesIn } from './operators';

/** DATA frames of requests, otherwise. */
const onData = (change: (frame: DataFrame) => Frame): Clause['inbound'] =>
  onFramesIn((frame) => [frame.type === 'DATA' ? change(frame) : frame]).inbound;

/** Does something about a DATA frame that lets it pass. */
const whenData =
  (act: (frame: DataFrame, wire: Wire) => void): MakeSeams =>
  (wire) => ({
    inbound: {
      frame: (frame) => {
        if (frame.type === 'DATA') act(frame, wire);
        return [frame];
      },
    },
  });

/** Octets that are taken for the end of the data of a frame. */
const withTail = (frame: DataFrame, tail: Uint8Array): Frame => ({ ...frame, data: joinOctets([frame.data, tail]) });

const isPadded = ({ padLength }: DataFrame): boolean => padLength !== undefined;

const isEmpty = ({ data, endStream, flowControlledLength }: DataFrame): boolean =>
  data.length === 0 && flowControlledLength === 0 && !endStream;

/** Rows about frames that hold something else than octets of messages. */
export const messageFrameMutants: readonly Mutant[] = [
  ...mutantsOf('MSG-06-padded-data', {
    delivered: {
      says: 'Padding of DATA is delivered as payload',
      inbound: onData((frame) => withTail(frame, paddingOf(frame))),
    },
    'length-octet-delivered': {
      says: 'The octet Pad Length is delivered as payload where it is 0',
      inbound: onData((frame) => (frame.padLength === 0 ? withTail(frame, Uint8Array.of(0)) : frame)),
    },
    'long-read-as-none': {
      says: 'Padding of more than 127 octets is delivered as payload, its length read as a negative number',
      inbound: onData((frame) => ((frame.padLength ?? 0) > 127 ? withTail(frame, paddingOf(frame)) : frame)),
    },
    'cut-too-far': {
      says: 'Padding of 255 octets takes one octet of the data with it',
      inbound: onData((frame) => (frame.padLength === 255 ? { ...frame, data: frame.data.subarray(0, -1) } : frame)),
    },
    'alone-is-an-error': {
      says: 'A DATA frame that is padding alone ends its stream',
      seams: whenData((frame, wire) => {
        if (isPadded(frame) && frame.data.length === 0 && !frame.endStream)
          wire.reset(frame.streamId, errorCodes.PROTOCOL_ERROR);
      }),
    },
    refused: {
      says: 'A padded DATA frame is a connection error',
      seams: whenData((frame, wire) => {
        if (isPadded(frame)) wire.fail(errorCodes.PROTOCOL_ERROR, 'padded');
      }),
    },
    'end-not-seen': {
      says: 'END_STREAM of a padded DATA frame is not seen',
      inbound: onData((frame) => (isPadded(frame) ? { ...frame, endStream: false } : frame)),
    },
    'not-zero-delivered': {
      says: 'Padding octets that are not zero are delivered as payload',
      inbound: onData((frame) =>
        paddingOf(frame).some((octet) => octet !== 0) ? withTail(frame, paddingOf(frame)) : frame,
      ),
    },
  }),
  ...mutantsOf('MSG-04-empty-data-between', {
    'is-a-message': {
      says: 'An empty DATA frame between messages is an empty message',
      seams: (wire) => ({
        inbound: onData((frame) =>
          isEmpty(frame) && wire.find(frame.streamId)?.insideMessage === false
            ? withTail(frame, new Uint8Array(5))
            : frame,
        )!,
      }),
    },
    'is-the-end': {
      says: 'An empty DATA frame counts as the half-close',
      inbound: onData((frame) => (isEmpty(frame) ? { ...frame, endStream: true } : frame)),
    },
    'first-is-the-end': {
      says: 'An empty DATA frame before any octet of the request counts as the half-close',
      seams: () => {
        const frames = countPerStream();
        return {
          inbound: onData((frame) =>
            frames.next(frame.streamId) === 0 && isEmpty(frame) ? { ...frame, endStream: true } : frame,
          )!,
        };
      },
    },
    'inside-is-an-error': {
      says: 'An empty DATA frame inside a message ends its stream',
      seams: whenData((frame, wire) => {
        if (isEmpty(frame) && wire.find(frame.streamId)?.insideMessage === true)
          wire.reset(frame.streamId, errorCodes.PROTOCOL_ERROR);
      }),
    },
    'third-is-an-error': {
      says: 'The third empty DATA frame of a request ends the connection',
      seams: (wire) => {
        const frames = countPerStream();
        return whenData((frame) => {
          if (isEmpty(frame) && frames.next(frame.streamId) >= 2) wire.fail(errorCodes.PROTOCOL_ERROR, 'empty frames');
        })(wire, { calls: 0, leaked: [] });
      },
    },
  }),
];
