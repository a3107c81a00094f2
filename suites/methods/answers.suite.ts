import {
  answersInTime,
  arb,
  callBreach,
  changeEncoding,
  decodesAsDeclared,
  disputedChangeKinds,
  encodeMessage,
  encodeMessageValue,
  encodeUndecodable,
  fc,
  fitCuts,
  isNotServed,
  methodAt,
  methodCall,
  methodRequest,
  methodsOf,
  mostEmptyFrames,
  plainMethodCalls,
  property,
  represent,
  schemaOf,
  status,
  type AnyProperty,
  type Breach,
  type Call,
} from '../../harness';
import { enoughMessages, repeated, plainRepeated, sayThrice, judgeAlike, oneMessageMethods } from './shared';

/** The table of status codes ends at UNAUTHENTICATED; no sentence forbids another number. */
function hasKnownStatus(call: Call): readonly Breach[] {
  if (call.status === undefined || call.status <= status.UNAUTHENTICATED) return [];
  return [{ ...callBreach(call, 'a status from 0 to 16'), severity: 'warn', reaction: 'status above 16' }];
}

/** What a method answers to which octets. */
export const answers: readonly AnyProperty[] = [
  property({
    id: 'METHOD-01-legal-answer',
    generates: 'one to three calls beside each other, to any method that may be called, with messages of its type',
    accepts: [
      'any status from 0 to 16',
      'another, with a warning',
      'an answer that goes on for more than 32 messages',
      'no answer in time, recorded as info',
    ],
    needs: ['method'],
    arbitrary: (facts) =>
      arb.record({ calls: arb.list(methodCall(facts, methodsOf(facts)), { minCount: 1, maxCount: 3 }) }),
    labels: {
      'one call': ({ calls }) => calls.length === 1,
      'calls beside each other': ({ calls }) => calls.length > 1,
      'an empty message': ({ calls }) => calls.some(({ messages }) => messages.some(({ length }) => length === 0)),
      'a message with fields': ({ calls }) => calls.some(({ messages }) => messages.some(({ length }) => length > 0)),
    },
    examples: (facts) => plainMethodCalls(methodsOf(facts)).map((call) => ({ calls: [call] })),
    script: (script, { calls }, facts) => {
      const writers = calls.map((call) => script.call(methodRequest(facts, call), { awaitEnd: false }));
      for (const writer of writers) writer.leaveAfter(enoughMessages);
    },
    check: (seen) => seen.calls.flatMap((call) => [...answersInTime(call), ...hasKnownStatus(call)]),
  }),

  property({
    id: 'METHOD-02-declared-type',
    generates: 'a call to any method that may be called, with messages of its type',
    accepts: ['any message of the declared type, unknown fields included', 'a status and no message'],
    needs: ['method'],
    arbitrary: (facts) => methodCall(facts, methodsOf(facts)),
    labels: {
      'an empty message': ({ messages }) => messages.some(({ length }) => length === 0),
      'a message with one field': ({ messages }) => messages.some(({ length }) => length === 1),
      'a message with several fields': ({ messages }) => messages.some(({ length }) => length > 1),
    },
    examples: (facts) => plainMethodCalls(methodsOf(facts)),
    script: (script, call, facts) => {
      script.call(methodRequest(facts, call), { awaitEnd: false }).leaveAfter(enoughMessages);
    },
    check: (seen, { path }, facts) => decodesAsDeclared(seen.call(), schemaOf(facts), methodAt(facts, path)),
  }),

  property({
    id: 'METHOD-03-encodings-alike',
    generates: 'a request to a method that may be repeated, twice, and then in another legal encoding of its message',
    accepts: [
      'the same status and equal messages',
      'answers that differ by themselves, recorded as info',
      'other answers to encodings on which the large protobuf libraries differ, recorded as info',
    ],
    needs: ['idempotent-method'],
    effort: 0.7,
    arbitrary: (facts) =>
      arb.record({
        said: repeated(facts),
        changes: fc.oneof(
          { arbitrary: arb.encodingChanges(), weight: 9 },
          { arbitrary: arb.encodingChanges({ kinds: disputedChangeKinds, maxCount: 1 }), weight: 1 },
        ),
      }),
    labels: {
      'an empty message': ({ said: { message } }) => message.length === 0,
      'a message with fields': ({ said: { message } }) => message.length > 0,
      'several changes': ({ changes }) => changes.length > 1,
    },
    script: (script, { said, changes }, facts) => {
      const other = changeEncoding(schemaOf(facts), methodAt(facts, said.path).input, said.message, changes);
      sayThrice(script, facts, said, { body: encodeMessage(encodeMessageValue(other)) });
    },
    check: (seen, { said, changes }, facts) => {
      const breaches = judgeAlike(seen, said, facts, 'in another encoding');
      const isDisputed = changes.some(({ kind }) => disputedChangeKinds.includes(kind));
      return isDisputed ? breaches.map((breach) => ({ ...breach, severity: 'info' as const })) : breaches;
    },
  }),

  property({
    id: 'METHOD-04-framing-alike',
    generates:
      'a request to a method that may be repeated, twice, and then in other DATA frames, with padding, CONTINUATION and other representations of its fields',
    accepts: ['the same status and equal messages', 'answers that differ by themselves, recorded as info'],
    needs: ['idempotent-method'],
    effort: 0.7,
    arbitrary: (facts) =>
      arb.record({
        said: repeated(facts),
        cuts: arb.cuts({ length: 300 }),
        padLengths: arb.padLengths(),
        headerCuts: arb.continuationCuts(),
        representations: arb.representations(),
        endStreamOnEmptyFrame: fc.boolean(),
      }),
    labels: {
      'an empty frame at the end': ({ endStreamOnEmptyFrame }) => endStreamOnEmptyFrame,
      padding: ({ padLengths }) => padLengths.some((length) => length >= 0),
      'CONTINUATION frames': ({ headerCuts }) => headerCuts.length > 0,
      'a message in several frames': ({ cuts }) => cuts.length > 0,
    },
    examples: (facts) =>
      plainRepeated(facts).map((said) => ({
        said,
        cuts: [1, 3],
        padLengths: [],
        headerCuts: [],
        representations: [],
        endStreamOnEmptyFrame: true,
      })),
    script: (script, { said, cuts, padLengths, headerCuts, representations, endStreamOnEmptyFrame }, facts) => {
      const { length } = encodeMessage(encodeMessageValue(said.message));
      sayThrice(script, facts, said, {
        cuts: fitCuts(cuts, length, mostEmptyFrames(facts)),
        padLengths,
        headerCuts,
        endStreamOnEmptyFrame,
        fields: (ordinary) => represent(ordinary, representations),
      });
    },
    check: (seen, { said }, facts) => judgeAlike(seen, said, facts, 'in other frames'),
  }),

  property({
    id: 'METHOD-05-undecodable-request',
    generates: 'a message of the declared type with one thing wrong that no decoder can pass over',
    accepts: ['any status but OK', 'RST_STREAM', 'no answer in time'],
    needs: ['unary-method'],
    effort: 0.5,
    arbitrary: (facts) =>
      fc.oneof(
        ...oneMessageMethods(facts).map(({ path, input }) =>
          arb.record({ path: fc.constant(path), damaged: arb.undecodable(schemaOf(facts), input) }),
        ),
      ),
    labels: {
      'damage in the outermost message': ({ damaged }) => damaged.inside.length === 0,
      'nothing before the damage': ({ damaged }) => damaged.value.length === 0,
      'fields before the damage': ({ damaged }) => damaged.value.length > 0,
    },
    script: (script, { path, damaged }, facts) => {
      const request = { ...methodAt(facts, path), messages: [encodeUndecodable(damaged)] };
      script.call(request, { awaitEnd: false }).leaveAfter(enoughMessages);
    },
    check: (seen) => isNotServed(seen.call(), 'an error status, since the request does not decode'),
  }),
];
