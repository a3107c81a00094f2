import type { Plan } from '../grpc/call-plan';
import type { Missing } from '../rules/describe-observed';
import { escapeOctets } from '../wire/escape-octets';
import type { Violation } from '../rules/violation';
import { isAskedFor, mixedUpWith } from './describe-sent';
import { coarse } from './cause-key';
import type { Symptom } from './model';
import { signsOfMetadata } from './request-field-features';
import { featuresOf, type RequestFeatures } from './request-features';

/**
 * Reactions that many causes have in common: how a call or a connection ended, and answers with other contents. All others name what was wrong about the
 * octets of the target themselves.
 */
const commonReaction =
  /^(?:afterwards )?(?:status \d+|HTTP |RST |GOAWAY |no end$|no answer$|reset|closed$|connection closed$|open$|no connection$|wrong |late$|early$|unknown$|flood$|crash$)/;

/** Statuses that proxies and routers answer with on their own, whatever the request was about. */
const statusesOfOthers: ReadonlySet<string> = new Set(['401', '403', '404', '413', '429', '431', '502', '503', '504']);

/** Statuses that libraries make themselves, so that a row may want one for a reason of its own. */
const madeByLibraries = /\((?:1|2|4|8|12|13|14)\)$/;

/** Reactions that are others in a disguise: what a rule that watches all traffic calls them. */
const disguises: readonly (readonly [RegExp, string])[] = [
  [/^OK with no message$/, 'status 0'],
  [/^RST CANCEL between messages$/, 'RST CANCEL'],
  [/^END_STREAM on DATA$/, 'ended on DATA'],
];

/** What is said of a reaction where what came is what another call asked for. */
const ofAnother = ' of another call';

/** DATA beyond a window, and what rows say of that where the window has changed. */
const overrun = 'window overrun';
const overrunsOfChanged: ReadonlySet<string> = new Set(['window not adjusted', 'DATA without a window', 'too much']);

/**
 * True when one finding is explained by what another has shown: the same kind of reaction, and among all that was unusual about its request is what alone is
 * enough for the other.
 */
export function isExplainedBy(one: Symptom, other: Symptom): boolean {
  if (one.isSure === true) return false;
  const { telling } = other;
  // What a request shows in which nothing is unusual needs nothing unusual.
  const isPlain = telling.length === 0 && other.features.length === 0 && other.beside !== undefined;
  if (isPlain && one.reaction === other.reaction && one.plainly === other.beside) return true;
  // Who mixes up calls leaves one of them without an answer.
  const isLeft = one.reaction.startsWith('no end') && one.features.includes(severalCalls);
  if (isLeft && other.reaction === `wrong message${ofAnother}`) return true;
  // Who sends more than a window that nothing has changed sends more than one that something has.
  if (other.reaction === overrun && overrunsOfChanged.has(one.reaction)) return true;
  return (
    telling.length > 0 &&
    coarse(one.reaction, telling) === coarse(other.reaction, telling) &&
    telling.every((feature) => one.features.includes(feature))
  );
}

/**
 * The symptom that a finding shows.
 * @param plan the smallest that shows the violation
 * @param missing what the call waits for, where that is known
 */
export function symptomOf(plan: Plan, violation: Violation, missing?: Missing): Symptom {
  const { rule, mark, expected } = violation;
  const reaction = disguises.find(([as]) => as.test(violation.reaction))?.[1] ?? violation.reaction;
  const said = mark === undefined || mark === reaction ? reaction : `${reaction} (${mark})`;
  const all = featuresOf(plan);
  const features = [...all.odd, ...all.rare, ...all.plain.filter((feature) => feature === severalCalls)];
  const only = (beside?: string): Symptom => ({
    reaction: said,
    telling: [],
    features,
    ...(beside === undefined ? {} : { beside }),
  });
  const sure = (own: Symptom): Symptom => ({ ...own, isSure: true });
  const plainly = `${all.plain.join(', ')} | ${withoutValues(expected)}`;
  const about = (telling: readonly string[]): Symptom => ({ reaction: said, telling, features, plainly });
  // What a call stands still for it does whatever else it is about.
  if (missing === 'the ACK of a PING') return { ...about([ping]), reaction: noPingAck };
  if (missing !== undefined) return sure(only(`credit: ${missing}`));
  if (reaction === 'credit held back') return sure({ ...only('credit: theirs'), reaction: 'no end (hang)' });
  if (reaction === noPingAck) return about([...all.odd, ...all.rare]);
  // Whatever else the request was about, a sign that does not come back is what was wrong about it.
  if (violation.differsAt !== undefined) return sure(about([`${signsOfMetadata}${escapeOctets(violation.differsAt)}`]));
  // Whatever was sent, an answer without its status is no answer.
  if (reaction === 'no grpc-status' || reaction === 'ended on DATA') return sure(only());
  // Calls that get each other's answers do so whatever else they are about.
  if (mixedUpWith(plan, violation) !== undefined) return sure({ ...only(), reaction: `${said}${ofAnother}` });
  if (!commonReaction.test(reaction)) return only(rule);
  const wanted = /ends with (status [A-Z_]+ \(\d+\))$/.exec(expected)?.[1];
  if (wanted !== undefined && !wanted.includes('(0)') && reaction.startsWith('status ')) {
    // Which status a handler ends with is what the input happened to be.
    const isChosen = !madeByLibraries.test(wanted) || isAskedFor(plan, wanted);
    const instead = isChosen ? 'another that a handler chose' : wanted;
    return sure({ ...only(), reaction: `${said} for ${instead}` });
  }
  const isLegal = plan.calls.every(
    ({ role, legal }) => role === 'afterwards' || role === 'probe' || role === 'earlier' || legal,
  );
  const httpStatus = /^HTTP (\d+)$/.exec(reaction)?.[1];
  if (httpStatus !== undefined && isLegal && (statusesOfOthers.has(httpStatus) || isOrdinary(all))) return only();
  const { odd, rare, plain } = all;
  if (odd.length > 0) return about(odd);
  // A request that is illegal in a way that nobody noted: its row alone says in which.
  if (!isLegal) return only(rule);
  const telling = mostTelling(rare, reaction);
  if (telling.length > 0) return about(telling);
  if (reaction === 'wrong message' && plain.includes(severalCalls)) return about([severalCalls]);
  return only(plainly);
}

const severalCalls = 'several calls';
const ping = 'PING on stream 0';
const noPingAck = 'no PING ACK';

/** A sentence without what was generated: quoted values and numbers. */
const withoutValues = (text: string): string =>
  text
    .replace(/("(?:[^"\\]|\\.)*")(?:, "(?:[^"\\]|\\.)*")*(?: and \d+ more)?/g, '"…"')
    .replace(/\d+/g, '#')
    .replace(/# (message|octet)\b/g, '# $1s');

const isOrdinary = ({ odd, rare }: RequestFeatures): boolean => odd.length + rare.length === 0;

/** The features that a key is made of: what else was unusual was often only there because the row always does it. */
function mostTelling(rare: readonly string[], reaction: string): readonly string[] {
  const signs = rare.filter((feature) => feature.startsWith(signsOfMetadata));
  if (reaction === 'wrong metadata' && signs.length > 0) return signs;
  const others = rare.filter((feature) => !signs.includes(feature));
  if (others.length === 0) return signs;
  // Who cuts a prefix often leaves an empty frame beside it.
  return others.includes('DATA cut in a message prefix')
    ? others.filter((feature) => feature !== 'an empty DATA frame')
    : others;
}
