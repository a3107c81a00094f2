import type { RowId } from '../../catalogue';
import { adaptTimes } from '../../connection/adapt-times';
import type { ConnectionView } from '../../transcript/connection-view';
import type { Endpoint } from '../../connection/endpoint';
import { MemoryBudget } from '../../connection/memory-budget';
import { pause, playScript } from '../../connection/play-script';
import type { Times } from '../../connection/script';
import type { Call } from '../../grpc/call';
import type { CallRequest } from '../../grpc/call-request';
import type { Observation } from '../../grpc/observation';
import { observe } from '../../grpc/observe';
import { served, type Answer } from '../../grpc/outcome';
import { PlanBuilder, type CallOptions, type CallWriter, type PlanFacts } from '../../grpc/plan-builder';
import { status } from '../../grpc/status';
import type { Need } from '../../facts/need';
import { answersAs } from '../../properties/checks/answers';
import { describeDenial, isDenial } from '../../rules/not-processed';
import { describeCall } from '../../rules/reaction';
import type { Breach } from '../../rules/violation';
import type { TargetFacts } from '../../facts/target-facts';
import type { Setting } from '../../wire/settings';
import { judgeMethod, judgePromise, type Judged } from './capability';
import type { Conversation } from '../target';

/** To whom a {@link Talk} talks, and how. */
export interface TalkOptions {
  readonly endpoint: Endpoint;
  readonly authority: string;
  readonly metadata: TargetFacts['metadata'];
  readonly times: Times;
  /** For what is received; it is not given back, because all of it is kept. */
  readonly budget?: MemoryBudget;
  readonly signal?: AbortSignal;
}

/** What was found out of one capability. */
export interface Found extends Judged {
  readonly need: Need;
}

/** A capability that works. */
export const offered = (need: Need): Found => ({ need, state: 'offered' });

/** What was found out by one of several looks at a target. */
export interface Part {
  readonly judged: readonly Found[];
}

/** The plain call of a capability: what is asked, and what must come of it, for whoever has it and for the row about such calls. */
export interface PlainUse {
  readonly need: Need;
  readonly about: string;
  readonly write: (script: PlanBuilder) => CallWriter;
  /** What must come of it: as data, by which its row judges it as well, or as a check like that of its row. */
  readonly answer: Answer | ((call: Call) => readonly Breach[]);
  /** The row about calls of that kind, and an input of its property that makes the same call. */
  readonly row: RowId;
  readonly input: unknown;
}

/** A call of what only the fixture promises. */
export interface PromisedUse {
  readonly need: Need;
  /** What is not kept, as a clause. */
  readonly what: string;
  readonly request: CallRequest;
  readonly options?: CallOptions;
  readonly isKept: (call: Call) => boolean;
}

/** How often a conversation is repeated, and all of them together; milliseconds before the first repetition. */
const mostRepeats = 3;
const mostRepeatsInAll = 20;
const repeatPause = 100;

/** Not looked at: refused unprocessed, met by the end of the connection, or asked to come again later. */
const isOverlooked = (call: Call): boolean =>
  call.plan.legal &&
  (call.shape === 'refused' ||
    (call.shape === 'closed' && call.times.headers === undefined) ||
    call.status === status.UNAVAILABLE ||
    call.status === status.RESOURCE_EXHAUSTED);

