import type { MethodKind } from '../grpc/call-plan';
import type { CallRequest } from '../grpc/call-request';
import type { Answer } from '../grpc/outcome';
import { fullDuplexCall, streamingInputCall, streamingOutputCall, unaryCall } from '../grpc/test-service';

/** What a call of a kind is answered by which it is known: see {@link markedCall}. */
export function markedAnswer(kind: Exclude<MethodKind, 'unknown'>, mark: number): Answer {
  switch (kind) {
    case 'unary':
      return { of: 'payload', octets: mark };
    case 'client-streaming':
      return { of: 'sum', octets: mark + 1 };
    default:
      return { of: 'stream', sizes: [mark, mark] };
  }
}

/** Asks for an answer by which the call is known: of the size of its mark, of one octet more for an upload, and twice where answers are streamed. */
export function markedCall(kind: Exclude<MethodKind, 'unknown'>, mark: number): CallRequest {
  switch (kind) {
    case 'unary':
      return unaryCall({ payload: new Uint8Array(mark), responseSize: mark });
    case 'client-streaming':
      return streamingInputCall([{ payload: new Uint8Array(mark) }, { payload: new Uint8Array(1) }]);
    case 'server-streaming':
      return streamingOutputCall({ responses: [{ size: mark }, { size: mark }] });
    case 'bidirectional-streaming':
      return fullDuplexCall([mark, mark].map((size) => ({ responses: [{ size }] })));
  }
}
