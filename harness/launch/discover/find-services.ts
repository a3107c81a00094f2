import { randomBytes } from 'node:crypto';
import type { Call } from '../../grpc/call';
import { status } from '../../grpc/status';
import {
  decodeCounters,
  decodeHealthCheckResponse,
  servingStatuses,
  emptyCall,
  healthCheck,
  probeAwait,
  probeAnswer,
  probeFailWithDetails,
  probeKeyName,
  probeGreet,
  probePushBack,
  probeReset,
  probeSetServing,
  probeThrow,
} from '../../grpc/test-service';
import { callBreach, isOkWithCount } from '../../properties/checks/expectations';
import { isDenial } from '../../rules/not-processed';
import { openStalled } from '../../moves/stalled-reader';
import { isUnimplemented, judgePromise } from './capability';
import { isOk } from './read-answer';
import { offered, type Found, type Part, type Talk } from './talk';

/** Replies asked of Throw: far more than fit the window, so that the call is cancelled long before the exception. */
const repliesBeforeThrow = 10_000;
/** Stream window while asking Throw: a few replies. */
const narrowWindow = 64;

/** The health service. */
export async function findHealth(talk: Talk, absent: Call): Promise<Part> {
  const found = await talk.use(
    {
      need: 'health',
      about: 'a health check of the whole server',
      write: (script) => script.call(healthCheck('')),
      row: 'SVC-01-health-check',
      input: { times: 0, cuts: [] },
      answer: (call) => {
        const breaches = isOkWithCount(call, 1);
        const answer = call.messages[0];
        const isKnown = answer !== undefined && decodeHealthCheckResponse(answer.octets) !== undefined;
        return breaches.length > 0 || isKnown ? breaches : [callBreach(call, 'a HealthCheckResponse')];
      },
    },
    absent,
  );
  return { judged: [found] };
}

/** The probe service, and that it really counts the calls of the other services. */
export async function findProbe(talk: Talk, servesTestService: boolean): Promise<Part> {
  const key = `discovery-${randomBytes(6).toString('hex')}`;
  const counted = servesTestService ? 1 : 0;
  const seen = await talk.ask('the probe service', (script) => {
    script.call(probeReset(key));
    if (servesTestService) script.call(emptyCall(), { metadata: [{ name: probeKeyName, value: key }] });
    script.call(probeAwait({ key, started: counted, finished: counted, withinMs: 1000 }));
  });
  const [reset] = seen.allCalls;
  if (reset !== undefined && (isUnimplemented(reset) || isDenial(reset))) return { judged: [] };
  const answer = seen.calls.at(-1)?.messages[0];
  const counters = answer === undefined ? undefined : decodeCounters(answer.octets);
  const isKept =
    seen.calls.every((call) => isOk(call, 1)) && counters?.started === counted && counters.finished === counted;
  // A port that knows nothing of it answers in its own way; only who answers Reset has promised to count.
  if (!isKept && !isOk(reset, 1)) return { judged: [] };
  const probe: Found = {
    need: 'probe',
    ...judgePromise(isKept, 'AwaitCounters does not tell of the call that was made'),
  };
  if (!isKept) return { judged: [probe] };
  const others = await Promise.all([
    servesThrow(talk),
    servesAnswer(talk),
    servesGreet(talk),
    servesFailures(talk),
    servesSetServing(talk),
  ]);
  return { judged: [probe, ...others.flat()] };
}

/** Asks for many replies before the exception, reads one, and cancels: whether the exception does harm is for a property to find out. */
async function servesThrow(talk: Talk): Promise<readonly Found[]> {
  const request = probeThrow(repliesBeforeThrow);
  const seen = await talk.ask('an exception after many replies', (script) => {
    openStalled(script, narrowWindow, { replenishConnection: true });
    script.call(request, { awaitEnd: false }).leaveAfter(1);
  });
  return seen.call().messages.length > 0 ? [offered('throw')] : [];
}

/** Whoever serves Answer has promised all that its message may ask for. */
async function servesAnswer(talk: Talk): Promise<readonly Found[]> {
  const asked = { replies: 1, replyOctets: 1, headerOctets: 1, trailerOctets: 1, code: status.ABORTED, text: 'asked' };
  const seen = await talk.ask('an answer to half a request', (script) => {
    const call = script.call(probeAnswer(asked), { halfClose: false });
    script.await({ see: 'end', stream: call.stream }, { optional: true });
    call.resetUnlessEnded();
  });
  const call = seen.call();
  if (isUnimplemented(call) || isDenial(call)) return [];
  return [{ need: 'answer', ...judgePromise(call.status === status.ABORTED, 'Answer does not end as it is told to') }];
}

/** When the greeting comes is for a property to find out; here the request has ended before anybody looks. */
async function servesGreet(talk: Talk): Promise<readonly Found[]> {
  const seen = await talk.ask('a greeting', (script) => void script.call(probeGreet([1])));
  const call = seen.call();
  if (isUnimplemented(call) || isDenial(call)) return [];
  return [{ need: 'greet', ...judgePromise(isOk(call, 2), 'Greet does not reply once more than it is asked') }];
}

/** What becomes of details and of a pushback is for properties to find out. */
async function servesFailures(talk: Talk): Promise<readonly Found[]> {
  const seen = await talk.ask('failures that say more', (script) => {
    script.call(probeFailWithDetails(status.ABORTED, 'asked', plainDetails), { awaitEnd: true });
    script.call(probePushBack(status.ABORTED, 1), { awaitEnd: true });
  });
  return (['status-details', 'pushback'] as const).flatMap((need, index) =>
    seen.allCalls[index]?.status === status.ABORTED ? [offered(need)] : [],
  );
}

/** Whoever answers SetServing has promised that the health service says so: a name of ours, which nobody else has. */
async function servesSetServing(talk: Talk): Promise<readonly Found[]> {
  const name = `grpcconform.set.${randomBytes(6).toString('hex')}`;
  const seen = await talk.ask('a name that does not serve', (script) => {
    script.call(probeSetServing(name, false), { awaitEnd: true });
    script.call(healthCheck(name), { awaitEnd: true });
  });
  const [set, check] = seen.allCalls;
  if (!isOk(set, 1) || check === undefined || isUnimplemented(check)) return [];
  const [message] = check.messages;
  const said = message && decodeHealthCheckResponse(message.octets)?.status;
  const isKept = said !== undefined && servingStatuses[said] === 'NOT_SERVING';
  return [{ need: 'health-control', ...judgePromise(isKept, 'Check does not say what SetServing has set') }];
}

/** An encoded google.rpc.Status: code 10, message "asked". */
const plainDetails = Uint8Array.from([0x08, 0x0a, 0x12, 0x05, 0x61, 0x73, 0x6b, 0x65, 0x64]);
