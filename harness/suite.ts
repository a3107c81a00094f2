/**
 * `grpc-conform/suite`: the words in which rules of your own are written, the same ones as in the suites that come along (docs/own-suites.md). What stands here may grow,
 * and changes otherwise only with a line under "Backward incompatible" in the changelog.
 */
import fc from 'fast-check';

export {
  ownExperiment as experiment,
  ownStimulus as stimulus,
  ownSuite as suite,
  type OwnRow,
  type OwnSource,
} from './properties/own-row';
export type { AnyProperty, Experiment, Stimulus } from './properties/property';
export type { Suite } from './properties/suite';
export type { Level } from './catalogue/requirement';
export type { AxisName } from './axes/axes';
export type { Need } from './facts/need';
export type { TargetFacts, TargetLimits } from './facts/target-facts';
export type { Breach } from './rules/violation';
// Not `export { default as fc } from`: Node would not see the name where a module imports it.
export { fc };
export { arb } from './sessions';
export {
  answered,
  anyEnd,
  connectionError,
  echoedInHeaders,
  echoedInTrailers,
  emptyAnswer,
  endsWith,
  endsWithAll,
  ignored,
  payloadOf,
  plainHttp,
  recorded,
  rejected,
  served,
  staysUp,
  streamError,
  streamOfSizes,
  sumOfOctets,
  warned,
  type Answer,
  type Graded,
  type Outcome,
} from './grpc/outcome';
export {
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
  unknownMethod,
} from './grpc/test-service';
export { plainestCall } from './moves/plainest-call';
export { largestMessage, largestMetadata, mostAtOnce, mostCalls } from './facts/within-limits';
export type { CallOptions, CallWriter, PlanBuilder } from './grpc/plan-builder';
export type { CallRequest } from './grpc/call-request';
export type { MethodKind } from './grpc/call-plan';
export { octetsOf, type OctetsSpec } from './grpc/octets';
export { encodeMessage } from './grpc/length-prefixed-message';
export { joinOctets } from './wire/join-octets';
export { describeStatus, status, statusName } from './grpc/status';
export { callReaction, connectionReaction, describeAnswer, describeCall, hasConnectionError } from './rules/reaction';
export type { Call, ReceivedMessage } from './grpc/call';
export type { Observation } from './grpc/observation';
export type { ConnectionView, FramePacket, Packet } from './transcript/connection-view';
export * from './wire/builders';
export { frameTypes, flags, type Frame, type RawFrame } from './wire/frame';
export { errorCodes, errorCodeName } from './wire/error-codes';
export { settingIds, type Setting } from './wire/settings';
export type { Field } from './wire/hpack/decoder';
export type { FieldSpec } from './wire/hpack/encoder';
