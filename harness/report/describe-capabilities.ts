import type { CapabilityRecord, TargetRecord } from './model';

/** Capabilities of a target that are in the same trouble for the same reason. */
export interface Trouble {
  readonly state: Exclude<CapabilityRecord['state'], 'offered' | 'absent'>;
  readonly needs: readonly string[];
  /** What was seen, and what to do about it where that is known: a clause without a full stop. */
  readonly why: string;
}

/** What the states mean whose capabilities are in trouble: clauses without a full stop. */
export const troubleMeanings: Readonly<Record<Trouble['state'], string>> = {
  broken: 'it is there, and its plain call fails',
  denied: 'no call is let through, so nobody knows',
  unkept: 'a handler of the test service promises it, and does not keep it',
};

/** The worst first. */
const order: readonly Trouble['state'][] = ['broken', 'denied', 'unkept'];

/** The capabilities that are neither offered nor absent: broken ones first, those with one reason together. */
export function troublesOf({ capabilities = [] }: Pick<TargetRecord, 'capabilities'>): readonly Trouble[] {
  return order.flatMap((state) => {
    const groups = new Map<string, string[]>();
    for (const one of capabilities) {
      if (one.state !== state) continue;
      const why = withAdvice(state, one.why ?? troubleMeanings[state]);
      groups.set(why, [...(groups.get(why) ?? []), one.need]);
    }
    return [...groups].map(([why, needs]) => ({ state, needs, why }));
  });
}

/** Who is refused as somebody unknown can say who he is. */
function withAdvice(state: Trouble['state'], why: string): string {
  const isAboutWho = state === 'denied' && /UNAUTHENTICATED|PERMISSION_DENIED|HTTP 40[13]/.test(why);
  return isAboutWho && !why.includes('-H') ? `${why}; send credentials with -H 'NAME: VALUE'` : why;
}

/** `unary, status: its plain call ends with status INTERNAL`. */
export const describeTrouble = ({ needs, why }: Trouble): string => `${needs.join(', ')}: ${why}`;
