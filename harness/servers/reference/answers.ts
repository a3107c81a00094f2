import type { Field } from '../../wire/hpack/decoder';
import type { Behaviour } from './behaviour';
import type { Stream } from './stream';

/** Answers without a handler. */

/** What a layer for CORS says to OPTIONS. */
const corsFields: readonly Field[] = [
  { name: 'access-control-allow-origin', value: '*' },
  { name: 'access-control-allow-methods', value: 'POST' },
];

/** RFC 9110 §15.5.6. */
const allowed: readonly Field[] = [{ name: 'allow', value: 'POST' }];

/** A response that is no gRPC: a plain HTTP status. */
export function answerHttp(stream: Stream, httpStatus: number, reason: string, { varies }: Behaviour): void {
  const statusField = { name: ':status', value: String(httpStatus) };
  if (httpStatus !== 415 || !varies('http-415-body')) {
    const fields = { 204: corsFields, 405: allowed }[httpStatus] ?? [];
    stream.end([statusField, ...fields]);
    return;
  }
  stream.sendHeaders([statusField, { name: 'content-type', value: 'text/plain' }]);
  // The client may go before it has read all of it.
  void stream.send(Buffer.from(`${reason}\n`)).catch(() => undefined);
  stream.endOnData();
}

/** A gRPC response without messages: Trailers-Only (PROTOCOL-HTTP2, Responses). */
export function answerStatus(
  stream: Stream,
  answer: {
    readonly status: number;
    readonly message: string;
    readonly contentType: string;
    readonly fields?: readonly Field[];
  },
  { varies }: Behaviour,
): void {
  const opening = [
    { name: ':status', value: '200' },
    { name: 'content-type', value: answer.contentType },
  ];
  const trailers = [
    { name: 'grpc-status', value: String(answer.status) },
    { name: 'grpc-message', value: answer.message },
    ...(answer.fields ?? []),
  ];
  if (varies('never-trailers-only')) {
    stream.sendHeaders(opening);
    stream.end(trailers);
  } else {
    stream.end([...opening, ...trailers]);
  }
}
