/** Ends a call with a status other than OK; thrown by handlers and by what reads their requests. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;

  /** @param status of gRPC; the message goes to the client. */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Thrown into a handler that waits when its call is over: cancelled by the client, past its deadline, or without a connection. Nothing can be sent any more. */
export class CallOver extends Error {
  override readonly name = 'CallOver';
}
