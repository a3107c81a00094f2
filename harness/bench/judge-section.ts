import { PlanBuilder } from '../grpc/plan-builder';
import type { Plan } from '../grpc/call-plan';
import { encodeMessage } from '../grpc/length-prefixed-message';
import { streamingOutputCall } from '../grpc/test-service';
import { observeAndJudge } from '../rules/judge';
import type { Transcript, TranscriptEvent } from '../transcript/transcript';
import * as wire from '../wire/builders';
import { encodeFrame, encodeFrames } from '../wire/encode-frame';
import { HpackEncoder } from '../wire/hpack/encoder';
import { connectionPreface } from '../wire/preface';
import { ConformError } from '../error';
import { judge, median, type Section } from './measurement';

/** A call of ten frames: two of ours, and an answer of Response-Headers, six messages and trailers. */
const framesOfCall = 10;
const sizes = [0, 1, 100, 1000, 10, 5];

/** Octets that each side may send on the connection: more than all of it. */
const credit = 2 ** 30;

/** Frames of the small transcript and of the large one, one connection each. */
const few = 100_000;
const many = 1_000_000;

/** Frames per second that are read, told as calls and judged by every rule: a flood of a whole run is judged in less than a minute. */
const leastRate = 25_000;

/** Time for ten times the frames: what grows faster than the frames has no place in a judge, what the garbage collector adds is left in. */
const mostGrowth = 14;

export const judgeSection: Section = {
  name: 'judge',
  title: 'reading and judging a connection of a million frames, by the rules of both sides',
  measure: (say) => {
    // Once for the compiler.
    timeOf(few / 10);
    const small = [1, 2, 3].map(() => timeOf(few));
    const large = timeOf(many);
    const rate = (many / large) * 1000;
    const growth = large / median(small);
    say(`${few} frames in ${Math.round(median(small))} ms, ${many} in ${Math.round(large)} ms`);
    return Promise.resolve([
      judge('judge: frames per second, of a million on one connection', '1/s', { atLeast: leastRate }, rate, {
        milliseconds: [large],
      }),
      judge('judge: time for ten times the frames', 'times', { atMost: mostGrowth }, growth, {
        few: small,
        many: [large],
      }),
    ]);
  },
};

/** Milliseconds that it takes to read and judge a connection of so many frames. */
function timeOf(frames: number): number {
  const { plan, transcript } = converse(frames / framesOfCall);
  const start = performance.now();
  const { violations, ownFaults, judged } = observeAndJudge(plan, transcript).traffic;
  const elapsed = performance.now() - start;
  const looked = judged.get('MSG-13-response-framing') ?? 0;
  if (violations.length > 0 || ownFaults.length > 0 || looked === 0) {
    throw new ConformError('ERR_INTERNAL', 'The connection of the benchmark is not judged as legal.');
  }
  return elapsed;
}

/** So many calls one after the other, as they would be recorded. */
function converse(calls: number): { readonly plan: Plan; readonly transcript: Transcript } {
  const script = new PlanBuilder({ authority: 'bench', scheme: 'http', metadata: [] });
  for (let call = 0; call < calls; call++)
    script.call(streamingOutputCall({ responses: sizes.map((size) => ({ size })) }));
  const plan = script.build();
  const ours = new HpackEncoder();
  const theirs = new HpackEncoder();
  const answer = sizes.map((size) => encodeMessage(new Uint8Array(size)));
  const events: TranscriptEvent[] = [
    { kind: 'connected', at: 0 },
    { kind: 'sent', at: 0, octets: connectionPreface, by: 0 },
    { kind: 'sent', at: 0, octets: encodeFrame(wire.settings([])), by: 0 },
    {
      kind: 'received',
      at: 0,
      octets: encodeFrames([wire.settings([]), wire.settingsAck(), wire.windowUpdate(0, credit)]),
    },
    { kind: 'sent', at: 0, octets: encodeFrame(wire.settingsAck()), by: 'housekeeping' },
    { kind: 'sent', at: 0, octets: encodeFrame(wire.windowUpdate(0, credit)), by: 'housekeeping' },
  ];
  for (const [index, step] of plan.steps.entries()) {
    if (step.do === 'headers') {
      const octets = encodeFrame(wire.headers(step.stream, ours.encode(step.fields), { endStream: step.endStream }));
      events.push({ kind: 'sent', at: index, octets, by: index });
    }
    if (step.do === 'data') {
      const octets = encodeFrame(wire.data(step.stream, step.octets, { endStream: step.endStream }));
      events.push({ kind: 'sent', at: index, octets, by: index });
      const headers = theirs.encode([
        { name: ':status', value: '200' },
        { name: 'content-type', value: 'application/grpc' },
      ]);
      events.push({
        kind: 'received',
        at: index,
        octets: encodeFrames([
          wire.headers(step.stream, headers),
          ...answer.map((message) => wire.data(step.stream, message)),
          wire.headers(step.stream, theirs.encode([{ name: 'grpc-status', value: '0' }]), { endStream: true }),
        ]),
      });
    }
  }
  return { plan, transcript: { connections: [{ name: 'main', events }], samples: {} } };
}
