import fc from 'fast-check';
import type { Step } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall, unaryCall } from '../grpc/test-service';
import { axes, axisNames, axisOf, labelsOf, pastOf, varyPlan, type AxisValues } from './axes';

const facts = { authority: 'target:1', scheme: 'http', metadata: [], offers: ['unary'] } as const;

function planOf(write: (script: PlanBuilder) => unknown, values: AxisValues = {}): Plan {
  const script = new PlanBuilder(facts, { past: pastOf(values, facts) });
  write(script);
  return script.build();
}

const plain = planOf((script) => script.call(unaryCall({ responseSize: 3 })));
const steps = <Kind extends Step['do']>(plan: Plan, kind: Kind): readonly Extract<Step, { do: Kind }>[] =>
  plan.steps.filter((step): step is Extract<Step, { do: Kind }> => step.do === kind);

describe('every axis', () => {
  test.each(axisNames)('%s: its plainest value has no words, and leaves a plan as it is', (name) => {
    const { plainest, describe: words, vary } = axisOf(name);
    expect(words(plainest)).toEqual([]);
    expect(vary?.(plain, plainest) ?? plain).toBe(plain);
  });

  test.each(axisNames)('%s: what it draws is plain data, with words that name it', (name) => {
    for (const value of fc.sample(axisOf(name).arbitrary, { numRuns: 200, seed: 1 })) {
      expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
      expect(labelsOf({ [name]: value }).every((label) => label.startsWith(`${name}: `))).toBe(true);
    }
  });

  test.each(axisNames)('%s: there are few labels, so that they can be counted', (name) => {
    const drawn = fc.sample(axisOf(name).arbitrary, { numRuns: 2000, seed: 2 });
    expect(new Set(drawn.flatMap((value) => labelsOf({ [name]: value }))).size).toBeLessThan(10);
  });
});

describe('how a request ends', () => {
  test.each<[value: typeof axes.ending.plainest, want: readonly object[]]>([
    ['empty DATA', [{ endStream: true, endStreamOnEmptyFrame: true }]],
    ['late empty DATA', [{ endStream: false }, { endStream: true, octets: new Uint8Array(0) }]],
  ])('on %s', (value, want) => {
    const { plan, applied } = varyPlan(plain, { ending: value });
    expect(steps(plan, 'data')).toMatchObject(want);
    expect(applied).toEqual({ ending: value });
  });

  test('the late one comes behind a fence', () => {
    const { plan } = varyPlan(plain, { ending: 'late empty DATA' });
    expect(plan.steps.map((step) => step.do)).toEqual(['open', 'headers', 'data', 'fence', 'data', 'await']);
  });

  test.each<[reason: string, write: (script: PlanBuilder) => unknown]>([
    ['the script says so itself', (script) => script.call(unaryCall(), { endStreamOnEmptyFrame: false })],
    ['the request is left open', (script) => script.call(unaryCall(), { halfClose: false })],
    ['there is nothing before the end', (script) => script.begin(unaryCall()).halfClose()],
    ['the request is not legal', (script) => script.call(unaryCall(), { legal: false })],
    ['the call is a helper', (script) => script.call(unaryCall(), { role: 'probe' })],
  ])('stays as it is when %s', (_, write) => {
    const plan = planOf(write);
    expect(varyPlan(plan, { ending: 'late empty DATA' })).toEqual({ plan, applied: {} });
  });
});

