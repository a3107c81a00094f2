import type { OpenStep } from '../connection/script';
import type { TargetFacts } from '../facts/target-facts';
import { tolerableGrowth } from '../facts/tolerable-growth';
import { served } from '../grpc/outcome';
import type { PlanBuilder } from '../grpc/plan-builder';
import { pendingCalls } from './pending-calls';
import { callPlainly } from './plainest-call';

/** An attack is made that often, each time on new connections, and memory is read after each: what grows once is a heap that fills, what grows each time is a leak. */
export const attackWaves = ['first', 'second', 'third'] as const;

/** Milliseconds within which memory must come back near its level. */
const returnWithin = 10_000;

/** Milliseconds for which what is held may go on to grow. */
const growsWithin = 5000;

/** Something that is done to a server to do it harm. */
export interface Attack {
  /** How its connections are opened. */
  readonly opening?: Omit<OpenStep, 'do' | 'on'>;
  /** Connections of each wave; one when absent. None: the strikes open and close their own, and are told the wave in place of a connection. */
  readonly connections?: number;
  /** Parts of each wave; a call of somebody else is made beside each. */
  readonly rounds: number;
  /** Writes one part: frames, or the beginning of a flood. */
  readonly strike: (on: string, round: number) => void;
  /** True: nothing is read from the attacking connections before all was sent. `'to the end'`: nor then. */
  readonly unread?: boolean | 'to the end';
  /** Octets by which memory may have grown while the connections are open: it is watched until it stands still or has grown by more, and only read when absent. */
  readonly holds?: number;
  /** Writes what shows that everything was dealt with, once all was sent and is read; a fence that need not be passed when absent. */
  readonly settle?: (on: string) => void;
  /** Closes a connection; a TCP reset when absent. `'cut'`: in the middle of what is being sent. */
  readonly close?: 'fin' | 'reset' | 'cut';
  /** Writes what is asked about the server before connections are closed. */
  readonly ask?: (wave: string) => void;
}

/**
 * An attack as the general rule of robustness judges it: around it stand calls on a connection of somebody who means no harm, opened before it and used beside it, and
 * a call on a new connection behind it. These must be served; what the server does on the attacking connections is its own affair, and none of their calls is one of the
 * script. Memory is recorded under the names of the waves, for `givesMemoryBack`, and while the connections are open under the same with ` held` behind.
 */
export function attack(script: PlanBuilder, facts: TargetFacts, how: Attack): void {
  const { opening = {}, connections = 1, rounds, strike, unread = false, holds, close = 'reset', ask } = how;
  const { settle = (on) => script.fence({ on, optional: true }) } = how;
  const innocent = standBy(script, facts);
  innocent.call();
  script.sampleMemory('before');
  for (const [index, wave] of attackWaves.entries()) {
    const names = Array.from({ length: connections }, (_, number) => (number === 0 ? wave : `${wave}-${number + 1}`));
    for (const on of names) {
      script.open({ on, ...opening });
      if (unread !== false) script.reading(false, on);
    }
    for (let round = 0; round < rounds; round++) {
      for (const on of connections === 0 ? [wave] : names) strike(on, round);
      innocent.call();
    }
    if (close !== 'cut') {
      for (const on of names) {
        script.awaitFloods(on);
        if (unread === 'to the end') continue;
        if (unread) script.reading(true, on);
        settle(on);
      }
    }
    innocent.call();
    const held = `${wave} held`;
    if (holds === undefined) script.sampleMemory(held);
    else script.watchMemory(held, { from: 'before', growth: holds, within: growsWithin });
    ask?.(wave);
    for (const on of names) script.close(close === 'cut' ? 'reset' : close, on);
    innocent.call();
    // Answers may have left in the turn in which the end of the others was read; behind a second one it was dealt with.
    innocent.call();
    const last = attackWaves[index - 1];
    if (last === undefined || index < attackWaves.length - 1) script.sampleMemory(wave);
    else script.watchMemory(wave, { from: last, growth: tolerableGrowth, within: returnWithin, returns: true });
  }
  innocent.finish();
  callPlainly(script, facts, 'new');
}

/**
 * Calls on connections that the attack has nothing to do with: as many on each as it takes. Other than `beginInnocents` it calls any number of times, and leaves a handler
 * to the attack, which goes on meanwhile.
 */
function standBy(script: PlanBuilder, facts: TargetFacts): { readonly call: () => void; readonly finish: () => void } {
  const { callsPerConnection = Infinity, handlers = Infinity, streams = Infinity } = facts.limits ?? {};
  const conversation = pendingCalls['a conversation'];
  // One handler is for the conversation, one for the calls beside it, and one for the attack.
  const talks = facts.offers.includes('bidirectional-streaming') && Math.min(handlers, streams) > 2;
  const finish = talks ? conversation.begin(script, { on: 'innocent', role: 'bystander' }) : undefined;
  let calls = talks && callsPerConnection > 1 ? 1 : 0;
  let connection = talks && callsPerConnection === 1 ? 1 : 0;
  return {
    call: () => {
      if (calls >= callsPerConnection) {
        connection++;
        calls = 0;
      }
      calls++;
      callPlainly(script, facts, connection === 0 ? 'innocent' : `innocent-${connection + 1}`);
    },
    finish: () => void finish?.().expect(served(conversation.answer)),
  };
}
