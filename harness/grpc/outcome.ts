import { countOf } from '../wire/escape-octets';
import { describeStatus, status } from './status';

/** What the handlers of the interop service answer: payloads of zero octets, and sums. */
export type Answer =
  /** One message of no octets. */
  | { readonly of: 'empty' }
  /** One message whose payload has that many octets. */
  | { readonly of: 'payload'; readonly octets: number }
  /** One message that says that sum of payload octets. */
  | { readonly of: 'sum'; readonly octets: number }
  /** Messages of these payload sizes, in this order. */
  | { readonly of: 'stream'; readonly sizes: readonly number[] };

/** What comes with a status. */
export interface StatusDetails {
  /** The text, percent-decoded. */
  readonly text?: string;
  /** Payload sizes of the messages of a stream before it. */
  readonly after?: readonly number[];
}

/** What may become of a call, a stream or a connection: as data. */
export type Outcome =
  /** Status OK with exactly this answer. */
  | { readonly is: 'served'; readonly answer: Answer }
  /** A legal response that ends with one of these statuses; with that text, and after streamed messages of these payload sizes, where they are given. */
  | ({ readonly is: 'status'; readonly codes: readonly number[] } & StatusDetails)
  /** Refused in any visible way (RFC 9113 §8.1.1). */
  | { readonly is: 'rejected' }
  /** A plain HTTP answer, with that :status where one is given. */
  | { readonly is: 'http'; readonly status?: number }
  /** A gRPC answer with whatever status, and with trailers where so much is asked; what came in its place is filed under the row that it breaks. */
  | { readonly is: 'answered'; readonly on?: 'trailers' }
  /** Any end of the call but silence. */
  | { readonly is: 'ended' }
  /** What the handler copies from the request: to Response-Headers or, in base64 as it was sent, to the trailers. An answer without that block proves nothing. */
  | { readonly is: 'echoed'; readonly in: 'headers' | 'trailers'; readonly values: readonly string[] }
  /** Whatever the handler copies to Response-Headers is not in the trailers: for methods that need not copy anything. */
  | { readonly is: 'in-place' }
  /** Neither block of the answer has a field that handlers copy: what was sent under its name, or one like it, has reached none. */
  | { readonly is: 'unechoed' }
  /** RST_STREAM with an error code; a connection error is one as well (RFC 9113 §5.4.2). */
  | { readonly is: 'stream-error' }
  /** GOAWAY with an error code, or a close by the target (RFC 9113 §5.4.1). */
  | { readonly is: 'connection-error' }
  /** The connection is neither closed nor announced to end by an error. */
  | { readonly is: 'open' }
  /** Nothing comes of it: the connection stays open, and nothing on the stream, or on the whole connection, is an answer: not even our preface has one. */
  | { readonly is: 'ignored' }
  /** The call was never begun: what came before it had ended the connection. */
  | { readonly is: 'unsent' };

/** An outcome that is accepted: as right, or as right in kind, which is a warning or recorded only. */
export type Graded = Outcome & { readonly grade?: 'warn' | 'info' };

/** What a script says must come of it. */
export interface Expectation {
  /** The connection, and the stream where it is about one; a stream need not have a call. */
  readonly on: { readonly connection: string; readonly stream?: number };
  /** The row that is broken when none of the outcomes came; the property's own when absent. */
  readonly row?: string;
  /** At least one of full grade; the first of them says what is wanted. */
  readonly accepts: readonly Graded[];
}

export const served = (answer: Answer): Outcome => ({ is: 'served', answer });
/** UnaryCall with a payload of that many octets. */
export const payloadOf = (octets: number): Outcome => served({ of: 'payload', octets });
/** StreamingInputCall with that sum. */
export const sumOfOctets = (octets: number): Outcome => served({ of: 'sum', octets });
/** Streamed answers of these sizes. */
export const streamOfSizes = (sizes: readonly number[]): Outcome => served({ of: 'stream', sizes });
export const emptyAnswer: Outcome = served({ of: 'empty' });
export const endsWith = (...codes: readonly number[]): Outcome => ({ is: 'status', codes });
/** One status, and what comes with it. */
export const endsWithAll = (code: number, details: StatusDetails): Outcome => ({
  is: 'status',
  codes: [code],
  ...details,
});
export const rejected: Outcome = { is: 'rejected' };
/** A plain HTTP answer: any, or one with that :status. */
export const plainHttp = (httpStatus?: number): Outcome =>
  httpStatus === undefined ? { is: 'http' } : { is: 'http', status: httpStatus };