describe('how fields are written', () => {
  const literal = {
    representation: 'never-indexed',
    huffman: { name: false, value: true },
    nameIndex: 'literal',
  } as const;
  const many = (script: PlanBuilder, options = {}) =>
    script.call(unaryCall(), {
      metadata: ['1', '2'].flatMap((value) => ['x-a', 'x-b'].map((name) => ({ name, value }))),
      ...options,
    });

  test('in forms that rotate', () => {
    const { plan, applied } = varyPlan(planOf(many), { fields: { ways: [literal], order: [] } });
    expect(steps(plan, 'headers')[0]?.fields.every(({ representation }) => representation === 'never-indexed')).toBe(
      true,
    );
    expect(Object.keys(applied)).toEqual(['fields']);
  });

  test('in another order, pseudo-header fields first and the values of one name in theirs', () => {
    const { plan } = varyPlan(planOf(many), { fields: { ways: [], order: [3, 2, 0, 0] } });
    const said = steps(plan, 'headers')[0]?.fields.map(({ name, value }) => `${name}=${value}`);
    expect(said?.slice(0, 4).every((field) => field.startsWith(':'))).toBe(true);
    expect(said?.slice(4)).toEqual([
      'x-b=1',
      'x-b=2',
      'x-a=1',
      'x-a=2',
      'te=trailers',
      'content-type=application/grpc',
    ]);
  });

  test('a malformed request keeps its order: it may be what is wrong', () => {
    const plan = planOf((script) => many(script, { legal: false }));
    const { plan: varied } = varyPlan(plan, { fields: { ways: [], order: [3] } });
    expect(steps(varied, 'headers')[0]?.fields).toEqual(steps(plan, 'headers')[0]?.fields);
  });

  test.each<[reason: string, options: object]>([
    [
      'a field has a form of its own',
      { fields: (all: readonly object[]) => all.map((field) => ({ ...field, huffman: true })) },
    ],
    ['the block is cut', { headerCuts: [3] }],
    ['the script writes size updates', { sizeUpdates: [0] }],
    ['the block stays open', { endHeaders: false }],
  ])('stays as it is when %s', (_, options) => {
    const plan = planOf((script) => many(script, options));
    expect(varyPlan(plan, { fields: { ways: [literal], order: [1] } }).plan).toBe(plan);
  });
});

describe('how octets arrive', () => {
  test('in writes of these sizes, the preface in one', () => {
    const { plan, applied } = varyPlan(plain, { arrival: [1, 9] });
    expect(steps(plan, 'open')).toMatchObject([{ segments: [24, 1, 9] }]);
    expect(applied).toEqual({ arrival: [1, 9] });
  });

  test.each<[reason: string, options: object]>([
    ['the script cuts them itself', { segments: [7] }],
    ['it sends something in place of the preface', { insteadOfPreface: Uint8Array.of(1) }],
  ])('stays as it is when %s', (_, options) => {
    const plan = planOf((script) => script.open(options));
    expect(varyPlan(plan, { arrival: [1] })).toEqual({ plan, applied: {} });
  });
});

describe('what the connection went through before', () => {
  test.each<[past: (typeof axes.before.plainest)[number], steps: readonly string[], calls: number]>([
    ['a call', ['headers', 'data', 'await'], 1],
    ['a cancelled call', ['headers', 'frame', 'fence'], 1],
    ['a refused call', ['headers', 'data', 'await'], 1],
    ['refused calls', Array.from({ length: 3 }, () => ['headers', 'data', 'await']).flat(), 3],
    ['calls with many fields', Array.from({ length: 3 }, () => ['headers', 'data', 'await']).flat(), 3],
    ['many calls', Array.from({ length: 20 }, () => ['headers', 'data', 'await']).flat(), 20],
    ['SETTINGS down and up', ['fence', 'fence'], 0],
    ['PING', ['fence'], 0],
    ['a table size update to 0', ['headers', 'data', 'await'], 1],
  ])('%s', (past, want, calls) => {
    const plan = planOf((script) => script.call(emptyCall()), { before: [past] });
    expect(plan.steps.map((step) => step.do)).toEqual(['open', ...want, 'headers', 'data', 'await']);
    expect(plan.calls.map(({ role }) => role)).toEqual([...Array.from({ length: calls }, () => 'earlier'), 'subject']);
    expect(plan.calls.every(({ legal, kind }) => legal === (kind !== 'unknown'))).toBe(true);
  });

  test('on the main connection only, and where it is opened in the plain way', () => {
    const plan = planOf(
      (script) => {
        script.open({ settings: [] });
        script.call(emptyCall());
        script.call(emptyCall(), { on: 'beside' });
      },
      { before: ['a call'] },
    );
    expect(plan.calls.map(({ role }) => role)).toEqual(['subject', 'subject']);
  });
});
