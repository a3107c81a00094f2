import { readRate } from './h2load-section';

const report = (requests: string, statuses: string): string =>
  `starting benchmark...\n\nfinished in 2.00s, 60105.00 req/s, 2.12MB/s\nrequests: ${requests}\nstatus codes: ${statuses}\ntraffic: 4.24MB\n`;
const done = '9 total, 9 started, 9 done, 9 succeeded, 0 failed, 0 errored, 0 timeout';

test('reads the rate of a clean run', () => {
  expect(readRate(report(done, '9 2xx, 0 3xx, 0 4xx, 0 5xx'))).toBe(60_105);
});

test.each([
  { output: '', reason: 'no report at all' },
  { output: report(done, '0 2xx, 0 3xx, 9 4xx, 0 5xx'), reason: 'a fast refusal is no call' },
  {
    output: report('9 total, 9 done, 0 succeeded, 9 failed, 9 errored, 0 timeout', '0 2xx, 0 3xx, 0 4xx, 0 5xx'),
    reason: 'nothing answered',
  },
])('accepts no other report: $reason', ({ output }) => {
  expect(() => readRate(output)).toThrow('h2load did not get through');
});
