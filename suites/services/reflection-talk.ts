import {
  callBreach,
  decodeReflectionReply,
  plainOctets,
  reflectionCall,
  saysQuestion,
  type AnyReflectionQuestion,
  type Breach,
  type Call,
  type CallWriter,
  type PlanBuilder,
  type ReflectionReply,
  type ReflectionVersion,
} from '../../harness';

/** Questions on one stream of server reflection. */
export interface ReflectionTalk {
  readonly version: ReflectionVersion;
  readonly questions: readonly AnyReflectionQuestion[];
  /** All are asked at once; otherwise each when the one before is answered. */
  readonly together: boolean;
}

/** Asks, half-closes and waits for the end. */
export function askReflection(
  script: PlanBuilder,
  { version, questions, together }: ReflectionTalk,
  as: string,
): CallWriter {
  const request = reflectionCall(version, ...questions);
  if (together) return script.call(request, { as });
  const call = script.begin(request, { as });
  for (const [index, message] of request.messages.entries()) {
    call.sendMessages([message]);
    // Who ends the stream instead has nothing more to say; that is judged.
    script.await({ see: 'messages', stream: call.stream, count: index + 1 }, { optional: true });
  }
  return call.halfClose().awaitEnd();
}

export type Answer = ReflectionReply['answer'];

/** What came back on a stream of reflection. */
export interface Answers {
  /** By question; undefined where none came. */
  readonly answers: readonly (Answer | undefined)[];
  /** The call, its order, its echo and its octets; that a question has no answer is not among them. */
  readonly breaches: readonly Breach[];
}

/** Reads the responses of a stream in the order of its questions, and judges their form. */
export function readAnswers(call: Call, questions: readonly AnyReflectionQuestion[]): Answers {
  const replies = call.messages.map((message) => {
    const octets = plainOctets(call, message);
    return octets && decodeReflectionReply(octets);
  });
  const breaches: Breach[] = [];
  const breach = callBreach(call, 'one response for each request, in order, that says what was asked');
  if (replies.includes(undefined))
    breaches.push({ ...breach, observed: 'a message that is no response', reaction: 'no response' });
  if (replies.length > questions.length)
    breaches.push({
      ...breach,
      observed: `${replies.length} responses to ${questions.length} requests`,
      reaction: 'too many responses',
    });
  const echoed = replies.every((reply, index) => {
    const question = questions[index];
    return (
      reply === undefined ||
      question === undefined ||
      (reply.original !== undefined && saysQuestion(reply.original, question))
    );
  });
  if (!echoed)
    breaches.push({
      ...breach,
      observed: 'original_request says something else than what was asked',
      reaction: 'wrong echo',
      severity: 'warn',
    });
  return { answers: questions.map((_, index) => replies[index]?.answer), breaches };
}

/** What an answer is, for people. */
export function describeAnswerTo(question: AnyReflectionQuestion, answer: Answer | undefined): string {
  const asked = 'name' in question ? `${question.ask} ${question.name}` : question.ask;
  if (answer === undefined) return `no answer to ${asked}`;
  return answer.kind === 'error' ? `error ${answer.status} for ${asked}` : `${answer.kind} for ${asked}`;
}
