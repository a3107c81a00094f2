import type { Call } from '../../grpc/call';
import type { Observation } from '../../grpc/observation';
import { allWereCancelled, wasCancelled } from './counts';

interface Counted {
  readonly started: number;
  readonly cancelled: number;
  readonly finished: number;
}

/** Counters (probe.proto): fields 1 to 4, varints. */
const encode = ({ started, cancelled, finished }: Counted): Uint8Array =>
  Buffer.from([0x08, started, 0x10, cancelled, 0x18, finished, 0x20, started - finished]);

const probe = (octets: Uint8Array | undefined): Call => ({
  plan: { connection: 'probe', stream: 1, kind: 'unary', path: '/p/m', legal: true, role: 'probe' },
  shape: octets === undefined ? 'open' : 'normal',
  interim: 0,
  messages: octets === undefined ? [] : [{ compressedFlag: 0, octets, at: 0 }],
  rest: 0,
  dataOctets: 0,
  times: {},
});

const seen = (...answers: readonly (Uint8Array | undefined)[]): Observation =>
  ({ allCalls: answers.map(probe) }) as unknown as Observation;

test.each<[string, Counted, readonly string[]]>([
  ['was told and has ended', { started: 1, cancelled: 1, finished: 1 }, []],
  ['was told and is winding up', { started: 1, cancelled: 1, finished: 0 }, []],
  ['was never started', { started: 0, cancelled: 0, finished: 0 }, []],
  ['ended by itself in time', { started: 1, cancelled: 0, finished: 1 }, ['info ended untold']],
  ['runs on', { started: 1, cancelled: 0, finished: 0 }, ['undefined handler runs on']],
])('a handler that %s', (_, counted, want) => {
  const got = wasCancelled(seen(new Uint8Array(0), encode(counted)), 'the reset');
  expect(got.map(({ severity, reaction }) => `${severity} ${reaction}`)).toEqual(want);
});

test('a probe that does not answer accuses nobody', () => {
  const got = wasCancelled(seen(new Uint8Array(0), undefined), 'the reset');
  expect(got.map(({ severity }) => severity)).toEqual(['info']);
});

test.each<[string, Counted, readonly string[]]>([
  ['were all told', { started: 3, cancelled: 3, finished: 1 }, []],
  ['were never started', { started: 0, cancelled: 0, finished: 0 }, []],
  ['run on, but one', { started: 3, cancelled: 1, finished: 1 }, ['undefined handlers run on']],
  ['ended, but one without being told', { started: 2, cancelled: 1, finished: 2 }, ['info ended untold']],
  ['all run on', { started: 2, cancelled: 0, finished: 0 }, ['undefined handler runs on']],
])('handlers that %s', (_, counted, want) => {
  const got = allWereCancelled(seen(encode(counted)), 'the end of the connection');
  expect(got.map(({ severity, reaction }) => `${severity} ${reaction}`)).toEqual(want);
});
