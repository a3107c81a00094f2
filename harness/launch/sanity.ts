import { describeAddress, type Endpoint } from '../connection/endpoint';
import { playScript } from '../connection/play-script';
import { ConformError } from '../error';
import type { Call } from '../grpc/call';
import type { CallRequest } from '../grpc/call-request';
import { observe } from '../grpc/observe';
import { PlanBuilder } from '../grpc/plan-builder';
import { describeStatus, status } from '../grpc/status';
import { plainestCall } from '../moves/plainest-call';
import { isDenial } from '../rules/not-processed';
import { judgeTraffic } from '../rules/judge';
import type { TargetFacts } from '../facts/target-facts';
import { plainCallOf } from './opinion/plain-call';
import { askSecondOpinion, hasAnswer, type SecondOpinion } from './opinion/second-opinion';

export interface SanityContext {
  readonly endpoint: Endpoint;
  readonly facts: TargetFacts;
  readonly signal?: AbortSignal;
}

/**
 * Makes the plain call on a fresh connection.
 *
 * @returns undefined when it works, otherwise what happened instead, as a clause: `the call got no answer within 5000 ms`.
 */
export async function checkSanity(context: SanityContext): Promise<string | undefined> {
  return (await makePlainCall(context)).trouble;
}

/** How often the plain call is made when it is refused for now, which says nothing of us. */
const mostRefusals = 3;

async function makePlainCall(context: SanityContext) {
  for (let attempt = 1; ; attempt++) {
    const made = await makeOnePlainCall(context);
    const [call] = made.seen.calls;
    if (call === undefined || !isDenial(call) || attempt === mostRefusals) return made;
  }
}

async function makeOnePlainCall({ endpoint, facts, signal }: SanityContext) {
  const script = new PlanBuilder(facts);
  const request = plainestCall(facts);
  script.call(request);
  const plan = script.build();
  const { transcript, views } = await playScript(plan, { endpoint, times: facts.times, signal });
  const seen = observe(plan, transcript, views);
  const failure = seen.connection().connectFailure;
  const trouble =
    failure === undefined ? findTrouble(seen.call(), request, facts) : `there was no connection: ${failure}`;
  return { plan, seen, trouble };
}

/** What a plain call ended with, as a clause; undefined when that is as it should be. */
export function troubleOf(call: Call, facts: TargetFacts): string | undefined {
  return findTrouble(call, plainestCall(facts), facts);
}

function findTrouble(call: Call, request: CallRequest, facts: TargetFacts): string | undefined {
  switch (call.shape) {
    case 'open':
      return `the call got no complete answer within ${facts.times.reply} ms`;
    case 'closed':
      return 'the connection was closed under the call';
    case 'refused':
      return 'the call was refused unprocessed';
    case 'reset':
      return 'the call was reset';
    case 'http':
      // Servers that know gRPC only by registered paths answer an unknown method so.
      return request.kind === 'unknown'
        ? undefined
        : `the call was answered with HTTP status ${call.httpStatus ?? 'unknown'}`;
    default:
      return request.kind === 'unknown' || call.status === status.OK
        ? undefined
        : `the call ended with ${describeOutcome(call)}`;
  }
}

const describeOutcome = (call: Call): string =>
  call.status === undefined ? 'no status' : `status ${describeStatus(call.status)}`;

/**
 * Makes the plain call through our own client and through two independent clients, before anything is judged.
 *
 * @returns a warning when only our own client gets an answer, or nobody: the rules will say what is wrong with it.
 * @throws ConformError ERR_SECOND_OPINION when both independent clients get an answer and we do not, though no rule says why: then we must not judge.
 */
export async function compareClients(context: SanityContext): Promise<string | undefined> {
  const { plan, seen, trouble } = await makePlainCall(context);
  const call = plainCallOf(plan);
  // Metadata of the user may make the call one that other clients say in another way.
  const opinions = call === undefined ? [] : await askSecondOpinion(context.endpoint, call, context.facts.times.reply);
  const where = describeAddress(context.endpoint.address);
  const { path } = plainestCall(context.facts);
  if (context.signal?.aborted === true) return undefined;
  const answered = opinions.filter((opinion) => isAnswered(opinion, context.facts));
  if (trouble === undefined) {
    return answered.length > 0 || opinions.length === 0
      ? undefined
      : `only our own client gets an answer to ${path} from ${where}; ${opinions.map(describeOpinion).join('; ')}`;
  }
  const { violations } = judgeTraffic(seen.connections, [seen.call().plan]);
  const isFaulty = violations.some(({ severity }) => severity !== 'info');
  if (!isFaulty && opinions.length > 0 && answered.length === opinions.length) {
    throw new ConformError(
      'ERR_SECOND_OPINION',
      `${where}: ${trouble} when our own client calls ${path}, but ${opinions.map(({ client }) => client).join(' and ')} get an answer: this is a fault of ours, please report it`,
    );
  }
  return `a plain call of ${path} at ${where} does not work: ${[trouble, ...opinions.map(describeOpinion)].join('; ')}`;
}

/** Servers that know gRPC only by registered paths answer an unknown method with an HTTP status. */
function isAnswered(opinion: SecondOpinion, facts: TargetFacts): boolean {
  if (facts.offers.includes('unary')) return hasAnswer(opinion) && opinion.status === status.OK;
  return hasAnswer(opinion) || opinion.httpStatus !== undefined;
}

function describeOpinion({ client, status: code, error }: SecondOpinion): string {
  return `${client} got ${error === undefined && code !== undefined ? `status ${describeStatus(code)}` : (error ?? 'nothing')}`;
}
