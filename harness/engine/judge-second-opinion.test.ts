import type { Endpoint } from '../connection/endpoint';
import { unaryCall } from '../index';
import { behave } from '../servers/reference/behaviour';
import { breach, startReference, stopServers, targetAt, tinyProperty, tryProperties } from './try-engine.test-helper';

afterAll(stopServers);

const id = 'MSG-02-any-data-split';

/** A request of 5 octets: an odd length, which the defect of REQ-01 refuses. */
const odd = unaryCall({ payload: new Uint8Array(1) });
const wantsOk = tinyProperty(id, {
  script: (script) => void script.call(odd),
  check: (seen) => (seen.call().status === 0 ? [] : [breach()]),
});

let faulty: Endpoint;
let clean: Endpoint;
beforeAll(async () => {
  [faulty, clean] = [await startReference(behave({ defects: ['REQ-01'] })), await startReference()];
});

/** Runs a property against the server with the defect; what independent clients then see is another one. */
async function tryWithClientsAt(clients: Endpoint, property = wantsOk) {
  let endpoint = faulty;
  let confirmed = 0;
  return tryProperties(
    targetAt(() => endpoint),
    [property],
    {
      runs: 1,
      shrink: false,
      listener: (event) => {
        if (event.type === 'input-judged' && event.phase === 'confirm' && ++confirmed === 5) endpoint = clients;
      },
    },
  );
}

test('a failure that independent clients do not see is ours', async () => {
  const { findings, outcome } = await tryWithClientsAt(clean);
  expect(findings).toMatchObject([
    {
      verdict: 'error',
      confirmed: { failed: 5, of: 5 },
      secondOpinion: { agrees: false, clients: ['http2-wrapper', '@grpc/grpc-js'] },
    },
  ]);
  expect(outcome).toEqual({ verdict: 'error', exitCode: 70 });
});

test('a failure that they see, too, is the fault of the target', async () => {
  const { findings, outcome } = await tryWithClientsAt(faulty);
  expect(findings).toMatchObject([{ verdict: 'fail', secondOpinion: { agrees: true } }]);
  expect(outcome.exitCode).toBe(1);
});

test('nobody is asked where they could not say the same', async () => {
  const raw = tinyProperty(id, {
    script: (script) => void script.call(odd, { cuts: [1] }),
    check: () => [breach()],
  });
  const { findings } = await tryWithClientsAt(clean, raw);
  expect(findings).toMatchObject([{ verdict: 'fail' }]);
  expect(findings[0]?.secondOpinion).toBeUndefined();
});

test('clients that get an answer prove nothing where we got one, too', async () => {
  const wantsMore = tinyProperty(id, {
    script: (script) => void script.call(unaryCall({ payload: new Uint8Array(2) })),
    check: () => [breach('something that no client shows')],
  });
  const { findings } = await tryWithClientsAt(clean, wantsMore);
  expect(findings).toMatchObject([{ verdict: 'fail', secondOpinion: { agrees: true } }]);
});
