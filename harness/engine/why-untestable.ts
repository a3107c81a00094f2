import { unlocks, type Need } from '../facts/need';
import type { AnyProperty } from '../properties/property';
import type { LostRecord, PropertyVerdict, TargetRecord } from '../report/model';
import { describeLost } from './lost';
import type { Saying } from './run-records';

/** What is known of a target when it is decided what can be tested there. */
export interface KnownOfTarget {
  readonly record: Pick<TargetRecord, 'capabilities' | 'denied'>;
  readonly offers: readonly Need[];
  /** Why nothing at all can be tested; absent when that is not so. */
  readonly unusable?: string | undefined;
  /** Capabilities that are there and do not work, with the rule that says why. */
  readonly broken: ReadonlyMap<Need, string>;
  readonly lost: readonly LostRecord[];
}

/** Why a property cannot be tested, with the verdict that its row gets for that; undefined when it can be. */
export function whyUntestable(
  { needs = [] }: AnyProperty,
  known: KnownOfTarget,
): (Saying & { readonly verdict: PropertyVerdict }) | undefined {
  const { unusable, broken, offers, record } = known;
  const missing = needs.filter((need) => !offers.includes(need));
  if (missing.length === 0 && unusable === undefined) return undefined;
  const cause = missing.map((need) => broken.get(need)).find((rule) => rule !== undefined);
  if (cause !== undefined || unusable !== undefined) {
    const reason = unusable ?? `a plain call that it builds on (${missing.join(', ')}) breaks ${cause ?? 'a rule'}`;
    return { verdict: 'blocked', reason };
  }
  const lost = known.lost.filter(({ need }) => missing.some((one) => one === need));
  if (lost.length > 0) {
    const unlock = lost.map((one) => one.unlock).join('; and ');
    return { verdict: 'lost', reason: describeLost(lost), unlock };
  }
  const why = missing.flatMap((need) => whyMissing(need, record));
  return {
    verdict: 'untestable',
    reason: `the target does not offer: ${missing.join(', ')}${why.length === 0 ? '' : ` (${why.join('; ')})`}`,
    unlock: unlockDenied(missing, record) ?? missing.map((need) => unlocks[need]).join('; and '),
  };
}

function whyMissing(need: Need, { capabilities }: KnownOfTarget['record']): readonly string[] {
  const known = capabilities?.find((one) => one.need === need);
  return known?.why === undefined || known.state === 'absent' ? [] : [`${need}: ${known.why}`];
}

/** What would help where answers are about who asks or about now. */
function unlockDenied(
  missing: readonly Need[],
  { capabilities = [], denied }: KnownOfTarget['record'],
): string | undefined {
  const isDenied = missing.some((need) => capabilities.some((one) => one.need === need && one.state === 'denied'));
  return isDenied ? denied?.unlock : undefined;
}
