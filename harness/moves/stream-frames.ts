import { ordinaryFields, type PlanBuilder } from '../grpc/plan-builder';
import type { CallRequest } from '../grpc/call-request';
import { connectionError, staysUp, streamError, type Graded } from '../grpc/outcome';
import { octetsOf } from '../grpc/octets';
import { unaryCall } from '../grpc/test-service';
import { data, priority, rstStream, windowUpdate } from '../wire/builders';
import { joinOctets } from '../wire/join-octets';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { errorCodes } from '../wire/error-codes';
import type { FieldSpec } from '../wire/hpack/encoder';

/** Frames of a client that are about one stream. */
export const streamFrameTypes = ['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM', 'WINDOW_UPDATE'] as const;
export type StreamFrameType = (typeof streamFrameTypes)[number];

/** One frame on a stream that need not be in a state for it: plain data. */
export interface StreamFrame {
  readonly type: StreamFrameType;
  /** Octets of DATA: those of a whole message that asks for an answer where `isMessage`, and anything otherwise. */
  readonly octets: number;
  readonly isMessage: boolean;
  /** END_STREAM, where the frame can have it. */
  readonly endStream: boolean;
  /** Octets of WINDOW_UPDATE. */
  readonly increment: number;
  /** Error code of RST_STREAM. */
  readonly errorCode: number;
}

/** The plainest frame of a type. */
export const plainFrame = (type: StreamFrameType, more: Partial<StreamFrame> = {}): StreamFrame => ({
  type,
  octets: 5,
  isMessage: false,
  endStream: false,
  increment: 1,
  errorCode: errorCodes.CANCEL,
  ...more,
});

/** Sends a frame on a stream as it stands: within the windows as far as the script sees to it, and whatever the state of the stream. */
export function sendStreamFrame(
  script: PlanBuilder,
  stream: number,
  { type, octets, isMessage, endStream, increment, errorCode }: StreamFrame,
  metadata: readonly FieldSpec[] = [],
): void {
  switch (type) {
    case 'DATA':
      script.frame(data(stream, isMessage ? messageOctets() : octetsOf({ length: octets, seed: 1 }), { endStream }));
      return;
    case 'HEADERS':
      script.step({ do: 'headers', on: 'main', stream, fields: fieldsOf(script, unaryCall(), metadata), endStream });
      return;
    case 'PRIORITY':
      script.frame(priority(stream, { exclusive: false, dependency: 0, weight: 16 }));
      return;
    case 'RST_STREAM':
      script.frame(rstStream(stream, errorCode));
      return;
    case 'WINDOW_UPDATE':
      script.frame(windowUpdate(stream, increment));
  }
}

/** Sends a whole request on any stream, whether or not one may be opened there. It is no call of the plan: who expects something of it says so of the stream. */
export function sendRequestOn(
  script: PlanBuilder,
  stream: number,
  request: CallRequest,
  metadata: readonly FieldSpec[] = [],
): void {
  script.step({ do: 'headers', on: 'main', stream, fields: fieldsOf(script, request, metadata), endStream: false });
  const octets = joinOctets(request.messages.map((message) => encodeMessage(message)));
  script.frame(data(stream, octets, { endStream: true }));
}

const fieldsOf = (script: PlanBuilder, { path }: CallRequest, metadata: readonly FieldSpec[]): readonly FieldSpec[] =>
  ordinaryFields(script.facts, path, { metadata });

/** A message that a handler answers at once, if it gets it. */
const messageOctets = (): Uint8Array =>
  joinOctets(unaryCall({ responseSize: 3 }).messages.map((message) => encodeMessage(message)));

/** In which state a frame of ours finds its stream, as the target sees it (RFC 9113 §5.1). Streams of even id are the target's, and idle while it pushes nothing. */
export const streamPlaces = [
  'idle',
  'open',
  'half-closed',
  'completed',
  'reset by us',
  'reset by the target',
  'even',
] as const;
export type StreamPlace = (typeof streamPlaces)[number];

/**
 * What a frame does in a state. `legal`: what the frame is for, and no error. `anything`: it may be passed over or be an error of the stream or of the
 * connection; nothing else comes of it.
 */
export type StreamReaction = 'legal' | 'stream error' | 'connection error' | 'anything';

const legalAnywhere = { PRIORITY: 'legal' } as const;

/** The table of RFC 9113 §5.1, with what §5.4.1, §6.1, §6.4 and §6.9 say of it, for a client that has been told of nothing. */
export const streamReactions: Readonly<Record<StreamPlace, Readonly<Record<StreamFrameType, StreamReaction>>>> = {
  // HEADERS opens it. DATA is a stream error by §6.1, and a connection error by §5.1.
  idle: {
    ...legalAnywhere,
    DATA: 'stream error',
    HEADERS: 'legal',
    RST_STREAM: 'connection error',
    WINDOW_UPDATE: 'connection error',
  },
  // HEADERS are trailers there; what else they may be is for the rules of messages (§8.1).
  open: { ...legalAnywhere, DATA: 'legal', HEADERS: 'legal', RST_STREAM: 'legal', WINDOW_UPDATE: 'legal' },
  'half-closed': {
    ...legalAnywhere,
    DATA: 'stream error',
    HEADERS: 'stream error',
    RST_STREAM: 'legal',
    WINDOW_UPDATE: 'legal',
  },
  // WINDOW_UPDATE and RST_STREAM may have been under way when the stream was closed.
  completed: {
    ...legalAnywhere,
    DATA: 'anything',
    HEADERS: 'anything',
    RST_STREAM: 'legal',
    WINDOW_UPDATE: 'legal',
  },
  'reset by us': {
    ...legalAnywhere,
    DATA: 'anything',
    HEADERS: 'anything',
    RST_STREAM: 'anything',
    WINDOW_UPDATE: 'anything',
  },
  // Whoever has sent RST_STREAM copes with what was under way (§5.4.2), and may take what comes later for an error.
  'reset by the target': {
    ...legalAnywhere,
    DATA: 'anything',
    HEADERS: 'anything',
    RST_STREAM: 'legal',
    WINDOW_UPDATE: 'legal',
  },
  even: {
    ...legalAnywhere,
    DATA: 'stream error',
    HEADERS: 'connection error',
    RST_STREAM: 'connection error',
    WINDOW_UPDATE: 'connection error',
  },
};

/** What of a connection, or of the stream on it, a reaction accepts: a stream error may become a connection error (RFC 9113 §5.4.1). Undefined: whatever. */
export function outcomesOfReaction(reaction: StreamReaction): readonly Graded[] | undefined {
  switch (reaction) {
    case 'legal':
      return [staysUp];
    case 'stream error':
      return [streamError];
    case 'connection error':
      return [connectionError];
    case 'anything':
      return undefined;
  }
}

/** The mildest reaction that all of these frames together leave allowed: an error that one of them is settles it. */
export function reactionTo(place: StreamPlace, types: readonly StreamFrameType[]): StreamReaction {
  const all = types.map((type) => streamReactions[place][type]);
  return (
    (['connection error', 'stream error', 'anything'] as const).find((reaction) => all.includes(reaction)) ?? 'legal'
  );
}
