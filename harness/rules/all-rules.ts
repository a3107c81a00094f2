import type { RowId } from '../catalogue';
import { aliveRows } from './alive';
import { acceptedEncoding, acceptEncodingList, encodingHeader } from './compression';
import { settingsFirst } from './connection';
import { cancelInsideMessages, noErrorAfterTheEnd, silentAfterBothEnds } from './ends';
import { extensionFramesLegal, extensionSettingsLegal, initialStreamLimit, paddingZero } from './extensions';
import { fieldsValid, messageOuterSpaces } from './fields';
import { windowAdjusted, windowNegative, windowRespected, windowUpdatesLegal } from './flow-control';
import { answerFramesWithinMaximum, framesWellFormed, noPush, oneAckPerSettings, serverSettingsLegal } from './frames';
import { blocksDecode, honoursTableSize, signalsSmallestSize } from './hpack';
import { allowIn405, courtesyFields, refusalFields } from './http-refusals';
import { goawayCoversAnswers, goawayFields, countedPings, pingEcho } from './keepalive';
import { responseCardinality, responseFraming } from './messages';
import * as headers from './response-headers';
import type { CallRule, ConnectionRule } from './rule';
import { messageOptional, neverGenerated, percentEncoding, statusDecimal } from './status';
import { nothingAfterReset, silenceAfterOurReset } from './streams';
import { noRenegotiation } from './tls';
import * as trailers from './trailers';

/** What is judged on every frame of the target; the first that a frame breaks is named first. */
export const connectionRules: readonly ConnectionRule[] = [
  settingsFirst,
  framesWellFormed,
  answerFramesWithinMaximum,
  honoursTableSize,
  signalsSmallestSize,
  blocksDecode,
  oneAckPerSettings,
  serverSettingsLegal,
  extensionSettingsLegal,
  initialStreamLimit,
  extensionFramesLegal,
  paddingZero,
  windowRespected,
  windowAdjusted,
  windowNegative,
  windowUpdatesLegal,
  pingEcho,
  countedPings,
  goawayFields,
  goawayCoversAnswers,
  noRenegotiation,
];

/** What is judged on every frame of an answer, whatever the phase of the call is. */
export const streamRules: readonly CallRule[] = [
  noPush,
  nothingAfterReset,
  silenceAfterOurReset,
  trailers.nothingAfterTrailers,
  silentAfterBothEnds,
  noErrorAfterTheEnd,
  cancelInsideMessages,
];

/** What is judged on every frame of an answer that is under way, and at its end. */
export const answerRules: readonly CallRule[] = [
  trailers.trailersEndStream,
  headers.oneHeaderBlock,
  trailers.noPseudoInTrailers,
  fieldsValid,
  messageOuterSpaces,
  headers.status200,
  headers.unknownMethod,
  headers.contentType,
  headers.trailersOnlyShape,
  headers.fieldsInTheirBlock,
  headers.noContentCoding,
  headers.interimResponses,
  allowIn405,
  refusalFields,
  courtesyFields,
  headers.headersFirst,
  encodingHeader,
  acceptedEncoding,
  acceptEncodingList,
  responseFraming,
  trailers.noEndStreamOnData,
  headers.contentLengthConsistent,
  trailers.statusPresent,
  statusDecimal,
  percentEncoding,
  messageOptional,
  neverGenerated,
  responseCardinality,
];

/** Rows that are judged on all traffic, whatever the property is about. */
export const watchedRows: readonly RowId[] = [
  ...new Set([...[...connectionRules, ...streamRules, ...answerRules].map(({ id }) => id), ...aliveRows]),
];
