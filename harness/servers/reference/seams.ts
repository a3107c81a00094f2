import type { Frame, RawFrame } from '../../wire/frame';
import type { FieldSpec } from '../../wire/hpack/encoder';
import type { FieldSection } from './block-reader';
import { correctPolicy, type Policy, type Room } from './policy';

/** A field section on its way out, before it is encoded. */
export interface OutgoingSection {
  readonly streamId: number;
  readonly fields: readonly FieldSpec[];
  readonly endStream: boolean;
  /** Table size updates that the block begins with; those that are due unless given. */
  readonly sizeUpdates?: readonly number[];
}

/** A stream as a seam sees it. */
export interface SeenStream {
  readonly id: number;
  /** The client has half-closed. */
  readonly remoteEnded: boolean;
  /** Octets of DATA that the client lets us send on it. */
  readonly sendWindow: number;
  /** A request message has begun and is not complete. */
  readonly insideMessage: boolean;
}

/** What a seam can do to the connection that it belongs to. What it sends passes no seam again. */
export interface Wire {
  send(frame: RawFrame): void;
  /** Encoded with the table of the connection. */
  sendSection(section: OutgoingSection): void;
  /** Queued behind the messages of that stream, within its windows. */
  sendMessage(streamId: number, message: Uint8Array): void;
  /** RST_STREAM on an open stream. */
  reset(streamId: number, errorCode: number): void;
  /** Ends the connection. */
  fail(errorCode: number, reason: string): void;
  /** Closes the socket without a word. */
  drop(): void;
  /** The streams that are open, oldest first. */
  streams(): readonly SeenStream[];
  find(streamId: number): SeenStream | undefined;
}

/** What comes in, before the server looks at it. Each returns what the server sees instead. */
export interface Inbound {
  frame?(frame: Frame): readonly Frame[];
  /** Field sections, decoded. */
  section?(section: FieldSection): FieldSection;
}

/** What goes out. Each returns what goes instead. */
export interface Outbound {
  /** A field section, before it is encoded; frames among what is returned go as they are. */
  section?(section: OutgoingSection): readonly (OutgoingSection | RawFrame)[];
  /** A response message with its prefix, before it is queued. */
  message?(message: Uint8Array, stream: SeenStream): readonly Uint8Array[];
  frame?(frame: RawFrame): readonly RawFrame[];
}

/** The places at which a server can be made to do otherwise; without them it is correct. */
export interface Seams {
  readonly inbound?: Inbound;
  readonly outbound?: Outbound;
  readonly policy?: Partial<Policy>;
  /** What the server takes for the room that it has for DATA, before it decides how much of it to use. */
  readonly believes?: (room: Room) => Room;
}

/** What makes the seams of each connection, so that none shares its state with another. @param server is the same for all connections of one server */
export type MakeSeams = (wire: Wire, server: ServerState) => Seams;

/** What the seams of all connections of one server share. */
export interface ServerState {
  /** Calls so far. */
  calls: number;
  /** Octets that are never freed. */
  readonly leaked: Uint8Array[];
}

/** Several seams, one after the other. */
export interface JoinedSeams {
  readonly policy: Policy;
  frameIn(frame: Frame): readonly Frame[];
  sectionIn(section: FieldSection): FieldSection;
  sectionOut(section: OutgoingSection): readonly (OutgoingSection | RawFrame)[];
  messageOut(message: Uint8Array, stream: SeenStream): readonly Uint8Array[];
  frameOut(frame: RawFrame): readonly RawFrame[];
}

/** The seams in their order; no two of them make the same decision (see {@link decisionsOf}). */
export function joinSeams(all: readonly Seams[]): JoinedSeams {
  const ins = all.flatMap(({ inbound }) => (inbound === undefined ? [] : [inbound]));
  const outs = all.flatMap(({ outbound }) => (outbound === undefined ? [] : [outbound]));
  const beliefs = all.flatMap(({ believes }) => (believes === undefined ? [] : [believes]));
  const policy = Object.assign({}, correctPolicy, ...all.map((seams) => seams.policy)) as Policy;
  return {
    policy: { ...policy, share: (room) => policy.share(beliefs.reduce((one, believes) => believes(one), room)) },
    frameIn: (frame) => through(ins, frame, (seam, one) => seam.frame?.(one)),
    sectionIn: (section) => ins.reduce((one, seam) => seam.section?.(one) ?? one, section),
    sectionOut: (section) =>
      through<Outbound, OutgoingSection | RawFrame>(outs, section, (seam, one) =>
        isFrame(one) ? undefined : seam.section?.(one),
      ),
    messageOut: (message, stream) => through(outs, message, (seam, one) => seam.message?.(one, stream)),
    frameOut: (frame) => through(outs, frame, (seam, one) => seam.frame?.(one)),
  };
}

/** What seams decide that only one can decide, those with a state included. */
export function decisionsOf({ policy, seams }: Seams & { readonly seams?: MakeSeams }): readonly string[] {
  const made = seams?.(unconnected, { calls: 0, leaked: [] });
  return [...Object.keys(policy ?? {}), ...Object.keys(made?.policy ?? {})];
}

const nothing = (): void => undefined;

/** The wire of no connection, to see what seams are made of. */
export const unconnected: Wire = {
  send: nothing,
  sendSection: nothing,
  sendMessage: nothing,
  reset: nothing,
  fail: nothing,
  drop: nothing,
  streams: () => [],
  find: () => undefined,
};

/** True for a frame, which a section is not. */
export const isFrame = (one: OutgoingSection | RawFrame): one is RawFrame => 'payload' in one;

function through<Seam, One>(
  seams: readonly Seam[],
  first: One,
  apply: (seam: Seam, one: One) => readonly One[] | undefined,
): readonly One[] {
  let all: readonly One[] = [first];
  for (const seam of seams) all = all.flatMap((one) => apply(seam, one) ?? [one]);
  return all;
}
