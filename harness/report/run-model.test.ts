import type { RunEvent } from './events';
import { events, failingFinding, fullRun, header, properties } from './fixtures/run';
import type { RunRecord } from './model';
import { reduceRun } from './run-model';
import { keyOf } from './cause-key';

const recordOf = (list: readonly RunEvent[]): RunRecord | undefined =>
  list.reduce<RunRecord | undefined>(reduceRun, undefined);

const finished = (id: string, verdict: 'pass' | 'fail' | 'warn' | 'stale'): RunEvent => {
  const [first] = properties;
  if (first === undefined) throw new Error('the fixture is empty');
  return { type: 'property-finished', property: { ...first, id, verdict, findings: [] } };
};

describe('the record of a run', () => {
  test('holds what the events said, properties in the order of the catalogue', () => {
    const record = recordOf(events);
    expect(record?.properties.map(({ id }) => id)).toEqual(header.selected);
    expect(record).toMatchObject({
      status: 'complete',
      verdict: 'fail',
      exitCode: 1,
      durationMs: 61_250,
      exits: [{ signal: 'SIGSEGV' }],
    });
    expect(record?.warnings).toEqual(fullRun.warnings);
  });

  test('names the failure file of each finding', () => {
    const files = recordOf(events)?.properties.flatMap(({ findings }) =>
      findings.map(({ failureFile }) => failureFile),
    );
    expect(files?.slice(0, 2)).toEqual([
      'failures/CONN-04-preface-required.crash.json',
      'failures/MSG-02-any-data-split.status-13.json',
    ]);
    expect(files?.every((file) => /^failures\/[A-Za-z0-9_.-]+$/.test(file ?? ''))).toBe(true);
  });

  test('gives findings that another explains its key when all are there', () => {
    const symptom = { reaction: 'status 13', telling: ['a'], features: ['a'] };
    const withMore = { ...symptom, telling: ['a', 'b'], features: ['a', 'b'] };
    const found = (id: string, own: typeof symptom): RunEvent => {
      const [first] = properties;
      return {
        type: 'property-finished',
        property: {
          ...first!,
          id,
          verdict: 'fail',
          findings: [{ ...failingFinding, symptom: own, causeKey: keyOf(own) }],
        },
      };
    };
    const before = [events[0]!, found('MSG-01-x', withMore), found('MSG-02-x', symptom)];
    const keys = (list: readonly RunEvent[]) => recordOf(list)?.properties.map(({ findings }) => findings[0]?.causeKey);
    expect(keys(before)).toEqual([keyOf(withMore), keyOf(symptom)]);
    expect(keys([...before, events.at(-1)!])).toEqual([keyOf(symptom), keyOf(symptom)]);
  });

  test('nothing counts before the start', () => {
    expect(recordOf([finished('A-01-x', 'pass')])).toBeUndefined();
  });

  test('a second word on a property replaces the first', () => {
    const record = recordOf([{ type: 'run-started', header }, finished('A-01-x', 'pass'), finished('A-01-x', 'fail')]);
    expect(record?.properties.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(record?.verdict).toBe('fail');
  });

  test('properties of unknown areas come last, by id', () => {
    const record = recordOf([
      { type: 'run-started', header },
      finished('ZZZ-01-x', 'pass'),
      finished('AAA-01-x', 'pass'),
      finished('MSG-01-x', 'pass'),
    ]);
    expect(record?.properties.map(({ id }) => id)).toEqual(['MSG-01-x', 'AAA-01-x', 'ZZZ-01-x']);
  });

  const soFar: readonly (readonly [
    why: string,
    verdict: 'pass' | 'warn' | 'stale' | 'fail',
    strict: boolean,
    want: string,
  ])[] = [
    ['an unfinished run never says pass', 'pass', false, 'error'],
    ['a warning does not gate', 'warn', false, 'error'],
    ['unless the run is strict', 'warn', true, 'fail'],
    ['a stale entry gates', 'stale', false, 'fail'],
    ['a broken MUST gates', 'fail', false, 'fail'],
  ];
  test.each(soFar)('%s', (_why, verdict, strict, want) => {
    const record = recordOf([
      { type: 'run-started', header: { ...header, options: { strict } } },
      finished('A-01-x', verdict),
    ]);
    expect(record).toMatchObject({ status: 'incomplete', verdict: want });
  });

  test('an interrupted run keeps its reason', () => {
    const record = recordOf([
      { type: 'run-started', header },
      {
        type: 'run-finished',
        status: 'incomplete',
        verdict: 'error',
        reason: 'interrupted',
        exitCode: 130,
        milliseconds: 5,
      },
    ]);
    expect(record).toMatchObject({ status: 'incomplete', reason: 'interrupted', exitCode: 130 });
  });
});
