import { isRowId, shortId } from '../../../catalogue';
import type { MakeSeams } from '../seams';
import { acceptedEncodingMutants } from './accepted-encodings';
import { afterResetMutants } from './after-resets';
import { answerTableMutants } from './answer-tables';
import { callKindMutants } from './call-kinds';
import { compressedAnswerMutants } from './compressed-answers';
import { compressedRequestMutants } from './compressed-requests';
import { decompressionMutants } from './decompression';
import { cancellationMutants } from './cancellation';
import { connectionMutants } from './connection';
import { crowdMutants } from './crowds';
import { courseMutants } from './courses';
import { greetingMutants } from './greetings';
import { endMutants } from './ends';
import { extensionMutants } from './extensions';
import { deadlineMutants } from './deadlines';
import { fieldBlockMutants } from './field-blocks';
import { fieldCompressionMutants } from './field-compression';
import { fieldBombMutants } from './field-bombs';
import { floodMutants } from './floods';
import { frameLengthMutants } from './frame-lengths';
import { frameMutants } from './frames';
import { frameSettingMutants } from './frame-settings';
import { frameToleranceMutants } from './frame-tolerance';
import { messageFrameMutants } from './message-frames';
import { messageSizeMutants } from './message-sizes';
import { hostileMutants } from './hostiles';
import { httpRefusalMutants } from './http-refusals';
import { isolationMutants } from './isolation';
import { messageMutants } from './messages';
import { misplacedFrameMutants } from './misplaced-frames';
import { multiplexingMutants } from './multiplexing';
import type { Mutant } from './mutant';
import { ownMethodMutants } from './own-methods';
import { pingMutants } from './pings';
import { findPlainDefect, plainDefects, type ChosenPlainDefect } from './plain-defects';
import { processEndMutants } from './process-ends';
import { requestTableMutants } from './request-tables';
import { requestContentMutants } from './request-contents';
import { requestControlMutants } from './request-control';
import { requestFieldMutants } from './request-fields';
import { requestMutants } from './requests';
import { responseBodyMutants } from './response-bodies';
import { responseHeaderMutants } from './response-headers';
import { responseMetadataMutants } from './response-metadata';
import { reflectionMutants } from './reflection';
import { lifetimeMutants } from './lifetimes';
import { serverKeepaliveMutants } from './server-keepalive';
import { serviceMutants } from './services';
import { shutdownMutants } from './shutdown';
import { unreadRequestMutants } from './unread-requests';
import { statusMutants } from './statuses';
import { slowClientMutants } from './slow-clients';
import { strangerMutants } from './strangers';
import { streamStateMutants } from './stream-states';
import { streamWindowMutants } from './stream-windows';
import { windowUpdateMutants } from './window-updates';
import { windowMutants } from './windows';
import { malformedRequestMutants } from './requests-malformed';
import { requestEndMutants } from './request-ends';
import { timeoutMutants } from './timeouts';
import { tlsConnectionMutants } from './tls-connections';
import { tlsNegotiationMutants } from './tls-negotiation';
import { tlsStrengthMutants } from './tls-strength';
import { trailerMutants } from './trailers';
import { requestTargetMutants } from './requests-target';

export type { Mutant } from './mutant';

/** Every mutant, one after the other by area; the first of a row is the one that its id alone stands for. */
export const mutants: readonly Mutant[] = [
  ...connectionMutants,
  ...frameMutants,
  ...requestTableMutants,
  ...fieldBlockMutants,
  ...misplacedFrameMutants,
  ...frameLengthMutants,
  ...frameSettingMutants,
  ...frameToleranceMutants,
  ...strangerMutants,
  ...fieldCompressionMutants,
  ...streamStateMutants,
  ...afterResetMutants,
  ...windowUpdateMutants,
  ...answerTableMutants,
  ...requestMutants,
  ...malformedRequestMutants,
  ...requestContentMutants,
  ...requestTargetMutants,
  ...requestFieldMutants,
  ...requestControlMutants,
  ...messageMutants,
  ...messageFrameMutants,
  ...messageSizeMutants,
  ...compressedRequestMutants,
  ...decompressionMutants,
  ...compressedAnswerMutants,
  ...acceptedEncodingMutants,
  ...responseHeaderMutants,
  ...responseMetadataMutants,
  ...responseBodyMutants,
  ...trailerMutants,
  ...statusMutants,
  ...callKindMutants,
  ...isolationMutants,
  ...processEndMutants,
  ...hostileMutants,
  ...floodMutants,
  ...serverKeepaliveMutants,
  ...lifetimeMutants,
  ...fieldBombMutants,
  ...slowClientMutants,
  ...crowdMutants,
  ...timeoutMutants,
  ...deadlineMutants,
  ...windowMutants,
  ...unreadRequestMutants,
  ...streamWindowMutants,
  ...cancellationMutants,
  ...courseMutants,
  ...multiplexingMutants,
  ...greetingMutants,
  ...pingMutants,
  ...shutdownMutants,
  ...serviceMutants,
  ...reflectionMutants,
  ...ownMethodMutants,
  ...extensionMutants,
  ...httpRefusalMutants,
  ...endMutants,
  ...requestEndMutants,
  ...tlsNegotiationMutants,
  ...tlsStrengthMutants,
  ...tlsConnectionMutants,
];

/** The mutant that an id names: `MSG-02/prefix-split`, or a row by full id or by area and number; undefined when there is none. */
export function findMutant(name: string): Mutant | undefined {
  return mutants.find(
    ({ id, breaks }) =>
      id === name || (isRowId(name) ? breaks === name : shortId(breaks) === name && !name.includes('/')),
  );
}

/** What the seams of a server are made of. */
export type Made = Pick<Mutant, 'inbound' | 'outbound' | 'policy' | 'believes' | 'seams'>;

/** A plain defect with its number, as it is chosen. */
export type ChosenMutant = ChosenPlainDefect;

/** True for a plain defect. */
export const isChosenMutant = (one: string | ChosenMutant): one is ChosenMutant => typeof one !== 'string';

export function plainMutant({ name, value = NaN }: ChosenMutant): Made {
  const seams: MakeSeams = (wire, server) => plainDefects[name].seams(wire, server, value);
  return { seams };
}

/** The mutant or plain defect of that name. @throws Error when nothing has it */
export function mutantNamed(name: string): Made {
  const plain = findPlainDefect(name);
  const found = plain === undefined ? findMutant(name) : plainMutant(plain);
  if (found === undefined) throw new Error(`no mutant is named ${name}`);
  return found;
}
