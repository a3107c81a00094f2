import { performance } from 'node:perf_hooks';
import { ConformError } from '../error';
import { adaptTimes } from './adapt-times';
import type { Endpoint } from './endpoint';
import { MemoryBudget } from './memory-budget';
import { fillNonces } from './nonces';
import { mostPatience, Client } from './client';
import {
  farRoundTrip,
  lengthOf,
  type ControlStep,
  type ProcessFact,
  type Script,
  type Step,
  type Times,
  type WatchStep,
} from './script';
import { describeCondition } from './describe-condition';
import type { ConnectionView } from '../transcript/connection-view';
import type { Abandoned, Transcript } from '../transcript/transcript';

export interface PlayContext {
  readonly endpoint: Endpoint;
  readonly times: Times;
  /** What may be kept of what the target sends; one for each script when absent. */
  readonly budget?: MemoryBudget;
  /** Aborted: the script stops at its next wait. */
  readonly signal?: AbortSignal;
  /** Does what {@link ControlStep} asks for. */
  readonly control?: (action: ControlStep['action']) => Promise<void>;
  /** Reads what {@link ProcessFact} asks for; undefined when it cannot be read. */
  readonly sample?: (what: ProcessFact) => Promise<number | undefined>;
}

/** Milliseconds between two readings of a watch, at least; and how many times a reading's own time: where it takes long, as among thousands of processes, it comes less often. */
const watchInterval = 100;
const watchShare = 20;
/** A reading stands still that has grown by no more than these octets in so many milliseconds: what is produced without an end grows by far more. */
const stillGrowth = 2 * 1024 * 1024;
const stillTime = 750;
/** The same where the script has seen one stand still: what a server does not do the first time it need not be given as much time for again. */
const stillAgainTime = 400;

/** A played script: its transcript, and the views of its connections that were made while it ran. */
export interface Playback {
  readonly transcript: Transcript;
  readonly views: readonly ConnectionView[];
  /** Gives what is kept of it back to the budget: for whoever has let go of it, or of all but a small part. */
  readonly release: () => void;
  /** Octets of memory that keeping it takes. */
  readonly cost: number;
  /** When the script began, on the clock of `performance.now()`: the zero of the times in the transcript. */
  readonly startedAt: number;
  /** Milliseconds that it took. */
  readonly milliseconds: number;
  /** Milliseconds for which it waited by the clock: pauses, silence that had to be heard, and waits that ran out. */
  readonly waited: number;
}

/**
 * Plays a script against a target and records everything. Whatever the target does ends in a transcript, within the budgets of the script's waits.
 * @throws ConformError ERR_SCRIPT when the script itself makes no sense (our mistake).
 */
