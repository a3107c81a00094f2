import type { Call } from '../../grpc/call';
import type { PlanBuilder } from '../../grpc/plan-builder';
import { status } from '../../grpc/status';
import { unaryCall } from '../../grpc/test-service';
import { errorCodes } from '../../wire/error-codes';
import { offered, type Part, type Talk } from './talk';

/** Default limit of received messages of nearly all gRPC servers: 4 MiB. */
const commonMessageLimit = 4 * 1024 * 1024;
/** How long a server may take to refuse a message that it has only seen the length of; above the second that some delay refusals by. Milliseconds. */
const refusalTime = 2000;
/** How long it may take to refuse the second one, once it has refused the first. */
const secondRefusalTime = 300;

/**
 * Announces a message one octet above the common limit, and one exactly at it, and sends neither: only a server with that limit refuses the first and
 * waits for the second.
 */
export async function findMessageLimit(talk: Talk): Promise<Part & { readonly messageLimit?: number }> {
  const announce = (script: PlanBuilder, length: number) => script.begin(unaryCall()).sendOctets(prefixOf(length));
  const seen = await talk.askForRefusal('a message above the common limit', (script) => {
    const above = announce(script, commonMessageLimit + 1);
    script.await({ see: 'end', stream: above.stream }, { within: refusalTime, optional: true });
    const at = announce(script, commonMessageLimit);
    script.await({ see: 'end', stream: at.stream }, { within: secondRefusalTime, optional: true });
    above.resetUnlessEnded();
    at.reset();
  });
  const [above, at] = seen.calls;
  // Which status or error code it is, is for MSG-08 to judge.
  const isLimit = above !== undefined && isError(above) && at?.reset?.by === 'client' && at.shape === 'reset';
  return isLimit ? { judged: [offered('message-limit')], messageLimit: commonMessageLimit } : { judged: [] };
}

/** The target ended this call alone, with a status other than OK or with an error code. */
function isError({ status: code, reset }: Call): boolean {
  return code !== undefined ? code !== status.OK : reset?.by === 'target' && reset.errorCode !== errorCodes.NO_ERROR;
}

function prefixOf(length: number): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}
