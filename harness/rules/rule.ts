import type { RowId } from '../catalogue';
import type { Call } from '../grpc/call';
import type { CallPlan } from '../grpc/call-plan';
import type { CallState, CallStep } from '../grpc/call-reader';
import type { ConnectionState } from '../model/connection-state';
import type { ConnectionView, FieldBlock, FramePacket } from '../transcript/connection-view';
import type { Violation } from './violation';

/** What a rule found: a violation without what the judge knows, its row and its place. */
export interface RuleBreach extends Pick<Violation, 'observed' | 'expected' | 'reaction' | 'severity'> {
  /** The framing of the stream is broken, so that what follows on it proves nothing. */
  readonly ends?: boolean;
}

/** A frame of the target, and what was seen of its connection before and after it. */
export interface ConnectionMoment {
  readonly view: ConnectionView;
  readonly before: ConnectionState;
  readonly packet: FramePacket;
  readonly after: ConnectionState;
}

/** A frame of the target on the stream of a call. */
export interface CallMoment extends CallStep {
  readonly plan: CallPlan;
  /** The answer has a body of gRPC in answer to a legal request: what the specification of gRPC says of messages and trailers applies. */
  readonly isGrpcBody: boolean;
  readonly connection: { readonly before: ConnectionState; readonly after: ConnectionState };
  /** False when octets that should be compressed in this way are not; true where that is not known. */
  readonly inflates: (encoding: string, octets: Uint8Array) => boolean;
}

/** A call after its last frame, or where the transcript ends. */
export interface CallEnd {
  readonly plan: CallPlan;
  readonly call: Call;
  readonly state: CallState;
  readonly connection: ConnectionState;
}

/** What a rule looks at, and what is wrong there. */
export interface Look<Moment> {
  /** Whether there is something that the rule can judge; always when absent. */
  readonly looksAt?: (moment: Moment) => boolean;
  readonly breach: (moment: Moment) => RuleBreach | readonly RuleBreach[] | undefined;
}

/** A connection where its transcript ends. */
export interface ConnectionEnd {
  readonly view: ConnectionView;
  readonly state: ConnectionState;
}

/** A row that is judged on every frame that the target sends on any connection, and may be at the end of it. Reported once for each connection. */
export interface ConnectionRule extends Look<ConnectionMoment> {
  readonly id: RowId;
  readonly end?: (end: ConnectionEnd) => RuleBreach | undefined;
}

/** A row that is judged on every call: at each frame of the target, at the end of the call, or both. */
export interface CallRule {
  readonly id: RowId;
  readonly packet?: Look<CallMoment>;
  readonly end?: Look<CallEnd>;
}

/** The rule of a row about connections. */
export const rule = (id: RowId, looks: Omit<ConnectionRule, 'id'>): ConnectionRule => ({ id, ...looks });

/** The rule of a row about calls. */
export const callRule = (id: RowId, looks: Omit<CallRule, 'id'>): CallRule => ({ id, ...looks });

/** True for a block that came after one which left the HPACK table unknown: nobody can read it. */
const isUndecoded = ({ fields, sizeUpdates, length }: FieldBlock): boolean =>
  fields.length === 0 && sizeUpdates.length === 0 && length > 0;

/** False for a block whose fields are not all known: the rules of HPACK report it, and what is left of it proves nothing. */
export const isReadable = (block: FieldBlock): boolean => block.fault === undefined && !isUndecoded(block);
