import type { MessageType } from './schema';

/**
 * For each message, how many messages deep its smallest value is: 1, unless it must hold others. Infinity when it must hold itself, so that no value is
 * ever complete. Types that are not among the messages count as 1.
 */
export function requiredDepths(messages: Iterable<MessageType>): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  /** Messages by what they must hold, and how many of what they must hold is still without a depth. */
  const holders = new Map<string, string[]>();
  const open = new Map<string, number>();
  const known = new Set<string>();
  const all = [...messages];
  for (const { name } of all) known.add(name);
  const ready: string[] = [];
  for (const { name, fields } of all) {
    const held = new Set<string>();
    for (const { type, cardinality } of fields) {
      if (cardinality === 'required' && type.kind === 'message' && known.has(type.name)) held.add(type.name);
    }
    open.set(name, held.size);
    depths.set(name, held.size === 0 ? 1 : Infinity);
    if (held.size === 0) ready.push(name);
    for (const one of held) {
      const others = holders.get(one);
      if (others === undefined) holders.set(one, [name]);
      else others.push(name);
    }
  }
  // From those that must hold nothing upwards; what is never reached stands on a cycle, or above one.
  for (const name of ready) {
    for (const holder of holders.get(name) ?? []) {
      const left = open.get(holder)! - 1;
      open.set(holder, left);
      // The last one to become ready is the deepest, because they become ready in the order of their depth.
      if (left > 0) continue;
      depths.set(holder, depths.get(name)! + 1);
      ready.push(holder);
    }
  }
  return depths;
}
