import type { Setting } from '../wire/settings';
import type { Times } from '../connection/script';
import type { ReflectionVersion } from '../schema/reflection-versions';
import type { Schema } from '../schema/schema';
import type { Claims } from './claims';
import type { Need } from './need';

/**
 * Limits that a target announced, showed, or was said to have. Legal scripts keep them: what lies beyond says nothing about a rule (RFC 9113 §5.1.2,
 * §6.5.2, §10.5).
 */
export interface TargetLimits {
  /** Calls that may be open at the same time on one connection. */
  readonly streams?: number;
  /** Calls that are served at the same time, over all connections: handlers, workers. */
  readonly handlers?: number;
  /** Octets of the largest message that is accepted, without its prefix. */
  readonly message?: number;
  /** Octets of the largest request body that is accepted, prefixes included: what a gateway counts. */
  readonly body?: number;
  /** Octets of the largest field section that is accepted, counted as in RFC 9113 §6.5.2. */
  readonly headerList?: number;
  /** Calls that one connection takes before it is ended in good order. */
  readonly callsPerConnection?: number;
  /** Empty DATA frames in a row that are taken. */
  readonly emptyFrames?: number;
  /** Milliseconds after which a connection is ended in good order. */
  readonly age?: number;
  /** The same, for a connection on which nothing goes on. */
  readonly idle?: number;
}

/** What is known of a target before the first property runs; plain data, so that a failure file can carry it. */
export interface TargetFacts {
  /** Value of :authority. */
  readonly authority: string;
  readonly scheme: 'http' | 'https';
  /** Fields sent with every call (`-H`). */
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
  /** What the target offers. */
  readonly offers: readonly Need[];
  /** The target's first SETTINGS. */
  readonly settings: readonly Setting[];
  /** Largest message the target accepts, in octets; absent when not known. */
  readonly messageLimit?: number;
  /** What the target lets a client ask of it at most; empty or absent when it has shown no limit. */
  readonly limits?: TargetLimits;
  /** What the author says of connections that take their time to end; absent when nothing. */
  readonly claims?: Claims;
  /** Reactions by which every plain call was answered that we tried, about who asks or about now (`status 16`): such an answer is about no rule. */
  readonly denials?: readonly string[];
  /** Encodings that the target has listed in grpc-accept-encoding, also where it refused another one; absent when it listed none. */
  readonly acceptedEncodings?: readonly string[];
  /** What server reflection serves, and some of the names that it knows; absent when it is not served. */
  readonly reflected?: {
    readonly versions: readonly ReflectionVersion[];
    readonly services: readonly string[];
    /** Services, methods and messages. */
    readonly symbols: readonly string[];
    /** Names of files, those that others import included. */
    readonly files: readonly string[];
  };
  /** The target's own methods that may be called, and the types that they reach; absent when none may. */
  readonly schema?: Schema;
  /** Paths of the methods in {@link schema} that may be called again with the same request and give the same answer. */
  readonly idempotent?: readonly string[];
  /** DNS names in the certificate of a target that speaks TLS, wildcards left out; absent in clear text. */
  readonly certificateNames?: readonly string[];
  /** Measured round trip of a small call, in milliseconds. */
  readonly roundTrip: number;
  readonly times: Times;
}
