import { damagedBinary } from './binary-damage';
import { authority } from './authority';
import { boundaryInteger } from './boundary-integer';
import { deflateShape, gzipShape } from './compression';
import { bystanders } from './bystanders';
import { continuationCuts, cuts, padLengths, pauses, segments } from './cuts';
import { damagedMessage, damagedPreface } from './damage';
import { deepNesting } from './deep-nesting';
import { blankedValue, connectionField, forbiddenName, forbiddenValue, httpOnlyValue } from './flawed-fields';
import { clientSettings, invalidIndex, unknownFrame, unknownSetting } from './frames';
import { gzipDamage } from './gzip-damage';
import { list } from './list';
import { message, messages, opaque, responseSize, responseSizes, rounds, seed } from './message';
import { asciiValue, binaryMetadata, binaryValue, longValue, metadata, metadataName, repeatedValues } from './metadata';
import { malformedPath, nearPath } from './near-path';
import { choices } from './order';
import { representations } from './representation';
import { methodNotPost, unknownPath, upperCaseName } from './request-target';
import { record } from './shapes';
import { statusCode, statusMessage } from './status';
import { strayOctets } from './stray-octets';
import { sizeUpdates, tableCalls } from './table-call';
import { streamFrame } from './stream-frame';
import { malformedTimeout, timeout } from './timeout';
import { typedMessage } from './typed-message';
import { undecodable } from './typed-message-damage';
import { brokenField, damagedHuffman, needlessOctets } from './undecodable-field';
import { encodingChanges } from './typed-message-encodings';
import { grant, windowChange, windowSchedule, windowStops } from './window-schedule';

/**
 * What properties are made of. All of these give plain data, stay inside what every server accepts unless their name says otherwise, and
 * shrink; functions such as `octetsOf`, `interleave` or `damageMessage` turn the data into what is sent, when the script is written.
 */
export const arb = {
  asciiValue,
  authority,
  binaryMetadata,
  binaryValue,
  blankedValue,
  boundaryInteger,
  brokenField,
  bystanders,
  choices,
  clientSettings,
  connectionField,
  continuationCuts,
  cuts,
  damagedBinary,
  damagedHuffman,
  damagedMessage,
  damagedPreface,
  deepNesting,
  encodingChanges,
  forbiddenName,
  forbiddenValue,
  grant,
  gzipDamage,
  deflateShape,
  gzipShape,
  httpOnlyValue,
  invalidIndex,
  list,
  longValue,
  malformedPath,
  malformedTimeout,
  message,
  messages,
  metadata,
  metadataName,
  methodNotPost,
  nearPath,
  needlessOctets,
  opaque,
  padLengths,
  pauses,
  record,
  repeatedValues,
  representations,
  responseSize,
  responseSizes,
  rounds,
  seed,
  segments,
  statusCode,
  sizeUpdates,
  statusMessage,
  strayOctets,
  tableCalls,
  streamFrame,
  timeout,
  typedMessage,
  undecodable,
  unknownFrame,
  unknownPath,
  unknownSetting,
  upperCaseName,
  windowChange,
  windowSchedule,
  windowStops,
} as const;

export { damagedBinaryOf } from './binary-damage';
export type { BinaryDamageKind, DamagedBinary } from './binary-damage';
export { oddAuthorities, validAuthorities } from './authority';
export type { Authority } from './authority';
export { allBystanders } from './bystanders';
export { fitCuts } from './cuts';
export { damageMessage, damagePreface } from './damage';
export type { DamagedMessage, MessageDamage, PrefaceDamage } from './damage';
export { lengthDelimited, nestedOctetsOf } from './deep-nesting';
export type { DeepNesting } from './deep-nesting';
export { damageGzip, gzipDamageKinds } from './gzip-damage';
export type { GzipDamage } from './gzip-damage';
export { connectionFieldNames, emptyName, flawedTextOf, forbiddenInValues } from './flawed-fields';
export type { BlankedValue, FlawedText } from './flawed-fields';
export type { InvalidIndex, Placement, UnknownFrameSpec } from './frames';
export { messageLengths } from './message';
export type { Round } from './message';
export { binaryFieldOf, binaryValueOf, longValueOf } from './metadata';
export type { BinaryField, BinaryValue, LongValue } from './metadata';
export { malformPath, nearPathOf, pathForms } from './near-path';
export type { MalformedPath, NearPath } from './near-path';
export { interleave, permute } from './order';
export { represent } from './representation';
export type { FieldRepresentation } from './representation';
export { interopStatusMessage } from './status';
export { strayOctetsOf } from './stray-octets';
export type { RoughOctets, StrayOctets } from './stray-octets';
export { isBeyond, malformedTimeouts } from './timeout';
export { nearMissPaths } from './request-target';
export type { TypedMessageConstraints } from './typed-message';
export { encodeUndecodable } from './typed-message-damage';
export type { UndecodableMessage } from './typed-message-damage';
export { brokenFieldOf, damagedHuffmanOf, withNeedlessOctets } from './undecodable-field';
export type { BrokenField, DamagedHuffman, NeedlessOctets } from './undecodable-field';
export { changeEncoding, disputedChangeKinds } from './typed-message-encodings';
export type { EncodingChange } from './typed-message-encodings';
export { grantsFor, incrementsTo } from './window-schedule';
export type { WindowChange, WindowSchedule } from './window-schedule';
