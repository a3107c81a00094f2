import type { MethodKind } from './call-plan';

/** What a call asks for: a method and the messages of its request, not yet length-prefixed. */
export interface CallRequest {
  readonly kind: MethodKind;
  /** Value of :path. */
  readonly path: string;
  readonly messages: readonly Uint8Array[];
}
