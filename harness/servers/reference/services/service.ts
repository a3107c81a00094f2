import type { Call } from '../call';
import type { RequestMessage } from '../request-body';

interface OneMessage<Kind> {
  readonly kind: Kind;
  readonly handle: (call: Call, request: RequestMessage) => Promise<void>;
}

interface ManyMessages<Kind> {
  readonly kind: Kind;
  readonly handle: (call: Call) => Promise<void>;
}

/** A method by its kind; the handler answers with {@link Call.send} and ends the call by returning, or by throwing a StatusError. */
export type Method =
  | OneMessage<'unary'>
  | OneMessage<'server-streaming'>
  | ManyMessages<'client-streaming'>
  | ManyMessages<'bidirectional-streaming'>;

/** A service: its full name and its methods by theirs. */
export interface Service {
  readonly name: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/** Told about the handlers of calls, for the probe service. */
export interface CallObserver {
  /** @returns undefined for a call that is not counted. */
  onStart(path: string, key: string | undefined): CallRecord | undefined;
}

/** What happens to one handler. */
export interface CallRecord {
  onMessage(): void;
  /** The handler learns that the call is over. */
  onCancel(): void;
  onFinish(): void;
}
