import type { PropertyVerdict } from '../model';
import { errorCodes } from '../../wire/error-codes';
import { printable } from '../printable';
import { bareOutcome, type Cell, type Outcome } from './comparison-model';

/** What outcomes mean that are no verdicts. */
export const otherOutcomes: Readonly<Record<Exclude<Outcome, PropertyVerdict>, string>> = {
  unseen: 'the rule is watched on every call and every connection, and nothing broke it, or nothing came by that could',
  absent: 'the run does not have this row',
};

/** Most reactions that a cell names; those beyond are counted. */
const shownReactions = 2;

/** Letters of a reaction in a cell: classes are shorter than this unless a file was made by hand. */
const reactionLength = 40;

/** The outcome as a word or two. */
export function outcomeText({ outcome, mark, gravity }: Pick<Cell, 'outcome' | 'mark' | 'gravity'>): string {
  if (outcome === 'unseen') return 'not seen';
  if (outcome === 'absent') return 'not in it';
  const said = gravity === undefined ? outcome : `${outcome} (${gravity})`;
  return mark === undefined ? said : `${said}, ${mark}`;
}

/** {@link outcomeText} as it would be without a baseline. */
export function bareText({ outcome, mark, gravity }: Pick<Cell, 'outcome' | 'mark' | 'gravity'>): string {
  const bare = bareOutcome({ outcome, gravity });
  return outcomeText({ outcome: bare, mark, ...(bare === 'flaky' ? { gravity } : {}) });
}

/** The reaction classes of a cell in one line; empty when there are none, or none that its mark does not say. */
export function reactionText({ reactions: all, mark }: Pick<Cell, 'reactions' | 'mark'>): string {
  const reactions = all.filter((reaction) => reaction !== mark);
  const shown = reactions.slice(0, shownReactions).map((reaction) => shorten(printable(reaction)));
  const rest = reactions.length - shown.length;
  return [...shown, ...(rest === 0 ? [] : [`${rest} more`])].join(', ');
}

const shorten = (text: string): string =>
  text.length <= reactionLength ? text : `${text.slice(0, reactionLength - 1)}…`;

/** Letters of a short reaction, at most. */
const shortLength = 5;

/**
 * A reaction class in a few letters, for a matrix of many runs: the number of a status, H with that of HTTP, R or G with that of the error code of RST_STREAM or GOAWAY, and the first
 * letters of whatever else.
 */
export function shortReaction(reaction: string): string {
  const [, kind = '', rest = ''] = /^(status|HTTP|RST|GOAWAY) (\w+)$/.exec(reaction) ?? [];
  if (kind === 'status') return rest.slice(0, shortLength);
  if (kind === 'HTTP') return `H${rest.slice(0, shortLength)}`;
  const code = errorCodes[rest as keyof typeof errorCodes];
  if (kind !== '' && code !== undefined) return `${kind.charAt(0)}${code}`;
  const words = printable(reaction)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words.length > 1
    ? words
        .map((word) => word.charAt(0))
        .join('')
        .slice(0, shortLength)
    : (words[0] ?? '').slice(0, shortLength);
}
