import type { CapabilityRecord, TargetRecord } from './model';

/** Capabilities of a target that are in the same trouble for the same reason. */
export interface Trouble {
  readonly state: Exclude<CapabilityRecord['state'], 'offered' | 'absent'>;
  /** Empty when it is all of them. */
  readonly needs: readonly string[];
  /** What was seen, and what to do about it where that is known: a clause without a full stop. */
  readonly why: string;
  /** Properties that build on it; undefined when that is not known. */
  readonly properties?: number;
}

/** What the states mean whose capabilities are in trouble: clauses without a full stop. */
const troubleMeanings: Readonly<Record<Trouble['state'], string>> = {
  broken: 'it is there, and its plain call fails',
  denied: 'no call is let through, so nobody knows',
  unkept: 'a handler of the test service promises it, and does not keep it',
};

/** The worst first. */
const order: readonly Trouble['state'][] = ['broken', 'denied', 'unkept'];

/** The capabilities that are neither offered nor absent: broken ones first, those with one reason together. */
export function troublesOf(target: Pick<TargetRecord, 'capabilities' | 'denied' | 'missing'>): readonly Trouble[] {
  return order.flatMap((state) =>
    state === 'denied' && target.denied ? [allDenied(target.denied)] : inState(target, state),
  );
}

const allDenied = ({ answer, unlock }: NonNullable<TargetRecord['denied']>): Trouble => ({
  state: 'denied',
  needs: [],
  why: `every call is answered ${answer}; ${unlock}`,
});

function inState(
  { capabilities = [], missing }: Pick<TargetRecord, 'capabilities' | 'missing'>,
  state: Trouble['state'],
): readonly Trouble[] {
  const groups = new Map<string, string[]>();
  for (const one of capabilities) {
    if (one.state !== state) continue;
    const why = one.why ?? troubleMeanings[state];
    groups.set(why, [...(groups.get(why) ?? []), one.need]);
  }
  return [...groups].map(([why, needs]) => {
    const [only] = needs;
    // A property may need several of a group, so only the number of one alone is true.
    const properties = needs.length === 1 ? missing.find(({ need }) => need === only)?.properties : undefined;
    return { state, needs, why, ...(properties === undefined ? {} : { properties }) };
  });
}

/** True when serving a capability is not what would help: it is there and does not work, or nobody lets us see. */
export const isInTrouble = ({ capabilities = [] }: Pick<TargetRecord, 'capabilities'>, need: string): boolean =>
  capabilities.some((one) => one.need === need && (one.state === 'broken' || one.state === 'denied'));

/** `server-streaming: its plain call ends with status INTERNAL; 5 properties build on it`. */
export function describeTrouble({ needs, why, properties }: Trouble): string {
  const count =
    properties === undefined
      ? ''
      : `; ${properties} ${properties === 1 ? 'property builds' : 'properties build'} on it`;
  return `${needs.length === 0 ? '' : `${needs.join(', ')}: `}${why}${count}`;
}
