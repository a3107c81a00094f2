import { errorCodes } from '../../wire/error-codes';

/** Ends the connection (RFC 9113 §5.4.1); thrown where a frame is handled, caught where frames are handed out. The message goes into GOAWAY. */
export class ConnectionError extends Error {
  readonly errorCode: number;

  constructor(errorCode: number, reason: string) {
    super(reason);
    this.errorCode = errorCode;
  }
}

export const protocolError = (reason: string): ConnectionError =>
  new ConnectionError(errorCodes.PROTOCOL_ERROR, reason);

/** The client asks for more work than we do for one connection. */
export const tooMuch = (reason: string): ConnectionError => new ConnectionError(errorCodes.ENHANCE_YOUR_CALM, reason);
