import type { OpenStep } from '../connection/script';
import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';
import { encodeClientHello, type ClientHello } from '../wire/tls/client-hello';
import { plainestCall } from './plainest-call';

/**
 * A connection over TLS, and the plainest call on it at once: what the target makes of the handshake is judged by whether it serves. Waits for the end of the
 * call, or of the connection, and goes on when neither comes.
 */
export function callOverTls(
  script: PlanBuilder,
  facts: { readonly offers: readonly string[] },
  options: Omit<OpenStep, 'do' | 'on'> & { readonly on?: string } = {},
): CallWriter {
  const { on = 'main' } = options;
  script.open({ awaitSettings: false, ...options });
  const call = script.call(plainestCall(facts), { on, awaitEnd: false });
  script.await({ see: 'end', stream: call.stream }, { on, optional: true });
  return call;
}

/** A ClientHello of ours on a connection of its own, and the wait for what the target answers before it wants more of us. */
export function sayHello(script: PlanBuilder, hello: ClientHello, on = 'hello'): void {
  script.open({ on, clear: true, insteadOfPreface: encodeClientHello(hello) });
  script.await({ see: 'server-flight' }, { on, within: 'reply', optional: true });
}
