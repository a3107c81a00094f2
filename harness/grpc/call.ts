import type { Field, HpackFault } from '../wire/hpack/decoder';
import type { CallPlan } from './call-plan';

/**
 * How the answer to a call ended: with trailers after Response-Headers, Trailers-Only, as a plain HTTP response, by RST_STREAM,
 * because the connection closed, refused unprocessed, or not at all within the budget.
 */
export type CallShape = 'normal' | 'trailers-only' | 'http' | 'reset' | 'closed' | 'refused' | 'open';

/** One Length-Prefixed-Message as received. */
export interface ReceivedMessage {
  readonly compressedFlag: number;
  readonly octets: Uint8Array;
  /** When its last octet arrived, in milliseconds since the script started. */
  readonly at: number;
}

/** One stream of a transcript, seen as an RPC. */
export interface Call {
  readonly plan: CallPlan;
  readonly shape: CallShape;
  /** Number of interim (1xx) field blocks. */
  readonly interim: number;
  /** The final Response-Headers, or the HTTP response's header; absent for Trailers-Only. */
  readonly headers?: readonly Field[] | undefined;
  /** Trailers, or the one block of a Trailers-Only answer. */
  readonly trailers?: readonly Field[] | undefined;
  /** Why a field block of the answer, or one before it on the connection, does not decode: what the fields would have said nobody knows. */
  readonly undecodable?: HpackFault | undefined;
  /** Value of :status, when a final one was seen and is a number. */
  readonly httpStatus?: number | undefined;
  readonly messages: readonly ReceivedMessage[];
  /** Octets of an unfinished message at the end. */
  readonly rest: number;
  /** DATA payload octets received, padding left out. */
  readonly dataOctets: number;
  /** grpc-status, when there is one that is a decimal number. */
  readonly status?: number | undefined;
  /** grpc-message as on the wire. */
  readonly rawMessage?: string | undefined;
  /** grpc-message, percent-decoded as UTF-8. */
  readonly message?: string | undefined;
  /** The first RST_STREAM of either side. */
  readonly reset?: { readonly by: 'target' | 'client'; readonly errorCode: number; readonly at: number } | undefined;
  /** The target sent RST_STREAM after it had ended the stream. */
  readonly resetAfterEnd?: { readonly errorCode: number } | undefined;
  /** Error code of a GOAWAY that ended the connection under the call. */
  readonly goawayErrorCode?: number | undefined;
  /** Milliseconds since the script started. */
  readonly times: {
    readonly opened?: number | undefined;
    readonly halfClosed?: number | undefined;
    readonly headers?: number | undefined;
    readonly end?: number | undefined;
  };
  /** Packets of the stream, by number in the packet list of the connection. */
  readonly firstPacket?: number | undefined;
  readonly lastPacket?: number | undefined;
}