/** Everything that is said to a target before a run, kept word for word. */
export class Talk {
  readonly #options: TalkOptions;
  readonly #budget: MemoryBudget;
  readonly #conversations: Conversation[] = [];
  #times: Times;
  #first: ConnectionView | undefined;
  /** How often something was said again. */
  #repeats = 0;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#budget = options.budget ?? new MemoryBudget();
    this.#times = options.times;
  }

  get conversations(): readonly Conversation[] {
    return this.#conversations;
  }

  /** How long is waited for what. */
  get times(): Times {
    return this.#times;
  }

  /** An answer took so long that the target may be far away. @param milliseconds the longest that a round trip may take */
  reckonWith(milliseconds: number): void {
    this.#times = adaptTimes(this.#options.times, milliseconds);
  }

  /** What TLS agreed on. */
  get tls(): ConnectionView['tls'] {
    return this.#first?.tls;
  }

  /** The target's first SETTINGS. */
  get settings(): readonly Setting[] {
    return this.#first === undefined ? [] : firstSettings(this.#first);
  }

  /** Plays a script. @param signal ends it early, beside Ctrl-C */
  async ask(
    about: string,
    write: (script: PlanBuilder) => void,
    times = this.#times,
    signal = this.#options.signal,
  ): Promise<Observation> {
    return this.#keep(about, await this.#playPatiently(about, write, times, signal));
  }

  /** Plays a script whose calls are to be refused: a refusal is the answer, and nothing is said again for it. */
  async askForRefusal(about: string, write: (script: PlanBuilder) => void): Promise<Observation> {
    return this.#keep(about, await this.#play(write, this.#times, this.#options.signal));
  }

  /** Makes the plain call of a capability. */
  async use(use: PlainUse, absent: Call): Promise<Found> {
    const { signal } = this.#options;
    const { need, row, input, about, answer } = use;
    // Where the plan can say what must come, it is judged by its row like any other.
    const write = (script: PlanBuilder): void => {
      const writer = use.write(script);
      if (typeof answer !== 'function') writer.expect(served(answer));
    };
    const { plan, playback, seen } = await this.#playPatiently(about, write, this.#times, signal);
    const call = seen.call();
    const judged = judgeMethod(call, typeof answer === 'function' ? answer(call) : answersAs(call, answer), absent);
    const { state } = judged;
    const plain = state === 'offered' || state === 'broken' ? { plain: { need, row, input, state } } : {};
    this.#conversations.push({ about, plan, playback, ...plain });
    return { need, ...judged };
  }

  /** Asks for what only the fixture promises. */
  async promise({
    need,
    what,
    request,
    options = {},
    isKept,
  }: PromisedUse): Promise<{ readonly call: Call; readonly found: Found }> {
    const seen = await this.ask(`what the fixture promises as "${need}"`, (script) => {
      const call = script.call(request, { ...options, awaitEnd: false });
      script.await({ see: 'end', stream: call.stream }, { optional: true });
    });
    const call = seen.call();
    if (isDenial(call)) return { call, found: { need, state: 'denied', why: `answered ${describeDenial(call)}` } };
    return { call, found: { need, ...judgePromise(isKept(call), `${what} (${describeCall(call)})`) } };
  }

  /** Says of the conversation about something that it was the plain use of a row's subject, and failed. */
  blame(about: string, row: RowId, input: unknown): void {
    const index = this.#conversations.findIndex((one) => one.about === about);
    const conversation = this.#conversations[index];
    if (conversation !== undefined)
      this.#conversations[index] = { ...conversation, plain: { row, input, state: 'broken' } };
  }

  /** Says of a conversation that its failure is told by another one. */
  excuse(about: string): void {
    const index = this.#conversations.findIndex((one) => one.about === about);
    const conversation = this.#conversations[index];
    if (conversation === undefined) return;
    const { plain: _, ...rest } = conversation;
    this.#conversations[index] = rest;
  }

  /** Says the same again, a few times, to a target that has not looked at it: what is refused for now is not absent for that. */
  async #playPatiently(
    about: string,
    write: (script: PlanBuilder) => void,
    times: Times,
    signal: AbortSignal | undefined,
  ) {
    for (let attempt = 1; ; attempt++) {
      const played = await this.#play(write, times, signal);
      if (attempt > mostRepeats || this.#repeats >= mostRepeatsInAll || !played.seen.allCalls.some(isOverlooked))
        return played;
      this.#repeats++;
      this.#keep(about, played);
      await pause(repeatPause * attempt, signal);
    }
  }

  /** Keeps what was said. @returns what was seen of it */
  #keep(
    about: string,
    { plan, playback, seen }: Pick<Conversation, 'plan' | 'playback'> & { readonly seen: Observation },
  ): Observation {
    this.#conversations.push({ about, plan, playback });
    return seen;
  }

  async #play(write: (script: PlanBuilder) => void, times: Times, signal: AbortSignal | undefined) {
    const script = new PlanBuilder(planFacts(this.#options));
    write(script);
    const plan = script.build();
    const playback = await playScript(plan, {
      endpoint: this.#options.endpoint,
      times,
      budget: this.#budget,
      ...(signal === undefined ? {} : { signal }),
    });
    const seen = observe(plan, playback.transcript, playback.views);
    this.#first ??= seen.connections[0];
    return { plan, playback, seen };
  }
}

/** What every plan of a talk is built from. */
export function planFacts({ endpoint, authority, metadata }: TalkOptions): PlanFacts {
  return { authority, scheme: endpoint.tls === undefined ? 'http' : 'https', metadata };
}

function firstSettings(view: ConnectionView): readonly Setting[] {
  for (const { frame } of view.received) {
    if (frame.type === 'SETTINGS' && !frame.ack) return frame.settings;
  }
  return [];
}
