import {
  arb,
  connectionError,
  continuation,
  encodeMessage,
  experiment,
  fc,
  flags,
  frameTypes,
  headers,
  joinOctets,
  literalFieldOfLength,
  literalRequest,
  longestFrame,
  maxFrameLength,
  octetsOf,
  payloadOf,
  plainestCall,
  rawFrame,
  recorded,
  staysUp,
  stimulus,
  streamError,
  unaryCall,
  warned,
  type AnyProperty,
  type CallRequest,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';

/** Octets of a payload that are sent whole; of longer ones, of which the header alone is a fault, only the beginning is, and whoever waits for the rest has broken no rule. */
const sentWhole = 70_000;
const smallExcess = 1000;
/** A frame of unknown type has to be sent whole, since a target may skip it. */
const mostSkipped = 1_048_576;

/** Frames that may be too large; those of the connection and of field blocks, of which the whole connection is lost, first. */
const oversized = ['HEADERS', 'CONTINUATION', 'SETTINGS', 'GOAWAY', 'DATA', 'unknown'] as const;

/** A frame that may end a stream alone, or be skipped, is sent whole, so that the connection can go on behind it. */
function sendOversize(script: PlanBuilder, kind: (typeof oversized)[number], excess: number, facts: TargetFacts): void {
  const largest = longestFrame(facts);
  const length = Math.min(largest + excess, maxFrameLength);
  const begun = (octets: number) => ({ length, payload: new Uint8Array(octets <= sentWhole ? octets : smallExcess) });
  const small = new Uint8Array(Math.min(largest + ((excess - 1) % smallExcess) + 1, maxFrameLength));
  switch (kind) {
    case 'DATA': {
      const call = script.begin(plainestCall(facts), { legal: false });
      script.frame(rawFrame({ type: frameTypes.DATA, streamId: call.stream, payload: small }));
      script.expectStream(call.stream, [streamError]);
      return;
    }
    case 'unknown': {
      script.frame(rawFrame({ type: 0xbe, payload: small }));
      const call = script.call(unaryCall({ responseSize: 3 }), { awaitEnd: false });
      call.awaitEndOrError().expect(payloadOf(3), connectionError);
      return;
    }
    case 'CONTINUATION': {
      const streamId = script.takeStream();
      script.frame(headers(streamId, literalRequest(facts, plainestCall(facts)), { endHeaders: false }));
      script.frame(continuation(streamId, literalFieldOfLength(small.length), { endHeaders: true }));
      break;
    }
    case 'HEADERS': {
      const streamId = script.takeStream();
      script.frame(rawFrame({ type: frameTypes.HEADERS, streamId, flags: flags.END_HEADERS, ...begun(length) }));
      break;
    }
    case 'SETTINGS':
    case 'GOAWAY':
      script.frame(rawFrame({ type: frameTypes[kind], ...begun(length) }));
  }
  const isWhole = kind === 'CONTINUATION' || length <= sentWhole;
  script.expectConnection([connectionError, ...(isWhole ? [] : [recorded(staysUp)])]);
}

/** A whole request message, in a DATA frame whose padding lies. */
function sendLyingData(
  script: PlanBuilder,
  { request, excess, at, endStream }: { request: CallRequest; excess: number; at: number; endStream: boolean },
): void {
  const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
  const call = script.begin(request, { legal: false });
  const split = Math.min(at, body.length);
  if (split > 0) call.sendOctets(body.subarray(0, split));
  const rest = body.subarray(split);
  const padLength = Math.min(255, 1 + rest.length + excess);
  const bits = flags.PADDED | (endStream ? flags.END_STREAM : 0);
  const payload = joinOctets([Uint8Array.of(padLength), rest]);
  script.frame(rawFrame({ type: frameTypes.DATA, streamId: call.stream, flags: bits, payload }));
  // A target that has taken the frame answers; one that has not is not asked for more.
  if (!endStream) call.halfClose();
  script.expectStream(call.stream, [connectionError, warned(streamError)]);
}

/** Ways to pad HEADERS so that nothing is left of what must be there, by how much of the payload is padding. */
const lies = ['as much as the payload', 'more than the payload', '255', 'over the priority fields'] as const;

/** HEADERS of a request with a Pad Length that lies; the rest of its block in CONTINUATION, its message in DATA. */
function sendLyingHeaders(
  script: PlanBuilder,
  { lie, excess, fragment }: { lie: (typeof lies)[number]; excess: number; fragment: number },
  facts: TargetFacts,
): void {
  const request = plainestCall(facts);
  const block = literalRequest(facts, request);
  const hasPriority = lie === 'over the priority fields';
  const fixed = hasPriority ? [0, 0, 0, 0, 15] : [];
  const first = block.subarray(0, Math.min(fragment, 200));
  const length = 1 + fixed.length + first.length;
  // Of the payload, the Pad Length included: the last 1 to 5 octets more than the fragment and the fields have room for.
  const padLength = hasPriority
    ? length - 1 - (excess % 5)
    : lie === '255'
      ? 255
      : Math.min(255, length + (lie === 'as much as the payload' ? 0 : 1 + excess));
  const streamId = script.takeStream();
  const payload = joinOctets([Uint8Array.of(padLength), Uint8Array.from(fixed), first]);
  const bits = flags.PADDED | (hasPriority ? flags.PRIORITY : 0);
  script.frame(rawFrame({ type: frameTypes.HEADERS, streamId, flags: bits, payload }));
  script.frame(continuation(streamId, block.subarray(first.length), { endHeaders: true }));
  const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
  script.frame(rawFrame({ type: frameTypes.DATA, streamId, flags: flags.END_STREAM, payload: body }));
  script.expectStream(streamId, [connectionError, warned(streamError)]);
}

/** Frames that are too long, and padding that leaves no room (RFC 9113 §4.2, §6.1, §6.2). */
export const lengths: readonly AnyProperty[] = [
  experiment('FRAME-05-oversize-frame', {
    generates:
      'HEADERS, CONTINUATION, SETTINGS, GOAWAY, DATA and frames of unknown type of one octet above the advertised maximum, and up to 2^24-1 octets',
    accepts: [
      connectionError,
      'RST_STREAM in answer to DATA',
      'no effect of a frame of unknown type',
      'a connection that waits for the rest of a frame of which only the beginning came, recorded as info',
    ],
    needs: ['frame-limit', 'unary'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        kind: fc.constantFrom(...oversized.filter((kind) => kind !== 'unknown' || longestFrame(facts) <= mostSkipped)),
        excess: fc.oneof(
          fc.constant(1),
          arb.boundaryInteger({ min: 1, max: maxFrameLength - 16_384, boundaries: [2, 100, smallExcess] }),
        ),
      }),
    labels: {
      ...Object.fromEntries(
        oversized.slice(0, -1).map((name) => [name, ({ kind }: { readonly kind: string }) => kind === name] as const),
      ),
      'one octet too many': ({ excess }) => excess === 1,
      'the largest length that there is': ({ excess }) => excess === maxFrameLength - 16_384,
    },
    examples: (facts) =>
      oversized
        .filter((kind) => kind !== 'unknown' || longestFrame(facts) <= mostSkipped)
        .map((kind, index) => ({ kind, excess: index === 2 ? maxFrameLength - 16_384 : 1 })),
    script: (script, { kind, excess }, facts) => sendOversize(script, kind, excess, facts),
  }),

  experiment('FRAME-08-data-padding-overflow', {
    generates:
      'a message in a DATA frame whose Pad Length is its payload or up to 255 octets more, frames of 0 to 255 octets of padding alone, and a frame with PADDED and no octet',
    accepts: [
      connectionError,
      warned(streamError),
      'status OK where padding leaves an empty frame',
      'RST_STREAM for a frame without a Pad Length',
    ],
    needs: ['unary'],
    effort: 0.5,
    arbitrary: () =>
      arb.record({
        kind: fc.constantFrom('too much', 'too much', 'padding alone', 'no Pad Length'),
        payload: arb.message({ maxLength: 200 }),
        excess: arb.boundaryInteger({ max: 255, boundaries: [1] }),
        at: fc.oneof(fc.constant(0), fc.nat(20)),
        endStream: fc.boolean(),
      }),
    labels: {
      'exactly the payload': ({ kind, excess }) => kind === 'too much' && excess === 0,
      'more than the payload': ({ kind, excess }) => kind === 'too much' && excess > 0,
      'a Pad Length of 255': ({ kind, excess }) => kind === 'too much' && excess > 200,
      'padding alone, which is legal': ({ kind }) => kind === 'padding alone',
      'no Pad Length at all': ({ kind }) => kind === 'no Pad Length',
      'behind other DATA': ({ at }) => at > 0,
    },
    examples: () => [
      { kind: 'too much', payload: { length: 20, seed: 1 }, excess: 0, at: 0, endStream: true },
      { kind: 'too much', payload: { length: 20, seed: 1 }, excess: 1, at: 7, endStream: true },
      { kind: 'too much', payload: { length: 0, seed: 1 }, excess: 255, at: 0, endStream: false },
      { kind: 'padding alone', payload: { length: 20, seed: 1 }, excess: 255, at: 7, endStream: true },
      { kind: 'padding alone', payload: { length: 20, seed: 1 }, excess: 0, at: 0, endStream: false },
      { kind: 'no Pad Length', payload: { length: 20, seed: 1 }, excess: 0, at: 0, endStream: true },
      { kind: 'no Pad Length', payload: { length: 20, seed: 1 }, excess: 0, at: 7, endStream: false },
    ],
    script: (script, { kind, payload, excess, at, endStream }) => {
      const request = unaryCall({ payload: octetsOf(payload), responseSize: 5 });
      if (kind === 'too much') return sendLyingData(script, { request, excess, at, endStream });
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      const call = script.begin(request, { legal: kind === 'padding alone' });
      if (kind === 'padding alone') {
        if (at > 0) call.sendOctets(body.subarray(0, at));
        // The end may come with a frame that is padding and nothing else.
        const padLengths = [excess];
        call.sendOctets(new Uint8Array(0), { padLengths }).sendOctets(body.subarray(at), { endStream: !endStream });
        if (endStream) call.sendOctets(new Uint8Array(0), { padLengths, endStream });
        call.awaitEnd().expect(payloadOf(5));
        return;
      }
      call.sendOctets(body);
      const bits = flags.PADDED | (endStream ? flags.END_STREAM : 0);
      script.frame(rawFrame({ type: frameTypes.DATA, streamId: call.stream, flags: bits }));
      if (!endStream) call.halfClose();
      script.expectStream(call.stream, [streamError]);
    },
  }),

  experiment('FRAME-10-headers-padding', {
    generates:
      'HEADERS with 0 to 255 octets of padding, with and without priority, whole or with an empty fragment and a block that follows; and with a Pad Length that is its payload, more, or leaves no room for the priority fields',
    accepts: ['status OK where the padding fits', connectionError, warned(streamError)],
    needs: ['unary'],
    effort: 0.8,
    arbitrary: () =>
      arb.record({
        lie: fc.oneof(fc.constant('none'), fc.constantFrom<'none' | (typeof lies)[number]>(...lies)),
        padding: arb.boundaryInteger({ max: 255, boundaries: [1, 4, 5, 6, 127, 128] }),
        hasPriority: fc.boolean(),
        fragment: fc.oneof(fc.constant(0), arb.boundaryInteger({ max: 200, boundaries: [1, 100] })),
      }),
    labels: {
      'padding that fits': ({ lie }) => lie === 'none',
      'padding and priority that fit': ({ lie, hasPriority }) => lie === 'none' && hasPriority,
      'an empty fragment beside legal padding': ({ lie, fragment }) => lie === 'none' && fragment === 0,
      ...Object.fromEntries(lies.map((name) => [name, ({ lie }: { readonly lie: string }) => lie === name] as const)),
    },
    examples: () => [
      ...[0, 255, 7].flatMap((padding) =>
        [true, false].map((hasPriority) => ({ lie: 'none' as const, padding, hasPriority, fragment: padding % 2 })),
      ),
      ...lies.flatMap((lie) => [0, 100].map((fragment) => ({ lie, padding: fragment, hasPriority: false, fragment }))),
    ],
    script: (script, { lie, padding, hasPriority, fragment }, facts) => {
      if (lie !== 'none') return sendLyingHeaders(script, { lie, excess: padding, fragment }, facts);
      const headerCuts = fragment > 100 ? [] : [fragment];
      const priority = { exclusive: padding % 2 === 1, dependency: 0, weight: 1 + padding };
      const shape = { headerPadLength: padding, headerCuts, ...(hasPriority ? { priority } : {}) };
      script.call(unaryCall({ responseSize: 5 }), shape).expect(payloadOf(5));
    },
  }),

  stimulus('FRAME-11-headers-with-priority', {
    generates:
      'HEADERS with any weight, exclusive or not, which depends on stream 0, an open, a closed or an idle stream, or on itself; and HEADERS of 0 to 4 octets with the flag PRIORITY',
    accepts: [payloadOf(5), connectionError, streamError],
    needs: ['unary'],
    effort: 0.5,
    sends: () =>
      arb.record({
        on: fc.constantFrom('stream 0', 'an open stream', 'a closed stream', 'an idle stream', 'itself', 'too short'),
        exclusive: fc.boolean(),
        weight: arb.boundaryInteger({ min: 1, max: 256, boundaries: [16] }),
        length: arb.boundaryInteger({ max: 4 }),
      }),
    labels: {
      'on an open stream': ({ on }) => on === 'an open stream',
      'on an idle stream': ({ on }) => on === 'an idle stream',
      'on a closed stream': ({ on }) => on === 'a closed stream',
      'on itself': ({ on }) => on === 'itself',
      'too short for the fields': ({ on }) => on === 'too short',
      exclusive: ({ exclusive }) => exclusive,
      'the largest weight': ({ weight }) => weight === 256,
    },
    examples: () =>
      ['stream 0', 'an open stream', 'a closed stream', 'an idle stream', 'itself', 'too short', 'too short'].map(
        (on, index) => ({ on, exclusive: index % 2 === 1, weight: index < 2 ? 256 : 1, length: index % 5 }),
      ),
    write: (script, { on, exclusive, weight, length }, facts) => {
      const closed = script.call(plainestCall(facts), { role: 'bystander' }).stream;
      const open = on === 'an open stream' ? script.begin(plainestCall(facts), { role: 'bystander' }).stream : 0;
      if (on === 'too short') {
        const bits = flags.PRIORITY | flags.END_HEADERS;
        const payload = new Uint8Array(length);
        script.frame(rawFrame({ type: frameTypes.HEADERS, streamId: script.takeStream(), flags: bits, payload }));
        script.expectConnection([connectionError]);
        return;
      }
      const stream = script.nextStream();
      const dependency =
        on === 'itself' ? stream : on === 'an idle stream' ? stream + 100 : on === 'a closed stream' ? closed : open;
      const call = script.call(unaryCall({ responseSize: 5 }), { priority: { exclusive, dependency, weight } });
      // RFC 7540 made a dependency of a stream on itself an error, RFC 9113 does not (FRAME-14).
      call.expect(payloadOf(5), ...(on === 'itself' ? [streamError] : []));
    },
  }),
];
