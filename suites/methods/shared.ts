import {
  answersAlike,
  arb,
  fc,
  methodAt,
  methodRequest,
  methodsOf,
  repeatableMethods,
  schemaOf,
  type Breach,
  type CallOptions,
  type MessageValue,
  type Observation,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';

/** Messages of an answer after which we leave a call that goes on. */
export const enoughMessages = 32;

/** What is said three times: twice in the plainest way, then in another. */
export interface Repeated {
  readonly path: string;
  readonly message: MessageValue;
}

export const repeated = (facts: TargetFacts): fc.Arbitrary<Repeated> =>
  fc.oneof(
    ...repeatableMethods(facts).map(({ path, input }) =>
      arb.record({ path: fc.constant(path), message: arb.typedMessage(schemaOf(facts), input) }),
    ),
  );

export const plainRepeated = (facts: TargetFacts): readonly Repeated[] =>
  repeatableMethods(facts).map(({ path }) => ({ path, message: [] }));

/** The request twice as it is, and once more as `options` say or with another body. */
export function sayThrice(
  script: PlanBuilder,
  facts: TargetFacts,
  { path, message }: Repeated,
  options: CallOptions,
): void {
  const request = methodRequest(facts, { path, messages: [message] });
  for (const way of [{}, {}, options]) script.call(request, { ...way, awaitEnd: false }).leaveAfter(enoughMessages);
}

export const judgeAlike = (seen: Observation, { path }: Repeated, facts: TargetFacts, way: string): readonly Breach[] =>
  answersAlike(seen.calls, schemaOf(facts), methodAt(facts, path), way);

/** Methods whose request is exactly one message. */
export const oneMessageMethods = (facts: TargetFacts) => methodsOf(facts, 'unary', 'server-streaming');
