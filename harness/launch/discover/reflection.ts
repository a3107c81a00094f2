import { describeBound } from '../../transcript/reached-bound';
import { errorCodeName } from '../../wire/error-codes';
import { escapeOctets } from '../../wire/escape-octets';
import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import type { PlanBuilder } from '../../grpc/plan-builder';
import { describeStatus, status } from '../../grpc/status';
import {
  decodeReflectionAnswer,
  readFileHead,
  reflectionCall,
  type FileHead,
  type ReflectionAnswer,
  type ReflectionQuestion,
} from '../../schema/reflection-messages';
import { reflectionVersions, type ReflectionVersion } from '../../schema/reflection-versions';
import { isUsersService } from './users-services';

export interface ReflectionOptions {
  /** Plays a script on a fresh connection. Calls of a script that was cut short are `open`. */
  readonly ask: (write: (script: PlanBuilder) => void) => Promise<Observation>;
  /** Milliseconds for an answer, for words. */
  readonly replyTime: number;
  /** Aborted when all of it has taken too long. */
  readonly deadline: AbortSignal;
}

/** What server reflection said. Texts are escaped clauses without a full stop. */
export type Reflection =
  | {
      readonly kind: 'found';
      readonly version: ReflectionVersion;
      /** Every service that is listed, by full name. */
      readonly services: readonly string[];
      /** FileDescriptorProtos of the user's services and of what they import, as far as the target has them. */
      readonly files: readonly Uint8Array[];
      /** Services and files that the target lists or needs but does not give. */
      readonly problems: readonly string[];
    }
  /** The target does not serve it. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Large deployments list a few hundred. */
const mostServices = 1000;
/** All public APIs of the largest cloud together have 7,300 files. */
const mostFiles = 10_000;
/** A program that two teams' libraries came into has a file twice; more is no server that was built. */
const mostVersions = 4;
/** As much as we keep of one connection. */
const mostOctets = 64 * 1024 * 1024;
/** Rounds of asking for what the last answers import; imports are not nested so deeply. */
const mostRounds = 100;
/** Services and files that it lists or needs but does not give, after which it is not asked for more. */
const mostProblems = 200;
/** Longest name of a service or file that is asked for; far above what file systems and people use. */
const longestName = 1024;
/** Questions on one connection, and those of them that are open at the same time: small servers refuse more. */
const questionsPerConnection = 32;
const questionsAtOnce = 4;
/** Names and texts of the target, in messages. */
const longestShown = 80;

/** Ends the conversation; caught by {@link reflect} alone. */
class ReflectionFailure {
  constructor(readonly reason: string) {}
}

/**
 * Asks a target which services it has and for their descriptors: v1, else v1alpha. Every question is a call of its own. Whatever the target answers ends
 * here, within bounds of time, octets, files and rounds; nothing is believed but that octets are descriptors, which their reader checks.
 */
export async function reflect(options: ReflectionOptions): Promise<Reflection> {
  try {
    for (const version of reflectionVersions) {
      const found = await reflectBy(version, options);
      if (found !== undefined) return found;
    }
    return { kind: 'absent' };
  } catch (error) {
    if (error instanceof ReflectionFailure) return { kind: 'failed', reason: error.reason };
    throw error;
  }
}

async function reflectBy(version: ReflectionVersion, options: ReflectionOptions): Promise<Reflection | undefined> {
  const name = `server reflection ${version}`;
  const fail = (reason: string): never => {
    throw new ReflectionFailure(`${name} ${reason}`);
  };
  const ask = (questions: readonly ReflectionQuestion[]) => askAll(version, questions, options, fail);

  const [listed] = await ask([{ ask: 'services' }]);
  if (listed === undefined || (listed.kind === 'refusal' && listed.isAbsence)) return undefined;
  if (listed.kind === 'refusal') return fail(`does not list the services: ${listed.text}`);
  if (listed.kind === 'error') return fail(`does not list the services: ${describeError(listed)}`);
  if (listed.kind === 'files') return fail('was asked for services and answers with files');

  const problems: string[] = [];
  const services = checkNames(listed.names, problems);
  if (services.length > mostServices) fail(`lists ${services.length} services; more than ${mostServices} are not read`);

  const files = new Map<string, readonly FileHead[]>();
  let count = 0;
  const defined = new Set<string>();
  let octets = 0;
  const add = (encoded: readonly Uint8Array[], question: string): readonly string[] =>
    encoded.map((file) => {
      const head =
        readFileHead(file) ?? fail(`answers the question for ${question} with octets that are no file descriptor`);
      // A file in two versions is for who puts the descriptors together.
      const versions = files.get(head.name) ?? [];
      if (versions.some((known) => Buffer.compare(known.octets, head.octets) === 0)) return head.name;
      if (versions.length === mostVersions) fail(`gives ${show(head.name)} in more than ${mostVersions} versions`);
      octets += file.length;
      count += 1;
      files.set(head.name, [...versions, head]);
      for (const service of head.services) defined.add(service);
      if (count > mostFiles) fail(`gives more than ${mostFiles} files`);
      if (octets > mostOctets) fail(`gives more than ${mostOctets / 1024 / 1024} MiB of descriptors`);
      return head.name;
    });

  const waiting = services.filter(isUsersService);
  while (waiting.length > 0) {
    const batch = takeBatch(waiting, (service) => !defined.has(service));
    const answers = await ask(batch.map((service) => ({ ask: 'symbol', name: service })));
    for (const [index, service] of batch.entries()) {
      const problem = readFileAnswer(answers[index], (encoded) => void add(encoded, service));
      if (problem !== undefined) problems.push(`${service}: ${problem}`);
      else if (!defined.has(service)) problems.push(`${service}: the files given for it do not define it`);
    }
  }

  const asked = new Set<string>();
  for (let round = 1; ; round += 1) {
    const missing = new Set([...files.values()].flat().flatMap(({ dependencies }) => dependencies));
    const batch = takeBatch([...missing], (file) => !files.has(file) && !asked.has(file));
    if (batch.length === 0) break;
    if (problems.length > mostProblems)
      fail(`does not give ${problems.length} of the services and files that it names`);
    if (round > mostRounds) fail(`gives files that import others without end`);
    const readable = batch.filter((file) => file !== '' && file.length <= longestName);
    for (const file of batch) asked.add(file);
    const answers = await ask(readable.map((file) => ({ ask: 'file', name: file })));
    for (const [index, file] of readable.entries()) {
      const given: string[] = [];
      const problem = readFileAnswer(answers[index], (encoded) => given.push(...add(encoded, show(file))));
      if (problem !== undefined) problems.push(`${show(file)}: ${problem}`);
      else if (!files.has(file))
        problems.push(`${show(file)}: it gave ${given.length === 0 ? 'nothing' : show(given.join(', '))} instead`);
    }
  }
  return { kind: 'found', version, services, files: [...files.values()].flat().map((file) => file.octets), problems };
}

