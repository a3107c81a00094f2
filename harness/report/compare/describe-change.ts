import type { ChangeRecord } from '../model';

/** A change in one sentence, without a full stop: `since 2 March 2026 …: 3 worse, 1 better`. */
export function describeChange({ since, worse, better }: ChangeRecord): string {
  const counts = [
    ...(worse.length === 0 ? [] : [`${worse.length} worse`]),
    ...(better.length === 0 ? [] : [`${better.length} better`]),
  ];
  const when = since.startedAt.replace('T', ' ').replace(/:\d\d(\..*)?Z$/, ' UTC');
  return `Since the run of ${when}: ${counts.length === 0 ? 'nothing is worse, and nothing is better' : counts.join(', ')}`;
}
