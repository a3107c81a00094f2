import {
  arb,
  encodeMessage,
  experiment,
  fc,
  fillWindow,
  fitCuts,
  fullDuplexCall,
  joinOctets,
  mostEmptyFrames,
  octetsOf,
  ordinaryFields,
  payloadOf,
  rejected,
  sendInReads,
  stimulus,
  streamingOutputCall,
  streamOfSizes,
  suite,
  sumOf,
  sumOfOctets,
  unaryCall,
  uploadCall,
  type Outcome,
} from '../harness';
import { earlyEnds } from './end-of-stream/early-ends.suite';
import { requestTrailers } from './end-of-stream/request-trailers.suite';

const wire = (messages: readonly Uint8Array[]): Uint8Array =>
  joinOctets(messages.map((message) => encodeMessage(message)));

export default suite('end-of-stream', [
  experiment('EOS-01-end-stream-on-last-data', {
    generates: 'uploads of 1 to 8 messages, unary calls, and answers that go on for some time after the half-close',
    accepts: ['status OK with every message counted', 'status OK with the whole answer'],
    needs: ['unary', 'client-streaming', 'server-streaming'],
    effort: 0.7,
    arbitrary: () =>
      arb.record({
        method: fc.constantFrom<string>('UnaryCall', 'StreamingInputCall', 'StreamingInputCall', 'StreamingOutputCall'),
        payloads: arb.messages({ minCount: 1, maxCount: 8, maxLength: 3000, maxTotal: 12_000 }),
        cuts: arb.cuts({ max: 4, length: 12_000 }),
        stops: fc.uniqueArray(fc.nat(3), { maxLength: 1 }),
        intervalUs: fc.constantFrom<number>(0, 0, 5000, 20_000),
      }),
    examples: () => {
      const payloads = [4, 5, 6].map((length) => ({ length, seed: 1 }));
      const plain = { payloads, cuts: [], stops: [], intervalUs: 0 };
      return [
        { ...plain, method: 'StreamingInputCall' },
        { ...plain, method: 'StreamingInputCall', cuts: [30], stops: [0] },
        { ...plain, method: 'StreamingOutputCall', intervalUs: 50_000 },
      ];
    },
    script: (script, { method, payloads, cuts, stops, intervalUs }, facts) => {
      const request = requestOf(method, { payloads, intervalUs });
      const body = wire(request.messages);
      sendInReads(script, script.begin(request), body, {
        cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)),
        stops,
      })
        .awaitEnd()
        .expect(answerOf(method, payloads));
    },
  }),

  experiment('EOS-02-end-stream-on-empty-data', {
    generates: '0 to 6 messages, then an empty frame at once or after a round trip, sometimes with no credit left',
    accepts: ['status OK with as many messages as were sent'],
    needs: ['client-streaming', 'bidirectional-streaming'],
    effort: 0.8,
    arbitrary: () =>
      arb.record({
        isUpload: fc.boolean(),
        payloads: arb.messages({ maxCount: 6, maxLength: 3000, maxTotal: 9000 }),
        isLater: fc.boolean(),
        fillsWindow: fc.oneof(
          { arbitrary: fc.constant(false), weight: 3 },
          { arbitrary: fc.constant(true), weight: 1 },
        ),
      }),
    examples: () => {
      const payloads = [{ length: 3, seed: 1 }];
      return [
        { isUpload: true, payloads, isLater: false, fillsWindow: false },
        { isUpload: false, payloads, isLater: true, fillsWindow: false },
        { isUpload: true, payloads: [], isLater: false, fillsWindow: false },
        { isUpload: false, payloads: [], isLater: true, fillsWindow: false },
        { isUpload: true, payloads: [], isLater: false, fillsWindow: true },
      ];
    },
    script: (script, { isUpload, payloads, isLater, fillsWindow }, facts) => {
      const request = isUpload ? uploadCall(payloads) : conversation(payloads);
      const call = script.begin(request).sendMessages(request.messages);
      const filler = fillsWindow && isUpload ? fillWindow(request.messages, facts) : undefined;
      if (filler !== undefined) call.sendMessages(filler.request.messages);
      if (isLater) script.fence();
      const sum = sumOf(payloads) + (filler?.sum ?? 0);
      call
        .halfClose()
        .awaitEnd()
        .expect(isUpload ? sumOfOctets(sum) : streamOfSizes(sizesOf(payloads)));
    },
  }),

  ...requestTrailers.slice(0, 2),

  stimulus('EOS-05-second-headers-without-end-stream', {
    generates: 'uploads with the header once more, or other fields, between 0 to 4 messages and the half-close',
    accepts: [rejected],
    needs: ['client-streaming'],
    effort: 0.5,
    sends: () =>
      arb.record({
        before: arb.messages({ maxCount: 2, maxLength: 300 }),
        after: arb.messages({ maxCount: 2, maxLength: 300 }),
        isRepeated: fc.boolean(),
        metadata: arb.metadata({ minCount: 1, maxCount: 3 }),
      }),
    examples: () => {
      const metadata = [{ name: 'x-second', value: 'a' }];
      const payloads = [{ length: 3, seed: 1 }];
      return [
        { before: [], after: [], isRepeated: true, metadata },
        { before: payloads, after: [], isRepeated: false, metadata },
        { before: payloads, after: payloads, isRepeated: true, metadata },
      ];
    },
    write: (script, { before, after, isRepeated, metadata }) => {
      const request = uploadCall(before);
      const fields = isRepeated ? ordinaryFields(script.facts, request.path) : metadata;
      const call = script.begin(request, { legal: false });
      if (before.length > 0) call.sendMessages(request.messages);
      call.sendTrailers(fields, { endStream: false });
      call.sendMessages(uploadCall(after).messages, { endStream: true }).awaitEnd();
    },
  }),

  ...requestTrailers.slice(2),
  ...earlyEnds,
]);

type Payloads = Parameters<typeof uploadCall>[0];

const sizesOf = (payloads: Payloads): readonly number[] => payloads.map(({ length }) => length);

/** One answer for each message, of the size of its payload. */
const conversation = (payloads: Payloads) =>
  fullDuplexCall(payloads.map((payload) => ({ payload: octetsOf(payload), responses: [{ size: payload.length }] })));

function requestOf(
  method: string,
  { payloads, intervalUs }: { readonly payloads: Payloads; readonly intervalUs: number },
) {
  if (method === 'StreamingInputCall') return uploadCall(payloads);
  if (method === 'UnaryCall') return unaryCall({ responseSize: sumOf(payloads) });
  // Two pauses are enough to see an answer cut short; eight of them would only cost time.
  const responses = sizesOf(payloads).map((size, index) => ({ size, intervalUs: index < 2 ? intervalUs : 0 }));
  return streamingOutputCall({ responses });
}

function answerOf(method: string, payloads: Payloads): Outcome {
  if (method === 'StreamingInputCall') return sumOfOctets(sumOf(payloads));
  return method === 'UnaryCall' ? payloadOf(sumOf(payloads)) : streamOfSizes(sizesOf(payloads));
}
