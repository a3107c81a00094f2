import { PlanBuilder } from '../grpc/plan-builder';
import { probeAnswer } from '../grpc/test-service';
import { measurePlan } from '../engine/measure-plan';
import { defaultTimes } from '../connection/script';
import type { TargetFacts } from '../facts/target-facts';
import { beginUnread, whileBusy } from './unread-upload';

const plain: TargetFacts = {
  authority: 'target',
  scheme: 'http',
  metadata: [],
  offers: ['slow'],
  settings: [],
  roundTrip: 1,
  times: defaultTimes,
};

function feed(facts: TargetFacts, parts: number) {
  const script = new PlanBuilder(facts);
  const upload = beginUnread(script, facts);
  for (let part = 0; part < parts; part++) upload.feed(parts);
  return script.build();
}

test.each([
  ['nothing is known', {}, 4_194_304],
  ['a small message is the largest', { limits: { message: 10_000 } }, 10_000],
  ['bodies are small', { limits: { body: 20_000 } }, 19_995],
])('what is sent stays within what the target takes: %s', (_, more, most) => {
  const measures = measurePlan(feed({ ...plain, ...more }, 3));
  expect(measures.message).toBeLessThanOrEqual(most);
  expect(measures.message).toBeGreaterThan(1000);
  expect(measures.body).toBeLessThanOrEqual(most + 100);
});

test('one message is begun, whose parts are left unsent where there is no credit', () => {
  const data = feed(plain, 2).steps.flatMap((step) => (step.do === 'data' ? [step] : []));
  expect(data.map(({ unsentAfter }) => unsentAfter)).toEqual([undefined, 0, 0]);
  expect(Buffer.from(data[1]?.octets ?? []).readUInt32BE(1)).toBe(1_048_576);
  expect(data.slice(1).map(({ octets }) => octets.length)).toEqual([524_293, 524_288]);
});

test('the handler of Probe is taken where there is one, since it hears of resets', () => {
  const withProbe: TargetFacts = { ...plain, offers: ['slow', 'answer'] };
  expect(feed(withProbe, 1).calls.map(({ path }) => path)).toEqual([probeAnswer({}).path]);
  expect([whileBusy(withProbe), whileBusy(plain)]).toEqual(['reply', 2000]);
});
