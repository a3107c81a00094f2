import { parseTimeout, slowCall, type CallOptions, type CallWriter, type PlanBuilder } from '../../harness';

/** Milliseconds that a timeout stands for; our generators make legal ones only. */
export const millisecondsOf = (timeout: string): number => parseTimeout(timeout) ?? 0;

/** Milliseconds after which the handler of a slow call would answer: at least three times the longest timeout that must expire before. */
export const handlerTime = 3000;

/** Milliseconds for which a handler is busy under a timeout that must not expire: enough for a timer that fires at once. */
export const moment = 60;

/** The shortest timeout that must not expire on a plain call, in milliseconds: longer than we wait for any answer by default. */
export const ample = 5000;

/** What a call does while its deadline comes: each leaves the handler in another state. */
export const states = ['asleep', 'asleep after an answer', 'waiting for a message', 'asleep and half-open'] as const;
export type State = (typeof states)[number];

/** A call whose handler would be busy for that many milliseconds more. */
export function beginSlow(script: PlanBuilder, state: State, milliseconds: number, options: CallOptions): CallWriter {
  const request = slowCall(milliseconds, state === 'asleep after an answer' ? [1] : []);
  if (state === 'waiting for a message') return script.begin(request, options);
  const halfClose = state !== 'asleep and half-open';
  return script.call(request, { ...options, halfClose, awaitEnd: false });
}

/** Milliseconds by which clocks may differ about the end of a call (catalogue DL-04). */
export const clockTolerance = 5;
