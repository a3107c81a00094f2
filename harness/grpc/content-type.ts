/** What we send unless a property says otherwise. */
export const grpcContentType = 'application/grpc';

/**
 * True for application/grpc alone, with a +subtype, or with parameters (PROTOCOL-HTTP2, Content-Type). Media types have no case (RFC 9110 §8.3.1).
 * `application/grpc-web` is another protocol.
 */
export function isGrpcContentType(value: string): boolean {
  return /^application\/grpc(?:$|[+; \t])/i.test(value);
}
