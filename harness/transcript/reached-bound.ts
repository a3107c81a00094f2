/** The bounds of ours on what is kept of what targets send: of all connections together, of one, and of what comes on one without having been asked for. */
export type BoundName = 'run' | 'connection' | 'unasked';

/** The bound that was reached, and how many octets it is. */
export interface ReachedBound {
  readonly name: BoundName;
  readonly octets: number;
}

/** The bound in words: the end of a sentence that starts with "more than". */
export function describeBound({ name, octets }: ReachedBound): string {
  return `${Math.round((octets / mebi) * 10) / 10} MiB${boundedWhat[name]}`;
}

const boundedWhat: Readonly<Record<BoundName, string>> = {
  run: ' on all connections together',
  connection: ' on one connection',
  unasked: ' that nobody asked for on one connection',
};

const mebi = 1024 * 1024;