export async function playScript(script: Script, context: PlayContext): Promise<Playback> {
  const started = performance.now();
  const now = (): number => performance.now() - started;
  const clients = new Map<string, Client>();
  const { budget = new MemoryBudget() } = context;
  const samples: Record<string, number> = {};
  let hasStoodStill = false;
  let abandoned: Abandoned | undefined;
  let waited = 0;
  /** The wait of the step that is being played came to its end without what it waited for. */
  let hasRunOut = false;

  const clientOf = (name: string): Client => {
    const client = clients.get(name);
    if (client === undefined)
      throw new ConformError('ERR_SCRIPT', `The script uses the connection ${name} before it opens it.`);
    return client;
  };

  const isAborted = (): boolean => context.signal?.aborted === true;

  try {
    for (const [index, step] of fillNonces(script).entries()) {
      if (isAborted()) break;
      const began = now();
      hasRunOut = false;
      const gaveUp = await playStep(step, index);
      if (gaveUp !== undefined || hasRunOut || isByTheClock(step)) waited += now() - began;
      // A wait that was cut short by an abort says nothing about the target.
      if (!isAborted()) abandoned = gaveUp;
      if (gaveUp !== undefined) break;
    }
  } finally {
    for (const client of clients.values()) client.end();
  }
  const views = [...clients.values()].map((client) => client.view());
  const connections = views.map((view) => view.transcript);
  const release = (): void => {
    for (const client of clients.values()) client.account.release();
  };
  const cost = [...clients.values()].reduce((sum, { account }) => sum + account.taken, 0);
  const transcript = { connections, samples, ...(abandoned === undefined ? {} : { abandoned }) };
  return { transcript, views, release, cost, startedAt: started, milliseconds: now(), waited };

  async function playStep(step: Step, index: number): Promise<Abandoned | undefined> {
    switch (step.do) {
      case 'open': {
        if (clients.has(step.on))
          throw new ConformError('ERR_SCRIPT', `The script opens the connection ${step.on} twice.`);
        const client = new Client(step, {
          now,
          signal: context.signal,
          budget,
          roundTrip: context.times.roundTrip ?? 0,
        });
        clients.set(step.on, client);
        const resumed = step.tls?.resumes;
        const session = resumed === undefined ? undefined : clientOf(resumed).session;
        const opened = await client.open(context.endpoint, index, context.times, session);
        return opened
          ? undefined
          : { step: index, waitedFor: "the target's SETTINGS and the ACK of ours", milliseconds: context.times.reply };
      }
      case 'pause':
        await pause(step.milliseconds, context.signal);
        return undefined;
      case 'control':
        await context.control?.(step.action);
        return undefined;
      case 'sample': {
        const value = await context.sample?.(step.what);
        if (value !== undefined) samples[step.label] = value;
        return undefined;
      }
      case 'watch': {
        const value = await watch(step);
        if (value !== undefined) samples[step.label] = value;
        return undefined;
      }
      default:
        return playOnClient(clientOf(step.on), step, index);
    }
  }

  /** @returns the last reading; undefined when there is none. */
  async function watch({ what, from, growth, within, returns }: WatchStep): Promise<number | undefined> {
    const until = now() + within;
    const still = hasStoodStill ? stillAgainTime : stillTime;
    let stillSince = now();
    let readingTime = 0;
    const read = async (): Promise<number | undefined> => {
      const before = now();
      const reading = await context.sample?.(what);
      readingTime = now() - before;
      return reading;
    };
    let lowest = await read();
    for (let last = lowest; ;) {
      if (last === undefined || lowest === undefined) return last;
      if (last - lowest > stillGrowth) {
        lowest = last;
        stillSince = now();
      }
      const hasGrown = last - (samples[from] ?? last) > growth;
      if (now() >= until || isAborted() || hasGrown !== (returns === true)) return last;
      if (returns !== true && now() - stillSince >= still) {
        hasStoodStill = true;
        return last;
      }
      await pause(Math.min(Math.max(watchInterval, watchShare * readingTime), still / 2), context.signal);
      last = await read();
    }
  }

  async function playOnClient(
    client: Client,
    step: Exclude<Step, { do: 'open' | 'pause' | 'control' | 'sample' | 'watch' }>,
    index: number,
  ): Promise<Abandoned | undefined> {
    const times = timesOf(client, context.times);
    if (!client.usable && step.do !== 'await') {
      client.skip(index);
      return undefined;
    }
    switch (step.do) {
      case 'headers': {
        const exceeded = await client.sendFieldBlock(step, index, times);
        if (exceeded === undefined) return undefined;
        if (exceeded.milliseconds > 0) client.recordTimeout(index, exceeded.waitedFor);
        return { step: index, ...exceeded };
      }
      case 'frame':
        if (step.unlessEnded === true && client.hasEnded(step.frame.streamId)) client.skip(index);
        else client.sendFrame(step.frame, index);
        return undefined;
      case 'bytes':
        client.sendOctets(step.octets, index);
        return undefined;
      case 'settings':
        client.sendSettings(step.settings, index);
        return undefined;
      case 'grant':
        client.grant(step.stream, step.octets, index);
        return undefined;
      case 'flood':
        client.flood(step, index, lengthOf(step.within, times));
        return undefined;
      case 'reading':
        client.read(step.reads);
        return undefined;
      case 'close':
        await client.close(step.how, times.close);
        return undefined;
      case 'acknowledge':
        client.acknowledgePings(step, index);
        return undefined;
      case 'renegotiate':
        await client.renegotiate(times.reply);
        return undefined;
      case 'data': {
        const sent = await client.sendData(step, index, times.reply);
        if (typeof sent === 'object') return { step: index, ...sent };
        return sent
          ? undefined
          : {
              step: index,
              waitedFor: `flow-control credit for stream ${step.stream}`,
              milliseconds: times.reply,
            };
      }
      case 'fence': {
        const fenced = await client.fence(step, index, times.reply);
        hasRunOut = !fenced;
        return fenced || step.optional === true
          ? undefined
          : {
              step: index,
              waitedFor: step.by === 'ping' ? 'the ACK of our PING' : 'the ACK of our SETTINGS',
              milliseconds: times.reply,
            };
      }
      case 'await': {
        const milliseconds = lengthOf(step.within, times);
        const seen = await client.awaitCondition(step.until, milliseconds);
        if (seen || step.until.see === 'quiet' || isAborted()) return undefined;
        hasRunOut = true;
        const waitedFor = describeCondition(step.until);
        client.recordTimeout(index, waitedFor);
        // It has not stopped answering: it is far away, and we cannot wait for all of it.
        if (client.isFlowing) {
          const limit = `a round trip of ${Math.ceil(client.roundTrip)} ms, and an answer that needs too many of them`;
          return { step: index, waitedFor, milliseconds: mostPatience * milliseconds, limit };
        }
        return step.optional === true ? undefined : { step: index, waitedFor, milliseconds };
      }
    }
  }
}

/** True for a step that takes its time whatever the target does. */
const isByTheClock = (step: Step): boolean =>
  step.do === 'pause' ||
  (step.do === 'watch' && step.returns !== true) ||
  (step.do === 'await' && step.until.see === 'quiet');

/** Waits on a connection whose round trip shows to be longer than was known. */
function timesOf({ roundTrip }: Client, times: Times): Times {
  const { roundTrip: known = 0 } = times;
  return roundTrip < farRoundTrip || roundTrip <= known ? times : adaptTimes(times, roundTrip);
}

/** Lets time pass, shorter when the run is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
