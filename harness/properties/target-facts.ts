import type { Setting } from '../wire/settings';
import type { Times } from '../connection/script';
import type { Schema } from '../schema/schema';
import type { Need } from './need';

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
  /** Encodings that the target has listed in grpc-accept-encoding, also where it refused another one; absent when it listed none. */
  readonly acceptedEncodings?: readonly string[];
  /** The target's own methods that may be called, and the types that they reach; absent when none may. */
  readonly schema?: Schema;
  /** Paths of the methods in {@link schema} that may be called again with the same request and give the same answer. */
  readonly idempotent?: readonly string[];
  /** Measured round trip of a small call, in milliseconds. */
  readonly roundTrip: number;
  readonly times: Times;
}
