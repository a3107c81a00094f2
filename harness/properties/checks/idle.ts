import type { Call } from '../../grpc/call';
import { connectionReaction, errorGoaway } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { ConnectionView } from '../../transcript/connection-view';
import { errorCodes } from '../../wire/error-codes';
import { callBreach } from './expectations';

/**
 * A call on a connection on which nothing went on for a while is answered, whatever the answer is; or the connection was ended, best in good order. How long it
 * lives is the server's own affair (RFC 9113 §9.1, gRFC A9), and so an end of another form is only warned of.
 */
export function staysUsable(view: ConnectionView, call: Call): readonly Breach[] {
  const goaway = view.received.find(({ frame }) => frame.type === 'GOAWAY')?.frame;
  if (goaway?.type === 'GOAWAY' && goaway.errorCode === errorCodes.NO_ERROR && errorGoaway(view) === undefined)
    return [];
  const expected = 'an answer after a while without calls, or GOAWAY(NO_ERROR) before';
  const isOver = goaway !== undefined || view.closed?.by === 'target';
  if (isOver) {
    const observed = `the target ended an idle connection (${connectionReaction(view)})`;
    return [{ severity: 'warn', observed, expected, reaction: connectionReaction(view) }];
  }
  return call.shape === 'open' ? [callBreach(call, expected)] : [];
}
