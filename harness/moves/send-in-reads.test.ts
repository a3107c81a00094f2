import type { Step } from '../connection/script';
import { PlanBuilder } from '../grpc/plan-builder';
import { sendInReads, type ReadsOptions } from './send-in-reads';

const octets = Uint8Array.of(1, 2, 3, 4, 5);

const play = (options: ReadsOptions): readonly Step[] => {
  const script = new PlanBuilder({ authority: 'a', scheme: 'http', metadata: [] });
  const call = script.begin({ kind: 'unary', path: '/s/m' });
  const before = script.build().steps.length;
  sendInReads(script, call, octets, options);
  return script.build().steps.slice(before);
};

/** A data step as its octets, frame by frame; anything else as what it does. */
const shape = (step: Step): unknown => {
  if (step.do !== 'data') return step.do;
  const ends = [...(step.cuts ?? []), step.octets.length];
  const frames = ends.map((end, index) => [...step.octets.subarray(index === 0 ? 0 : ends[index - 1], end)]);
  return step.endStream ? { last: frames } : { frames };
};

test.each<[string, ReadsOptions, readonly unknown[]]>([
  ['no cut', { cuts: [], stops: [0] }, [{ last: [[1, 2, 3, 4, 5]] }]],
  ['cuts and no stop', { cuts: [4, 1], stops: [] }, [{ last: [[1], [2, 3, 4], [5]] }]],
  ['a stop at a cut', { cuts: [1, 4], stops: [0] }, [{ frames: [[1]] }, 'fence', { last: [[2, 3, 4], [5]] }]],
  [
    'stops at all cuts, named twice and in disorder',
    { cuts: [1, 4], stops: [1, 0, 1, 9] },
    [{ frames: [[1]] }, 'fence', { frames: [[2, 3, 4]] }, 'fence', { last: [[5]] }],
  ],
  [
    'equal cuts make an empty frame on the other side of the stop',
    { cuts: [2, 2], stops: [0] },
    [{ frames: [[1, 2]] }, 'fence', { last: [[], [3, 4, 5]] }],
  ],
  [
    'a cut past the end',
    { cuts: [2, 6], stops: [1] },
    [
      {
        last: [
          [1, 2],
          [3, 4, 5],
        ],
      },
    ],
  ],
  ['a stop at the end', { cuts: [5], stops: [0] }, [{ frames: [[1, 2, 3, 4, 5]] }, 'fence', { last: [[]] }]],
  ['left open', { cuts: [], stops: [], endStream: false }, [{ frames: [[1, 2, 3, 4, 5]] }]],
])('%s', (_, options, want) => {
  expect(play(options).map(shape)).toEqual(want);
});

test('something else can happen at a stop', () => {
  let stops = 0;
  const steps = play({ cuts: [1, 2], stops: [0, 1], atStop: () => (stops += 1) });
  expect(stops).toBe(2);
  expect(steps.map(({ do: what }) => what)).toEqual(['data', 'data', 'data']);
});
