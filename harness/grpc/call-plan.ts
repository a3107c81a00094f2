import type { Script } from '../connection/script';
import type { Expectation } from './outcome';

/** Kinds of method (PROTOCOL-HTTP2 Outline). `unknown` is a path that no method is expected to have. */
export type MethodKind = 'unary' | 'client-streaming' | 'server-streaming' | 'bidirectional-streaming' | 'unknown';

/** What one stream of a script is meant to be, so that the response rules know what a legal answer to it is. */
export interface CallPlan {
  readonly connection: string;
  readonly stream: number;
  /** What the script calls it, where a check asks for it by name; each name once in a plan. */
  readonly label?: string;
  readonly kind: MethodKind;
  readonly path: string;
  /**
   * True when the request is legal gRPC from the first octet to the last: only then is a plain HTTP answer a violation (HTTP to gRPC status code mapping).
   * A call that we cancel stays legal.
   */
  readonly legal: boolean;
  /** Names in the request's grpc-accept-encoding; absent when the field was absent. */
  readonly acceptEncoding?: readonly string[];
  /** True when the request has a grpc-timeout; absent otherwise. */
  readonly hasDeadline?: boolean;
  /** `subject`: what the property is about. `bystander`: must not be disturbed by it. `afterwards`: added by the engine to see whether the connection still serves. `probe`: asks the target's own probe service. `earlier`: what the connection went through before the script, see axes/. */
  readonly role: 'subject' | 'bystander' | 'afterwards' | 'probe' | 'earlier';
}

/** A script together with what its streams mean: everything that judging a transcript of it needs. */
export interface Plan extends Script {
  readonly calls: readonly CallPlan[];
  /** What must come of it; absent where the property's own check says that alone. */
  readonly expects?: readonly Expectation[];
  /** Present: the expectations are all that its property says, so that it is judged without the property's code. */
  readonly judging?: PlanJudging;
}

/** What playing and judging a plan needs to know of its property beside the expectations; see `Property`. */
export interface PlanJudging {
  readonly needs?: readonly string[];
  readonly lane?: 'shared' | 'exclusive' | 'hostile' | 'restart';
  readonly aboutConnecting?: boolean;
  readonly expectsDefence?: boolean;
  readonly aboutRefusals?: boolean;
}
