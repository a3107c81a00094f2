import net from 'node:net';
import { isAmong, type RowNumber } from '../catalogue';
import { adaptTimes } from '../connection/adapt-times';
import type { Endpoint } from '../connection/endpoint';
import { makeTimes } from '../launch/times';
import { loadCatalogue } from './catalogue-rows';
import { startReference, stopServers, targetAt, tryProperties } from './try-engine.test-helper';

/** Milliseconds that everything is under way, in each direction. */
const delay = 150;

const proxies: net.Server[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) proxy.close();
  await stopServers();
});

/** Puts a target far away: each piece of either direction arrives later. */
async function farAway({ address }: Endpoint): Promise<Endpoint> {
  const proxy = net.createServer((near) => {
    const far = net.connect(address.kind === 'tcp' ? address.port : 0, '127.0.0.1');
    const carry = (from: net.Socket, to: net.Socket): void => {
      from.setNoDelay(true);
      from.on('data', (piece) => void setTimeout(() => !to.destroyed && to.write(piece), delay));
      from.on('error', () => undefined);
      from.on('close', () => void setTimeout(() => to.end(), delay));
    };
    carry(near, far);
    carry(far, near);
  });
  proxies.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as net.AddressInfo;
  return { address: { kind: 'tcp', host: '127.0.0.1', port } };
}

const propertiesOf = (...numbers: readonly RowNumber[]) =>
  loadCatalogue().rows.flatMap(({ id, property }) =>
    property !== undefined && isAmong(id, numbers) ? [property] : [],
  );

const roundTrip = 2 * delay;
/** An answer may take as long as two round trips, where some need three: for SETTINGS, and for credit. */
const times = makeTimes({ timeout: 2 * roundTrip });

test.each([
  ['was known', { roundTrip, times: adaptTimes(times, roundTrip) }],
  ['shows on each connection only', { roundTrip: 1, times }],
])(
  'a correct server that is far away is not accused where that %s: waits have room for the round trips that answers take',
  async (_, facts) => {
    const target = targetAt(await farAway(await startReference()), { facts });
    const { records } = await tryProperties(
      target,
      propertiesOf('FRAME-23', 'FLOW-01', 'REQ-01', 'MSG-02', 'RPC-03', 'CANC-03', 'DL-03', 'HPACK-09', 'KA-01'),
      { runs: 3, shrink: false },
    );
    const accused = [...records.values()].filter(({ verdict }) => !['pass', 'info', 'untestable'].includes(verdict));
    expect(accused.map(({ id, findings }) => [id, findings.map(({ observed }) => observed)])).toEqual([]);
    expect(records.size).toBe(9);
  },
);
