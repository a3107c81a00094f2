import { gunzipSync } from 'node:zlib';
import { decodeBase64 } from '../base64';
import { makeFailureFile, parseFailure } from '../failure-file';
import { facts, failingFinding, fullRun, plan, cleanRun } from '../fixtures/run';
import { PageExtrasCollector } from './collect-page-extras';

const file = makeFailureFile(fullRun.header, failingFinding.rule, failingFinding, { plan, facts });
const unpack = (packed: string | undefined): object =>
  JSON.parse(gunzipSync(decodeBase64(packed ?? '')).toString()) as object;

describe('what a page has beside the run', () => {
  test('a failure file comes back whole, with the transcript of the run', () => {
    const collector = new PageExtrasCollector();
    collector.add('failures/a.json', file);
    const { files } = collector.extrasOf(fullRun);
    const text = JSON.stringify({ ...unpack(files['failures/a.json']), transcript: failingFinding.transcript });
    expect(parseFailure(text, 'a.json')).toEqual(
      parseFailure(JSON.stringify({ ...file, plan: (JSON.parse(text) as { plan: object }).plan }), 'a.json'),
    );
    expect(parseFailure(text, 'a.json').plan).toEqual(plan);
  });

  test('files that take too much are left out, one by one and together', () => {
    const collector = new PageExtrasCollector();
    // Nothing that gzip makes small.
    const noise = (seed: number): string =>
      Array.from({ length: 20_000 }, (_, at) => ((at * 7919 * seed) ** 2 % 104_729).toString(36)).join('');
    collector.add('failures/large.json', { ...file, script: [1, 2, 3].map(noise) });
    for (let index = 1; index < 12; index += 1)
      collector.add(`failures/${index}.json`, { ...file, script: [noise(index).slice(0, 40_000)] });
    const { files } = collector.extrasOf(fullRun);
    expect(files).not.toHaveProperty('failures/large.json');
    expect(Object.keys(files).length).toBeGreaterThan(1);
    expect(JSON.stringify(files).length).toBeLessThan(170_000);
  });

  test('types are those of TestService, and of methods that scripts call', () => {
    const garden = { name: 'garden.Plant', fields: [], extensions: [], mapEntry: false };
    const shed = { ...garden, name: 'garden.Shed' };
    const method = (path: string, type: string) =>
      ({ path, kind: 'unary', input: type, output: type, idempotent: true }) as const;
    const schema = {
      methods: [method('/garden.Herbarium/Find', garden.name), method('/garden.Herbarium/Lock', shed.name)],
      messages: [garden, shed],
      enums: [],
      unusable: [],
    };
    const [call] = plan.calls;
    const collector = new PageExtrasCollector();
    collector.add('failures/a.json', {
      ...file,
      facts: { ...facts, schema },
      plan: { ...plan, calls: [{ ...call!, path: '/garden.Herbarium/Find' }] },
    });
    const names = collector.extrasOf(fullRun).messageTypes?.messages.map(({ name }) => name);
    expect(names).toContain('garden.Plant');
    expect(names).toContain('grpc.testing.SimpleRequest');
    expect(names).not.toContain('garden.Shed');
  });

  test('a run without a finding needs nothing', () => {
    expect(new PageExtrasCollector().extrasOf(cleanRun)).toEqual({ files: {} });
  });
});
