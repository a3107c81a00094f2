import type { MessageType } from './schema';

/** How large the smallest value of a message type is, because of what it must hold. */
export interface SmallestMessage {
  /** Messages inside of each other: 1 for a message that must hold none. */
  readonly depth: number;
  /** Fields, with those of the messages that it must hold. */
  readonly fields: number;
}

/** Decoders take 100 messages inside of each other at least; some are left for the messages around this one. */
const largestDepth = 80;
/** Beyond this nobody can have meant it: required fields double with every message that holds two of the next. */
const largestFields = 2000;

/**
 * The smallest values of messages, by name. Those that must hold a message of their own type have no complete value at all, and are not in it; nor are
 * those whose smallest value is too large to be sent. Types that are not among the messages count as nothing.
 */
export function smallestMessages(messages: Iterable<MessageType>): ReadonlyMap<string, SmallestMessage> {
  const types = new Map([...messages].map((type) => [type.name, type]));
  const smallest = new Map<string, SmallestMessage>();
  const holders = new Map<string, string[]>();
  /** How many of the types that a message must hold are still without a smallest value. */
  const open = new Map<string, number>();
  const ready: string[] = [];
  for (const type of types.values()) {
    const held = new Set(requiredMessages(type).filter((name) => types.has(name)));
    open.set(type.name, held.size);
    if (held.size === 0) ready.push(type.name);
    for (const name of held) {
      const others = holders.get(name);
      if (others === undefined) holders.set(name, [type.name]);
      else others.push(type.name);
    }
  }
  // From those that must hold nothing upwards; what is never reached stands on a cycle, or above one.
  for (const name of ready) {
    const type = types.get(name)!;
    const held = requiredMessages(type).flatMap((one) => smallest.get(one) ?? []);
    const depth = 1 + Math.max(0, ...held.map((one) => one.depth));
    const required = type.fields.filter(({ cardinality }) => cardinality === 'required').length;
    const fields = held.reduce((sum, one) => sum + one.fields, required);
    if (depth > largestDepth || fields > largestFields) continue;
    smallest.set(name, { depth, fields });
    for (const holder of holders.get(name) ?? []) {
      const left = open.get(holder)! - 1;
      open.set(holder, left);
      if (left === 0) ready.push(holder);
    }
  }
  return smallest;
}

/** Types of the required fields, as often as they are required. */
function requiredMessages({ fields }: MessageType): readonly string[] {
  return fields.flatMap(({ type, cardinality }) =>
    cardinality === 'required' && type.kind === 'message' ? [type.name] : [],
  );
}