/** Takes the next few that still matter from the front of a list. */
function takeBatch(waiting: string[], matters: (name: string) => boolean): readonly string[] {
  const batch: string[] = [];
  while (waiting.length > 0 && batch.length < questionsPerConnection) {
    const next = waiting.shift() ?? '';
    if (matters(next)) batch.push(next);
  }
  return batch;
}

/** @returns what is wrong with the answer, as a clause. */
function readFileAnswer(answer: Answer | undefined, take: (files: readonly Uint8Array[]) => void): string | undefined {
  if (answer === undefined) return 'no answer';
  if (answer.kind === 'refusal') return answer.text;
  if (answer.kind === 'error') return describeError(answer);
  if (answer.kind === 'services') return 'asked for a file, it answers with services';
  take(answer.files);
  return undefined;
}

/** Full names of services, each once; others would go into :path. */
function checkNames(names: readonly string[], problems: string[]): readonly string[] {
  const isName = (name: string): boolean =>
    name.length <= longestName && /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name);
  const wrong = names.find((name) => !isName(name));
  if (wrong !== undefined) problems.push(`it lists ${show(wrong)}, which is no name of a service`);
  return [...new Set(names.filter(isName))].sort();
}

type Answer =
  | ReflectionAnswer
  /** The call ended without a message. `isAbsence`: as it does where nobody serves the method. */
  | { readonly kind: 'refusal'; readonly text: string; readonly isAbsence: boolean };

/** Asks questions on one connection; the answers come in their order. */
async function askAll(
  version: ReflectionVersion,
  questions: readonly ReflectionQuestion[],
  { ask, replyTime, deadline }: ReflectionOptions,
  fail: (reason: string) => never,
): Promise<readonly Answer[]> {
  const seen = await ask((script) => {
    for (let first = 0; first < questions.length; first += questionsAtOnce) {
      const calls = questions
        .slice(first, first + questionsAtOnce)
        .map((question) => script.call(reflectionCall(version, question), { awaitEnd: false }));
      // Some servers answer but never end the stream.
      for (const call of calls) call.awaitMessages(1);
    }
  });
  const connection = seen.connections[0];
  if (deadline.aborted) fail('takes too long');
  if (connection?.bound !== undefined) fail(`answers with more than ${describeBound(connection.bound)}`);
  if (connection?.connectFailure !== undefined) fail(`cannot be asked: ${connection.connectFailure}`);
  return questions.map((question, index) => readAnswer(seen.calls[index], describeQuestion(question), replyTime, fail));
}

function readAnswer(
  call: Call | undefined,
  question: string,
  replyTime: number,
  fail: (reason: string) => never,
): Answer {
  const [message] = call?.messages ?? [];
  if (call !== undefined && message !== undefined) {
    if (message.compressedFlag !== 0) fail(`answers ${question} compressed, which was not offered`);
    return decodeReflectionAnswer(message.octets) ?? fail(`answers ${question} with octets that are no answer`);
  }
  switch (call?.shape) {
    case 'http': {
      const code = call.httpStatus ?? 0;
      // What servers that know gRPC only by registered paths, and proxies, say of a path that they do not know.
      const isAbsence = [404, 405, 415, 501].includes(code);
      return { kind: 'refusal', text: `HTTP status ${code}`, isAbsence };
    }
    case 'reset':
      return fail(`resets the call for ${question} with ${errorCodeName(call.reset?.errorCode ?? 0)}`);
    case 'closed':
    case 'refused':
      return fail(`closes the connection in place of answering ${question}`);
    case 'normal':
    case 'trailers-only': {
      const text = call.message === undefined || call.message === '' ? '' : ` "${show(call.message)}"`;
      if (call.status === undefined || call.status === status.OK)
        return fail(`ends the call for ${question} without an answer`);
      return {
        kind: 'refusal',
        text: `status ${describeStatus(call.status)}${text}`,
        isAbsence: call.status === status.UNIMPLEMENTED,
      };
    }
    default:
      return fail(`does not answer ${question} within ${replyTime} ms`);
  }
}

function describeQuestion(question: ReflectionQuestion): string {
  return question.ask === 'services' ? 'the question for its services' : `the question for ${show(question.name)}`;
}

function describeError({ status: code, message }: Extract<ReflectionAnswer, { kind: 'error' }>): string {
  return `error ${describeStatus(code)}${message === '' ? '' : ` "${show(message)}"`}`;
}

const show = (text: string): string => escapeOctets(Buffer.from(text, 'utf8'), longestShown);
