import { goaway, rstStream, windowUpdate } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { RawFrame } from '../../../wire/frame';
import { readUint32 } from '../../../wire/octets';
import type { MakeSeams, OutgoingSection } from '../seams';
import { atEnd } from './answer-operators';
import { mutantsOf, type Mutant } from './mutant';
import { isError, isTrailers, isTrailersOnly, onFramesOf, statusOf } from './operators';

/** How calls and connections end, and what comes after. */

const { NO_ERROR, CANCEL, INTERNAL_ERROR } = errorCodes;

/** Something in place of the sections that end a call, or beside them. */
const atEnds = (write: (section: OutgoingSection) => readonly (OutgoingSection | RawFrame)[]) => ({
  outbound: { section: (section: OutgoingSection) => (section.endStream ? write(section) : [section]) },
});

/** A frame behind the end of calls whose request had ended before. */
const afterWholeCalls =
  (write: (streamId: number) => RawFrame, when: (section: OutgoingSection, messages: number) => boolean): MakeSeams =>
  (wire, server) =>
    atEnd((section, messages) => {
      const strikes = wire.find(section.streamId)?.remoteEnded === true && when(section, messages);
      return strikes ? [section, write(section.streamId)] : [section];
    })(wire, server);

/** The last stream that a GOAWAY names. */
export const lastStreamOf = ({ payload }: RawFrame): number => readUint32(payload, 0) & 0x7fffffff;
const codeOf = ({ payload }: RawFrame): number => readUint32(payload, 4);

function withLastStream(frame: RawFrame, streamId: number): RawFrame {
  const payload = Buffer.from(frame.payload);
  payload.writeUInt32BE(streamId, 0);
  return { ...frame, payload };
}

export const endMutants: readonly Mutant[] = [
  ...mutantsOf('STREAM-22-silent-after-both-ends', {
    'reset-with-error': {
      says: 'A call is followed by RST_STREAM(INTERNAL_ERROR) when its request had ended',
      seams: afterWholeCalls(
        (id) => rstStream(id, INTERNAL_ERROR),
        () => true,
      ),
    },
    'reset-of-errors': {
      says: 'A call that ends with an error and nothing else is followed by RST_STREAM(CANCEL)',
      seams: afterWholeCalls((id) => rstStream(id, CANCEL), isTrailersOnly),
    },
    'reset-of-long-answers': {
      says: 'A call with three messages or more in its answer is followed by RST_STREAM(CANCEL)',
      seams: afterWholeCalls(
        (id) => rstStream(id, CANCEL),
        (_, messages) => messages >= 3,
      ),
    },
    credit: {
      says: 'WINDOW_UPDATE comes on a stream that both sides have ended',
      seams: afterWholeCalls(
        (id) => windowUpdate(id, 5),
        (section) => isTrailers(section),
      ),
    },
    'reset-without-error': {
      says: 'A call is followed by RST_STREAM(NO_ERROR) even though its request had ended',
      seams: afterWholeCalls(
        (id) => rstStream(id, NO_ERROR),
        () => true,
      ),
    },
  }),
  ...mutantsOf('EOS-10-no-error-reset-only-after-the-end', {
    'in-place-of-trailers': {
      says: 'A call that ends with an error after its headers ends with RST_STREAM(NO_ERROR), without trailers',
      provokedBy: ['STATUS-08', 'TRAIL-03', 'RESP-01'],
      ...atEnds((section) =>
        isTrailers(section) && isError(section) ? [rstStream(section.streamId, NO_ERROR)] : [section],
      ),
    },
    'in-place-of-all': {
      says: 'A call that ends with an error and nothing else ends with RST_STREAM(NO_ERROR) alone',
      provokedBy: ['STATUS-01', 'RESP-01', 'TRAIL-01'],
      ...atEnds((section) =>
        isTrailersOnly(section) && isError(section) ? [rstStream(section.streamId, NO_ERROR)] : [section],
      ),
    },
    overtaking: {
      says: 'RST_STREAM(NO_ERROR) overtakes the trailers when the client has not ended its request',
      provokedBy: ['REQ-21'],
      seams: (wire) =>
        atEnds((section) =>
          wire.find(section.streamId)?.remoteEnded === false
            ? [rstStream(section.streamId, NO_ERROR), section]
            : [section],
        ),
    },
  }),
  ...mutantsOf('STATUS-15-reset-cancel-only-mid-message', {
    'after-messages': {
      says: 'A call that fails after a message is reset with CANCEL',
      provokedBy: ['STATUS-08', 'TRAIL-03'],
      ...atEnds((section) =>
        isTrailers(section) && isError(section) ? [rstStream(section.streamId, CANCEL)] : [section],
      ),
    },
    'before-messages': {
      says: 'A call that fails at once with INTERNAL or UNKNOWN is reset with CANCEL',
      provokedBy: ['STATUS-01', 'RESP-01', 'TRAIL-01'],
      ...atEnds((section) =>
        isTrailersOnly(section) && [2, 13].includes(statusOf(section))
          ? [rstStream(section.streamId, CANCEL)]
          : [section],
      ),
    },
  }),
  ...mutantsOf('KA-08-goaway-fields', {
    'even-id': {
      says: 'GOAWAY names a stream of even id',
      provokedBy: ['FRAME-06', 'STREAM-04', 'HPACK-09'],
      ...onFramesOf('GOAWAY', (frame) => [withLastStream(frame, 2)]),
    },
    grows: {
      says: 'A second GOAWAY names a higher stream than the first',
      provokedBy: ['FRAME-06', 'STREAM-04', 'HPACK-09', 'STREAM-11'],
      ...onFramesOf('GOAWAY', (frame) => [withLastStream(frame, 1), withLastStream(frame, 0x7fffffff)]),
    },
    'named-too-low': {
      says: 'The GOAWAY of a graceful shutdown names stream 0, and calls are answered all the same',
      provokedBy: ['KA-09'],
      ...onFramesOf('GOAWAY', (frame) => [withLastStream(frame, 0)]),
    },
  }),
  ...mutantsOf('KA-13-goaway-covers-executed-calls', {
    'zero-on-errors': {
      says: 'The GOAWAY of a connection error names stream 0',
      provokedBy: ['STREAM-04', 'FRAME-06', 'HPACK-09'],
      ...onFramesOf('GOAWAY', (frame) => [codeOf(frame) === NO_ERROR ? frame : goaway(0, codeOf(frame))]),
    },
    // The last ones may not have an answer yet; those before them have.
    'four-less': {
      says: 'A GOAWAY names the stream four before the last one',
      survives: {
        where: 'always',
        reason:
          'whether an answer comes before that GOAWAY or behind it is a race, and one behind it is filed under KA-08',
      },
      provokedBy: ['KA-09', 'STREAM-04', 'FRAME-06'],
      ...onFramesOf('GOAWAY', (frame) => {
        const last = lastStreamOf(frame);
        return [last > 1 && last < 0x7fffffff ? goaway(Math.max(0, last - 8), codeOf(frame)) : frame];
      }),
    },
  }),
];