export const answered: Outcome = { is: 'answered' };
export const answeredOnTrailers: Outcome = { is: 'answered', on: 'trailers' };
export const anyEnd: Outcome = { is: 'ended' };
/** Values of the field that handlers copy to Response-Headers, in this order. */
export const echoedInHeaders = (values: readonly string[]): Outcome => ({ is: 'echoed', in: 'headers', values });
/** Values of the binary field that handlers copy to the trailers, in base64, in this order. */
export const echoedInTrailers = (values: readonly string[]): Outcome => ({ is: 'echoed', in: 'trailers', values });
export const inPlace: Outcome = { is: 'in-place' };
/** Nothing was copied to the answer. */
export const unechoed: Outcome = { is: 'unechoed' };
export const streamError: Outcome = { is: 'stream-error' };
export const connectionError: Outcome = { is: 'connection-error' };
export const staysUp: Outcome = { is: 'open' };
export const ignored: Outcome = { is: 'ignored' };
export const unsent: Outcome = { is: 'unsent' };

/** The same outcome, accepted with a warning. */
export const warned = (outcome: Outcome): Graded => ({ ...outcome, grade: 'warn' });
/** The same outcome, recorded only. */
export const recorded = (outcome: Outcome): Graded => ({ ...outcome, grade: 'info' });

/** All outcomes in words, for `explain` and reports: one short phrase for each form that they may have on the wire, none twice. */
export function describeAccepted(accepted: readonly Graded[]): readonly string[] {
  return [
    ...new Set(
      accepted.flatMap((outcome) => {
        const mildness =
          outcome.grade === undefined ? '' : outcome.grade === 'warn' ? ', with a warning' : ', recorded as info';
        return describeForms(outcome).map((form) => `${form}${mildness}`);
      }),
    ),
  ];
}

/** True where what is accepted may look different on the wire from one target to the next. */
export const isChoice = (accepted: readonly Graded[]): boolean =>
  accepted.length > 1 ||
  accepted.some((outcome) => (outcome.is === 'status' ? outcome.codes.length > 1 : hasForms(outcome)));

/** Outcomes that have more than one form by themselves. */
const hasForms = (outcome: Outcome): boolean =>
  outcome.is === 'answered' || outcome.is === 'ended' || describeForms(outcome).length > 1;

/** One outcome as what is wanted, in one clause. */
export function describeWanted(outcome: Outcome): string {
  switch (outcome.is) {
    case 'connection-error':
      return 'a connection error: GOAWAY with an error code, or a closed connection';
    case 'stream-error':
      return 'a stream error (RST_STREAM) or a connection error';
    case 'rejected':
      return 'a refusal: a stream or connection error, HTTP 4xx or 5xx, or a status other than OK';
    default:
      return describeForms(outcome).join(' or ');
  }
}

function describeForms(outcome: Outcome): readonly string[] {
  switch (outcome.is) {
    case 'served':
      return [`status OK with ${describeExpectedAnswer(outcome.answer)}`];
    case 'status':
      return [`status ${describeCodes(outcome.codes)}${describeDetails(outcome)}`];
    case 'rejected':
      return ['a status other than OK', 'RST_STREAM', 'HTTP 4xx or 5xx', 'a connection error'];
    case 'http':
      return [outcome.status === undefined ? 'a plain HTTP answer' : `HTTP status ${outcome.status}`];
    case 'answered':
      return [`a gRPC answer with any status${outcome.on === undefined ? '' : ', which ends on trailers'}`];
    case 'ended':
      return ['any final answer'];
    case 'echoed':
      return [
        `the values of the request in ${outcome.in === 'headers' ? 'Response-Headers' : 'the trailers'}`,
        ...(outcome.values.length > 1 ? ['the first value alone, recorded as info'] : []),
      ];
    case 'in-place':
      return ['no initial metadata in the trailers'];
    case 'unechoed':
      return ['no metadata of the request in the answer'];
    case 'stream-error':
      return ['RST_STREAM with an error code', 'a connection error'];
    case 'connection-error':
      return ['GOAWAY with an error code', 'a closed connection'];
    case 'open':
      return ['a connection that stays open'];
    case 'ignored':
      return ['a connection that stays open and answers nothing'];
    case 'unsent':
      return ['a connection that ended before the call'];
  }
}

const describeDetails = ({ text, after }: StatusDetails): string =>
  [
    ...(text === undefined ? [] : [' with the text asked for']),
    ...(after === undefined ? [] : [` after ${countOf(after.length, 'message')}`]),
  ].join('');

function describeExpectedAnswer(answer: Answer): string {
  switch (answer.of) {
    case 'empty':
      return 'an answer of no octets';
    case 'payload':
      return `a payload of ${countOf(answer.octets, 'octet')}`;
    case 'sum':
      return `a sum of ${countOf(answer.octets, 'octet')}`;
    case 'stream':
      return countOf(answer.sizes.length, 'message');
  }
}

/** Every code but OK is told as what it is. */
function describeCodes(codes: readonly number[]): string {
  const errors = Object.values(status).filter((code) => code !== status.OK);
  const isEveryError = codes.length === errors.length && errors.every((code) => codes.includes(code));
  return isEveryError ? 'other than OK' : codes.map(describeStatus).join(' or ');
}
