/** The one import of a suite file: the words that properties are written in. */
export {
  experiment,
  property,
  stimulus,
  type AnyProperty,
  type Experiment,
  type Property,
  type Stimulus,
} from './properties/property';
export {
  answered,
  answeredOnTrailers,
  anyEnd,
  connectionError,
  echoedInHeaders,
  echoedInTrailers,
  emptyAnswer,
  endsWith,
  endsWithAll,
  ignored,
  inPlace,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  served,
  staysUp,
  streamError,
  streamOfSizes,
  sumOfOctets,
  unechoed,
  unsent,
  warned,
  type Answer,
  type Expectation,
  type Graded,
  type Outcome,
} from './grpc/outcome';
export { suite, type Suite } from './properties/suite';
export type { Breach, Violation } from './rules/violation';
export type { TargetFacts } from './facts/target-facts';
export type { RowId } from './catalogue';
export type { AxisName } from './axes/axes';
export type { Need } from './facts/need';
export { keepaliveOf, maxAgeOf, maxIdleOf } from './facts/claims';
export * from './facts/within-limits';
export * from './properties/checks/expectations';
export * from './properties/checks/handshakes';
export { isAnsweredInFront } from './rules/http-answers';
export * from './properties/checks/answered';
export * from './properties/checks/answers';
export * from './properties/checks/echoes';
export * from './properties/checks/counts';
export * from './properties/checks/credit';
export * from './properties/checks/deadline';
export * from './properties/checks/draining';
export * from './properties/checks/ends';
export * from './properties/checks/fairness';
export * from './properties/checks/idle';
export * from './properties/checks/keepalive';
export * from './properties/checks/lifetime';
export * from './properties/checks/pings';
export * from './properties/checks/rich-status';
export * from './properties/checks/stream-limit';
export * from './properties/checks/stream-states';
export * from './properties/checks/unread';
export * from './properties/checks/own-methods';
export { tolerableGrowth } from './facts/tolerable-growth';
export { boundsHandlers } from './properties/checks/running-handlers';
export { boundsWhatItHolds } from './properties/checks/attacks';
export { givesMemoryBack, holdsLittle, staysSmall } from './properties/checks/memory';
export { givesDescriptorsBack, tolerableDescriptors } from './properties/checks/descriptors';
export { attack, attackWaves, type Attack } from './moves/attack';
export type { Windows } from './model/connection-state';
export { windowsBefore } from './model/state-before';
export { listBriefly } from './list-briefly';
export { quoted } from './rules/quoted';
export * from './properties/checks/status-text';
export {
  callReaction,
  connectionReaction,
  describeAnswer,
  describeCall,
  errorGoaway,
  hasConnectionError,
} from './rules/reaction';
export { default as fc } from 'fast-check';
export { arb } from './sessions';
export * from './sessions';
export * from './generators';
export * from './moves/plainest-call';
export * from './grpc/test-service';
export { ask, askedCallExamples, askedCalls, type AskedCall } from './generators/asked-call';
export {
  markOf,
  mostParallelCalls,
  openingOrder,
  parallelCalls,
  sendInterleaved,
  type ParallelCall,
} from './generators/parallel-calls';
export * from './generators/method-call';
export { readFileSymbols, type FileSymbols } from './schema/file-symbols';
export {
  decodeReflectionReply,
  reflectionCall,
  reflectionService,
  saysQuestion,
  type AnyReflectionQuestion,
  type ReflectionReply,
} from './schema/reflection-messages';
export { reflectionVersions, type ReflectionVersion } from './schema/reflection-versions';
export { testServiceSchema } from './schema/test-service-schema';
export { encodeMessageValue, type MessageValue } from './schema/message-value';
export type { Call, ReceivedMessage } from './grpc/call';
export type { Observation } from './grpc/observation';
export type { Condition } from './connection/script';
export { ordinaryFields, type CallOptions, type CallWriter, PlanBuilder } from './grpc/plan-builder';
export type { CallRequest } from './grpc/call-request';
export { beginBystanders, type Bystander } from './moves/bystanders';
export { countCalls } from './moves/count-calls';
export { discard, discardsFor } from './moves/discard';
export { gzippedCallOfLength } from './moves/gzipped-message';
export { healthCheckOfAll } from './moves/empty-service-name';
export { fillHeaderList, listFillings, type ListFilling } from './moves/fill-header-list';
export { fillWindow } from './moves/fill-window';
export { beginInnocents } from './moves/innocents';
export { literalFieldOfLength, literalFields, literalRequest } from './moves/literal-request';
export { markedAnswer, markedCall } from './moves/marked-call';
export { pendingCalls, pendingOctets, type PendingCall } from './moves/pending-calls';
export { resetRapidly } from './moves/rapid-resets';
export { sendInReads } from './moves/send-in-reads';
export { cuttableMessage, streamingInputCallOfLengths, unaryCallOfLength } from './moves/sized-message';
export { repeatedOctets, tableBomb } from './moves/table-bomb';
export { slowCall } from './moves/slow-call';
export { tableCall, TableOfRequests, tableLimit, type TableCall } from './moves/table-of-requests';
export { openStalled } from './moves/stalled-reader';
export { beginUnread, whileBusy, type UnreadUpload } from './moves/unread-upload';
export { commitFault, streamFaultsFor, type StreamFaultName } from './moves/stream-faults';
export * from './moves/stream-frames';
export { callOverTls, sayHello } from './moves/tls-calls';
export { sumOf, uploadCall } from './moves/upload-call';
export { streamInState, streamStates, type StreamState } from './moves/stream-in-state';
export * from './grpc/metadata';
export { octetsOf, type OctetsSpec } from './grpc/octets';
export { encodeMessage } from './grpc/length-prefixed-message';
export { deflate, deflateRaw, gzip, inflate, type DeflateShape, type GzipShape } from './grpc/compression';
export { status, statusName, describeStatus } from './grpc/status';
export { parseTimeout } from './grpc/timeout';
export type { ConnectionView, FramePacket, Packet } from './transcript/connection-view';
export * from './wire/builders';
export { encodeFrame, encodeFrames } from './wire/encode-frame';
export { connectionPreface } from './wire/preface';
export { withStrayBits, type StrayBits } from './wire/stray-bits';
export { hexOf } from './wire/escape-octets';
export { joinOctets } from './wire/join-octets';
export { frameTypes, flags, type Frame, type RawFrame } from './wire/frame';
export { initialSettings, maxFrameLength, settingIds, type Setting } from './wire/settings';
export { encodeClientHello, tlsGroups, tlsVersions, type ClientHello } from './wire/tls/client-hello';
export type { ServerFlight } from './wire/tls/read-handshake';
export { findSuite, modernSuites, permittedSuites, prohibitedSuites, type CipherSuite } from './wire/tls/suites';
export { strangerKinds, type TlsChoices } from './connection/tls-choices';
export { settingValue } from './wire/setting-value';
export { errorCodes, errorCodeName } from './wire/error-codes';
export type { Field } from './wire/hpack/decoder';
export { encodeIndexed, encodeLiteral, encodeSizeUpdate, type FieldSpec } from './wire/hpack/encoder';
