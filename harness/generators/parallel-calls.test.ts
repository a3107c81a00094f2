import fc from 'fast-check';
import { PlanBuilder } from '../grpc/plan-builder';
import { choices } from './order';
import { markOf, openingOrder, parallelCalls, sendInterleaved } from './parallel-calls';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;
const parallel = fc.tuple(parallelCalls({ maxCount: 16 }), choices({ maxCount: 64 }), fc.boolean());

const write = ([calls, picks, together]: Parameters<Parameters<typeof parallel.map>[0]>[0]) => {
  const script = new PlanBuilder(facts);
  sendInterleaved(script, calls, { picks, together }, (index) => ({
    metadata: [{ name: 'x-index', value: String(index) }],
  }));
  return script.build();
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
      const [calls, picks] = input;
      const opened = write(input).steps.flatMap((step) => (step.do === 'headers' ? [step.fields.at(-1)?.value] : []));
      expect(opened).toEqual(openingOrder(calls, picks).map(String));
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

test('calls that are made together are all open before the first is complete', () => {
  fc.assert(
    fc.property(parallel, ([calls, picks]) => {
      const { steps } = write([calls, picks, true]);
      const fence = steps.findIndex((step) => step.do === 'fence');
      const opened = steps.slice(0, fence).filter((step) => step.do === 'headers');
      const ended = steps.slice(0, fence).filter((step) => 'endStream' in step && step.endStream);
      expect({ opened: opened.length, ended }).toEqual({ opened: calls.length, ended: [] });
    }),
  );
});
