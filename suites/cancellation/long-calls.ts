import {
  fullDuplexCall,
  slowCall,
  streamingInputCall,
  streamingOutputCall,
  type CallOptions,
  type CallWriter,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';

/** Calls that are under way for a long time, by what has happened on them so far. */
const moments = [
  'the header',
  'a message to a client-streaming method',
  'a message to a bidirectional method',
  'an answer',
  'an answer and the half-close',
  'the half-close',
] as const;
export type Moment = (typeof moments)[number];

/** Those of them that a target can be brought to. */
export const momentsFor = ({ offers }: TargetFacts): readonly Moment[] =>
  moments.filter((moment) => {
    if (moment === 'a message to a client-streaming method') return offers.includes('client-streaming');
    if (moment === 'the half-close') return offers.includes('server-streaming');
    return true;
  });

/** True for calls whose answer has begun. */
export const hasAnswered = (moment: Moment): boolean => moment.startsWith('an answer');

/** True for calls whose request is complete. */
export const hasHalfClosed = (moment: Moment): boolean => moment.endsWith('the half-close');

/** Starts a call whose handler has more to do for that many milliseconds. */
export function startLongCall(
  script: PlanBuilder,
  moment: Moment,
  milliseconds: number,
  options: CallOptions,
): CallWriter {
  const open = { ...options, halfClose: false, awaitEnd: false };
  switch (moment) {
    case 'the header':
      return script.begin(fullDuplexCall([]), options);
    case 'a message to a client-streaming method':
      return script.call(streamingInputCall([{ payload: new Uint8Array(10) }]), open);
    case 'a message to a bidirectional method':
      return script.call(slowCall(milliseconds), open);
    case 'an answer':
      return script.call(slowCall(milliseconds, [5]), open).awaitMessages(1);
    case 'an answer and the half-close':
      return script.call(slowCall(milliseconds, [5]), { ...options, awaitEnd: false }).awaitMessages(1);
    case 'the half-close':
      return script.call(streamingOutputCall({ responses: [{ size: 1, intervalUs: milliseconds * 1000 }] }), {
        ...options,
        awaitEnd: false,
      });
  }
}
