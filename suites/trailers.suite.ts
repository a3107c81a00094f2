import {
  arb,
  ask,
  askedCallExamples,
  askedCalls,
  binaryValueOf,
  echoTrailingName,
  echoesTrailing,
  endsOnTrailers,
  endsWithStatus,
  fc,
  fullDuplexCall,
  grpcHttp2,
  grpcInterop,
  isAnswered,
  longestStatusText,
  must,
  octetsOf,
  property,
  rfc9113,
  status,
  suite,
  unaryCall,
} from '../harness';

export default suite('trailers', [
  property({
    id: 'TRAIL-01-trailers-end-the-stream',
    requirement: must(
      grpcHttp2('Responses'),
      'an answer ends with a block of fields that carries END_STREAM and the status',
    ),
    generates: 'one to four calls of all kinds, ending with OK or an error, after 0 to 5 messages',
    accepts: ['END_STREAM on the HEADERS frame of the last block'],
    arbitrary: (facts) => arb.record({ calls: askedCalls(facts.offers, { longestText: longestStatusText(facts) }) }),
    examples: (facts) =>
      askedCallExamples(facts.offers, { longestText: longestStatusText(facts) }).map((calls) => ({ calls })),
    script: (peer, { calls }) => {
      for (const call of calls) ask(peer, call);
    },
    check: (seen) => seen.calls.flatMap((call) => [...isAnswered(call), ...endsOnTrailers(call)]),
  }),

  property({
    id: 'TRAIL-03-status-always-present',
    requirement: must(grpcHttp2('Responses', 'must'), 'trailers carry exactly one grpc-status, also when it is OK'),
    generates: 'one to four calls of all kinds, ending with OK or an error, after 0 to 5 messages',
    accepts: ['exactly one grpc-status'],
    arbitrary: (facts) => arb.record({ calls: askedCalls(facts.offers, { longestText: longestStatusText(facts) }) }),
    examples: (facts) =>
      askedCallExamples(facts.offers, { longestText: longestStatusText(facts) }).map((calls) => ({ calls })),
    script: (peer, { calls }) => {
      for (const call of calls) ask(peer, call);
    },
    // How many there are is watched on every call.
    check: (seen) => seen.calls.flatMap(isAnswered),
  }),

  property({
    id: 'TRAIL-04-no-pseudo-in-trailers',
    requirement: must(
      [rfc9113('8.1', 'must'), rfc9113('8.3', 'must')],
      'trailers after Response-Headers contain no pseudo-header field',
    ),
    generates: 'one to four calls of all kinds, ending with OK or an error, after 0 to 5 messages',
    accepts: ['regular fields alone in trailers after Response-Headers'],
    arbitrary: (facts) => arb.record({ calls: askedCalls(facts.offers, { longestText: longestStatusText(facts) }) }),
    examples: (facts) =>
      askedCallExamples(facts.offers, { longestText: longestStatusText(facts) }).map((calls) => ({ calls })),
    script: (peer, { calls }) => {
      for (const call of calls) ask(peer, call);
    },
    // Which fields there are is watched on every call.
    check: (seen) => seen.calls.flatMap(isAnswered),
  }),

  property({
    id: 'TRAIL-08-trailing-metadata',
    requirement: must(
      [grpcHttp2('Responses'), grpcInterop('custom_metadata')],
      'metadata that a handler sends last arrives with the trailers, whether the call ends with OK or with an error',
    ),
    generates:
      'one to three binary values that the handler echoes, in unary and bidirectional calls that end with any status',
    accepts: ['the status asked for with the octets in the trailers', 'the first value alone, recorded as info'],
    needs: ['metadata', 'status'],
    arbitrary: ({ offers }) =>
      arb.record({
        isUnary: offers.includes('bidirectional-streaming') ? fc.boolean() : fc.constant(true),
        code: arb.statusCode({ ok: true }),
        values: arb.list(arb.binaryValue(), { minCount: 1, maxCount: 3 }),
        sizes: arb.responseSizes({ maxCount: 2, maxLength: 1000 }),
      }),
    examples: ({ offers }) => {
      const values = [{ octets: { length: 5, seed: 1 }, padding: false }];
      const bidirectional = offers.includes('bidirectional-streaming');
      return [
        { isUnary: true, code: status.OK, values, sizes: [] },
        { isUnary: true, code: status.INTERNAL, values, sizes: [] },
        { isUnary: !bidirectional, code: status.OK, values, sizes: [1] },
        { isUnary: !bidirectional, code: status.ABORTED, values, sizes: [1] },
      ];
    },
    script: (peer, { isUnary, code, values, sizes }) => {
      const asked = code === status.OK ? {} : { status: { code, message: 'asked for' } };
      const responses = sizes.map((size) => ({ size }));
      const request = isUnary ? unaryCall(asked) : fullDuplexCall([{ responses }, { responses: [], ...asked }]);
      peer.call(request, {
        metadata: values.map((value) => ({ name: echoTrailingName, value: binaryValueOf(value) })),
      });
    },
    check: (seen, { code, values }) => [
      ...endsWithStatus(seen.call(), [code]),
      ...echoesTrailing(
        seen.call(),
        values.map(({ octets }) => octetsOf(octets)),
      ),
    ],
  }),
]);
