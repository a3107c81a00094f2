import { behave } from '../servers/reference/behaviour';
import { makeFailureFile } from '../report/failure-file';
import { loadCatalogue } from './catalogue-rows';
import { replayFailure } from './replay';
import { headerOf, startReference, stopServers, targetAt, tryProperties } from './try-engine.test-helper';

afterEach(stopServers);

const id = 'MSG-05-zero-length-message';
const { rows } = loadCatalogue();
const counting = rows.flatMap((row) => (row.id === id ? (row.property ?? []) : []));

test.each([1, 2, 8])(
  'a lost message is counted in each confirmation with %i inputs side by side, and in replays side by side',
  async (concurrency) => {
    const server = await startReference(behave({ defects: [{ name: 'plain:empty-messages-lost' }] }));
    const target = targetAt(server);
    const { findings, events } = await tryProperties(target, counting, { runs: 20, concurrency });
    expect(findings.map(({ verdict, confirmed }) => [verdict, confirmed])).toEqual([['fail', { failed: 5, of: 5 }]]);
    const [finding] = findings;
    const [replay] = events.flatMap((event) => (event.type === 'finding' ? [event.replay] : []));
    if (finding === undefined || replay === undefined) throw new Error('no finding');
    const file = makeFailureFile(headerOf(target), id, finding, replay);
    const results = await Promise.all([1, 2, 3].map(() => replayFailure(file, target, rows)));
    expect(results.map(({ outcome }) => outcome)).toEqual(['FAILS', 'FAILS', 'FAILS']);
  },
);
