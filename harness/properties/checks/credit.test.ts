import { data, rstStream, windowUpdate } from '../../wire/builders';
import { settingIds } from '../../wire/settings';
import type { Step } from '../../connection/script';
import { observe } from '../../grpc/observe';
import {
  happening,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  sent,
  trailers,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import { usesCredit } from './credit';

const ofWindow = (size: number): readonly Arrow[] => opening([{ id: settingIds.INITIAL_WINDOW_SIZE, value: size }]);
const octets = (count: number): Uint8Array => new Uint8Array(count);
const ranOut = (step: number): Arrow =>
  happening((at) => ({ kind: 'timeout', at, step, waitedFor: 'all credit of stream 1 to be used' }));
const awaits = (until: Extract<Step, { do: 'await' }>['until']): Step => ({
  do: 'await',
  on: 'main',
  until,
  within: 1,
  optional: true,
});

const steps: readonly Step[] = [
  awaits({ see: 'credit-used', stream: 1 }),
  awaits({ see: 'data', stream: 1, octets: 9 }),
  awaits({ see: 'credit-used', stream: 3 }),
  awaits({ see: 'headers', stream: 1 }),
];

const whole = [received(data(1, octets(4)), trailers())];

test.each<[reason: string, arrows: readonly Arrow[], want: number]>([
  ['used in time', [received(data(1, octets(10))), sent(windowUpdate(1, 9)), ...whole], 0],
  ['not used, on both levels', [received(data(1, octets(8))), ranOut(0), ...whole], 1],
  ['not used, where octets were waited for', [received(data(1, octets(8))), ranOut(1), ...whole], 1],
  ['told once', [ranOut(0), ranOut(1), ...whole], 1],
  ['none left on the stream', [received(data(1, octets(10))), ranOut(0), sent(windowUpdate(1, 9)), ...whole], 0],
  ['another stream was waited for', [ranOut(2), ...whole], 0],
  ['something else was waited for', [ranOut(3), ...whole], 0],
  ['a call that did not end well has other worries', [ranOut(0), received(rstStream(1, 2))], 0],
  ['after the end nothing is left to send', [...whole, ranOut(0)], 0],
])('credit: %s', (_, arrows, want) => {
  const connection = transcriptOf([...ofWindow(10), request(), received(responseHeaders()), ...arrows]);
  const seen = observe({ steps, calls: [planOf()] }, { connections: [connection], samples: {} });
  expect(usesCredit(seen)).toHaveLength(want);
});
