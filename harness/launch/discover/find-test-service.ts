import type { Call } from '../../grpc/call';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import { binaryFieldValues, encodeBinaryValue, fieldValue } from '../../grpc/metadata';
import { status } from '../../grpc/status';
import { echoInitialName, echoTrailingName, fullDuplexCall, unaryCall } from '../../grpc/test-service';
import type { Need } from '../../facts/need';
import { joinOctets } from '../../wire/join-octets';
import { isUnimplemented, judgePromise } from './capability';
import { plainUses } from './plain-uses';
import { encodingsAccepted, isOk } from './read-answer';
import type { Found, Part, Talk } from './talk';

/** The interval that a slow handler is asked for, in milliseconds; long enough to tell from a round trip. */
const slowInterval = 50;
/** Timers may fire a little early, clocks differ in resolution. */
const timerTolerance = 5;
/** Octets of the payload that shall come back compressed: some servers leave small messages alone, the largest threshold known is 1024 octets. */
const worthCompressing = 4000;
/** An encoding that no server has: the refusal of it is where most servers say which ones they accept (compression.md, Method Asymmetry). */
const unheardOfEncoding = 'x-grpc-conform';

/** The methods of TestService, and what they promise. */
export async function findMethods(
  talk: Talk,
  first: Call,
  absent: Call,
): Promise<Part & { readonly encodings: readonly string[] }> {
  const { empty, unary, ...streaming } = plainUses;
  // One after the other: small servers refuse calls above a handful at a time.
  const kinds: Found[] = [];
  const emptyFound = isUnimplemented(first) ? undefined : await talk.use(empty, absent);
  const unaryFound = await talk.use(unary, absent);
  // One of them is enough to say that unary calls do not work.
  if (emptyFound?.state === 'broken' && unaryFound.state === 'broken') talk.excuse(empty.about);
  kinds.push(joinUnary(emptyFound, unaryFound));
  for (const use of Object.values(streaming)) kinds.push(await talk.use(use, absent));
  const isOffered = (need: Need): boolean => kinds.some((kind) => kind.need === need && kind.state === 'offered');
  const [promised, waits] = await Promise.all([
    isOffered('unary') ? findPromises(talk, isOffered('bidirectional-streaming')) : { judged: [], encodings: [] },
    isOffered('bidirectional-streaming') ? findSlow(talk) : [],
  ]);
  return { judged: [...kinds, ...promised.judged, ...waits], encodings: promised.encodings };
}

/** `unary` is two methods: it is offered when both are, and the worse of them says why not. */
function joinUnary(empty: Found | undefined, unary: Found): Found {
  if (empty === undefined) {
    return unary.state === 'offered' ? { need: 'unary', state: 'absent', why: 'EmptyCall is unimplemented' } : unary;
  }
  return empty.state === 'offered' || unary.state === 'broken' ? unary : empty;
}

/** What UnaryCall does with the fields of its request: status, metadata, compression. The protocol does not say that a handler must; the fixture does. */
async function findPromises(
  talk: Talk,
  hasStreams: boolean,
): Promise<Part & { readonly encodings: readonly string[] }> {
  const asked = { code: status.ABORTED, message: 'asked for by discovery' };
  const trailing = Uint8Array.of(0xab, 0xab, 0xab);
  const isAsked = (call: Call): boolean => call.status === asked.code && call.message === asked.message;
  const [sized, ended, echoed, compressed, streamed] = await Promise.all([
    // An empty answer, too: what a server makes of it when it may compress is for the rules of all traffic to see.
    talk.ask('what UnaryCall says of encodings', (script) => {
      script.call(unaryCall({ responseSize: 1 }), { acceptEncoding: 'identity,gzip' });
      script.call(unaryCall({ responseSize: 0, responseCompressed: true }), { acceptEncoding: 'identity,gzip' });
    }),
    talk.promise({
      need: 'status',
      what: 'response_status is not answered with that status',
      request: unaryCall({ status: asked }),
      isKept: isAsked,
    }),
    talk.promise({
      need: 'metadata',
      what: `${echoInitialName} and ${echoTrailingName} do not come back`,
      request: unaryCall({ responseSize: 1 }),
      options: {
        metadata: [
          { name: echoInitialName, value: 'discovery' },
          { name: echoTrailingName, value: encodeBinaryValue(trailing) },
        ],
      },
      isKept: (call) => isEchoed(call, 'discovery', trailing),
    }),
    talk.promise({
      need: 'compressed-responses',
      what: 'response_compressed is not answered with a compressed message',
      request: unaryCall({ responseSize: worthCompressing, responseCompressed: true }),
      options: { acceptEncoding: 'gzip' },
      isKept: (call) => isOk(call, 1) && call.messages[0]?.compressedFlag === 1 && encodingOf(call) === 'gzip',
    }),
    hasStreams
      ? talk.promise({
          need: 'status',
          what: 'response_status of FullDuplexCall is not answered with that status',
          request: fullDuplexCall([{ responses: [], status: asked }]),
          isKept: isAsked,
        })
      : undefined,
  ]);
  const statusFound = ended.found.state === 'offered' && streamed !== undefined ? streamed.found : ended.found;
  const calls = [sized.call(), ended.call, echoed.call, compressed.call];
  return { judged: [statusFound, echoed.found, compressed.found], encodings: calls.flatMap(encodingsAccepted) };
}

/** A message that claims to be compressed by what no server has; on a connection of its own, should the refusal cost it. */
export async function refuseEncoding(talk: Talk): Promise<readonly Call[]> {
  const request = unaryCall({ payload: new Uint8Array(20), responseSize: 1 });
  const body = joinOctets(request.messages.map((message) => encodeMessage(message, { compressedFlag: 1 })));
  const seen = await talk.ask('an encoding that no server has', (script) => {
    const call = script.call(request, { body, encoding: unheardOfEncoding, awaitEnd: false });
    script.await({ see: 'end', stream: call.stream }, { optional: true });
  });
  return seen.calls;
}

/** A handler that takes its time when asked to. */
async function findSlow(talk: Talk): Promise<readonly Found[]> {
  const seen = await talk.ask('an answer after an interval', (script) =>
    script.call(fullDuplexCall([{ responses: [{ size: 1, intervalUs: slowInterval * 1000 }] }])),
  );
  const waited = (seen.call().messages[0]?.at ?? 0) - (seen.call().times.opened ?? 0);
  const isKept = isOk(seen.call(), 1) && waited >= slowInterval - timerTolerance;
  return [{ need: 'slow', ...judgePromise(isKept, 'interval_us is not waited for') }];
}

function isEchoed(call: Call, initial: string, trailing: Uint8Array): boolean {
  const [echoed] = binaryFieldValues(call.trailers ?? [], echoTrailingName);
  return (
    fieldValue(call.headers ?? [], echoInitialName) === initial &&
    echoed !== undefined &&
    Buffer.compare(echoed, trailing) === 0
  );
}

function encodingOf(call: Call): string | undefined {
  return fieldValue(call.headers ?? [], 'grpc-encoding');
}
