import fc from 'fast-check';
import { ConformError } from '../error';
import type { CallRequest } from '../grpc/call-request';
import { findMethod } from '../schema/look-up';
import { encodeMessageValue, type MessageValue } from '../schema/message-value';
import type { Schema, SchemaMethod } from '../schema/schema';
import { list } from './list';
import { record } from './shapes';
import { typedMessage } from './typed-message';

/** What is known of the methods of the user's: the part of the facts that these generators read. */
export interface MethodFacts {
  readonly schema?: Schema;
  readonly idempotent?: readonly string[];
}

/** A call to a method of the user's, with messages that its descriptor allows. */
export interface MethodCall {
  /** Value of :path. */
  readonly path: string;
  readonly messages: readonly MessageValue[];
}

/** Messages of a request to a method that takes several. */
const mostMessages = 5;

/** Methods of these kinds that may be called; of all kinds when none is named. */
export function methodsOf({ schema }: MethodFacts, ...kinds: readonly SchemaMethod['kind'][]): readonly SchemaMethod[] {
  const methods = schema?.methods ?? [];
  return kinds.length === 0 ? methods : methods.filter(({ kind }) => kinds.includes(kind));
}

/** Unary methods that the user lets us call again with the same request. */
export function repeatableMethods(facts: MethodFacts): readonly SchemaMethod[] {
  return methodsOf(facts, 'unary').filter(({ path }) => facts.idempotent?.includes(path) === true);
}

/** The part of a request that is whole messages: one, or any number where the method takes a stream. Shrinks to the first method and to empty messages. */
export function methodCall(facts: MethodFacts, methods: readonly SchemaMethod[]): fc.Arbitrary<MethodCall> {
  return fc.oneof(
    { withCrossShrink: false },
    ...methods.map(({ path, kind, input }) => {
      const streams = kind === 'client-streaming' || kind === 'bidirectional-streaming';
      const [minCount, maxCount] = streams ? [0, mostMessages] : [1, 1];
      return record<MethodCall>({
        path: fc.constant(path),
        messages: list(typedMessage(schemaOf(facts), input), { minCount, maxCount }),
      });
    }),
  );
}

/** A call to each method with messages that are empty: where every generator begins. */
export function plainMethodCalls(methods: readonly SchemaMethod[]): readonly MethodCall[] {
  return methods.map(({ path }) => ({ path, messages: [[]] }));
}

/** The request that such a call stands for. */
export function methodRequest(facts: MethodFacts, { path, messages }: MethodCall): CallRequest {
  return { kind: methodAt(facts, path).kind, path, messages: messages.map(encodeMessageValue) };
}

/**
 * The method with that path.
 * @throws ConformError ERR_SCRIPT when the facts name none: a failure file that was made for other methods.
 */
export function methodAt(facts: MethodFacts, path: string): SchemaMethod {
  const method = findMethod(schemaOf(facts), path);
  if (method !== undefined) return method;
  throw new ConformError('ERR_SCRIPT', `The facts about the target name no method ${path}.`);
}

/** The schema of the user's methods; only asked for when a property needs some. */
export function schemaOf({ schema }: MethodFacts): Schema {
  if (schema !== undefined) return schema;
  throw new ConformError('ERR_SCRIPT', 'The facts about the target name no methods that may be called.');
}
