import type { PropertyVerdict } from '../model';
import { printable } from '../printable';
import type { Cell, Outcome } from './comparison';

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

/** The reaction classes of a cell in one line; empty when there are none, or none that its mark does not say. */
export function reactionText({ reactions: all, mark }: Pick<Cell, 'reactions' | 'mark'>): string {
  const reactions = all.filter((reaction) => reaction !== mark);
  const shown = reactions.slice(0, shownReactions).map((reaction) => shorten(printable(reaction)));
  const rest = reactions.length - shown.length;
  return [...shown, ...(rest === 0 ? [] : [`${rest} more`])].join(', ');
}

const shorten = (text: string): string =>
  text.length <= reactionLength ? text : `${text.slice(0, reactionLength - 1)}…`;
