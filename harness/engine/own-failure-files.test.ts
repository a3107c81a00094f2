import fc from 'fast-check';
import { defaultTimes } from '../connection/script';
import type { Plan } from '../grpc/call-plan';
import { PlanBuilder } from '../grpc/plan-builder';
import { emptyCall } from '../grpc/test-service';
import { protoFile } from '../package-root';
import { unlocks, type Need } from '../facts/need';
import type { Property } from '../properties/property';
import type { TargetFacts } from '../facts/target-facts';
import { formatFailure, makeFailureFile, parseFailure } from '../report/failure-file';
import { failingFinding, header } from '../report/fixtures/run';
import { readProtoFiles } from '../schema/read-proto-files';
import { loadCatalogue } from './catalogue-rows';
import { History, sequenceOf } from './history';
import { standingProperties } from './standing-properties';

/** What our own properties write is within the bounds of what is read from strangers: no finding has a file that cannot be played. */

const schema = readProtoFiles([protoFile('examples/user_manager.proto')], []);
const facts: TargetFacts = {
  authority: 'localhost:50051',
  scheme: 'http',
  metadata: [{ name: 'x-a', value: '1' }],
  offers: Object.keys(unlocks) as Need[],
  settings: [{ id: 3, value: 100 }],
  schema,
  idempotent: schema.methods.map(({ path }) => path),
  roundTrip: 1,
  times: defaultTimes,
};

const properties = [
  ...loadCatalogue().rows.flatMap(({ property }) => property ?? []),
  ...Object.values(standingProperties),
] as unknown as readonly Property<unknown>[];

const plansOf = ({ arbitrary, examples, script: write, exceeds }: Property<unknown>): readonly Plan[] =>
  [...(examples?.(facts) ?? []), ...fc.sample(arbitrary(facts), { numRuns: 10, seed: 3 })].map((input) => {
    const script = new PlanBuilder(facts, { exceeds: exceeds ?? [] });
    write(script, input, facts);
    return script.build();
  });

const readAgain = (plan: Plan): Plan =>
  parseFailure(formatFailure(makeFailureFile(header, failingFinding.rule, failingFinding, { plan, facts })), 'a').plan;

test.each(properties)('$id', (property) => {
  for (const plan of plansOf(property)) expect(readAgain(plan).steps).toHaveLength(plan.steps.length);
});

test('everything that a process was given, one after the other', () => {
  const history = new History();
  for (const property of properties) for (const plan of plansOf(property)) history.add(plan, property.id);
  expect(history.plans.length).toBeGreaterThan(100);
  const plan = sequenceOf(history.plans, emptyCall(), facts);
  expect(readAgain(plan).steps).toHaveLength(plan.steps.length);
});
