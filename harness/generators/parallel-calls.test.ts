import fc from 'fast-check';
import { PlanBuilder } from '../grpc/plan-builder';
import { choices } from './order';
import { markOf, openingOrder, parallelCalls, sendInterleaved } from './parallel-calls';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;
const parallel = fc.tuple(parallelCalls({ maxCount: 16 }), choices({ maxCount: 64 }));

const write = ([calls, picks]: Parameters<Parameters<typeof parallel.map>[0]>[0]) => {
  const peer = new PlanBuilder(facts);
  sendInterleaved(peer, calls, picks, (index) => ({ metadata: [{ name: 'x-index', value: String(index) }] }));
  return peer.build();
};

test('every call has a mark of its own', () => {
  fc.assert(
    fc.property(parallel, ([calls]) => {
      expect(new Set(calls.map(markOf)).size).toBe(calls.length);
    }),
  );
});

test('streams open in the order that is told', () => {
  fc.assert(
    fc.property(parallel, (input) => {
      const opened = write(input).steps.flatMap((step) => (step.do === 'headers' ? [step.fields.at(-1)?.value] : []));
      expect(opened).toEqual(openingOrder(...input).map(String));
    }),
  );
});

test('each call sends all of its request after its header, and half-closes once, at the end', () => {
  fc.assert(
    fc.property(parallel, (input) => {
      const { steps, calls } = write(input);
      for (const { stream } of calls) {
        const own = steps.flatMap((step) =>
          (step.do === 'headers' || step.do === 'data') && step.stream === stream ? [step] : [],
        );
        expect(own.map((step) => step.do === 'headers')).toEqual(own.map((_, place) => place === 0));
        expect(own.map(({ endStream }) => endStream)).toEqual(own.map((_, place) => place === own.length - 1));
      }
    }),
  );
});
