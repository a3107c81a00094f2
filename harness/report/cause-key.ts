import type { Plan } from '../grpc/call-plan';
import type { missingCredit } from '../rules/describe-observed';
import type { Violation } from '../rules/violation';
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

/** How the octets of a body are laid out: a server that misreads this answers whatever the misread octets deserve. */
const layoutOfBody = /^(?:DATA cut|an empty DATA|empty DATA|padded DATA)/;

/**
 * What findings of one run must have in common to be taken for one cause: the class of the reaction, its mark, and what was unusual about the request. The
 * plan is to be the smallest that shows the violation. Equal causes may get different keys, in doubt they do; a key holds no number that was generated.
 */
export function causeKeyOf(plan: Plan, violation: Violation, credit?: ReturnType<typeof missingCredit>): string {
  const { rule, reaction, mark, expected } = violation;
  const said = mark === undefined || mark === reaction ? reaction : `${reaction} (${mark})`;
  // A call that stands still for want of credit, or with credit that is not used, does so whatever else it is about.
  if (credit !== undefined) return `${said} | credit: ${credit}`;
  // Whatever was sent, an answer without its status is no answer.
  if (reaction === 'no grpc-status') return said;
  if (!commonReaction.test(reaction)) return `${said} | ${rule}`;
  const wanted = /ends with (status [A-Z_]+ \(\d+\))$/.exec(expected)?.[1];
  if (wanted !== undefined && !wanted.includes('(0)') && reaction.startsWith('status ')) return `${said} for ${wanted}`;
  const features = featuresOf(plan);
  const isLegal = plan.calls.every(
    ({ role, legal }) => role === 'afterwards' || role === 'probe' || role === 'earlier' || legal,
  );
  const httpStatus = /^HTTP (\d+)$/.exec(reaction)?.[1];
  if (httpStatus !== undefined && isLegal && (statusesOfOthers.has(httpStatus) || isOrdinary(features))) return said;
  const { odd, rare, plain } = features;
  if (odd.length > 0) return `${coarse(said, odd)} | ${odd.join(', ')}`;
  // A request that is illegal in a way that nobody noted: its row alone says in which.
  if (!isLegal) return `${said} | ${rule}`;
  const telling = mostTelling(rare, reaction);
  if (telling.length > 0) return `${coarse(said, telling)} | ${telling.join(', ')}`;
  return `${said} | ${plain.join(', ')} | ${withoutValues(expected)}`;
}

/** A sentence without what was generated: quoted values and numbers. */
const withoutValues = (text: string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")(?:, "(?:[^"\\]|\\.)*")*(?: and \d+ more)?/g, '"…"').replace(/\d+/g, '#');

const isOrdinary = ({ odd, rare }: RequestFeatures): boolean => odd.length + rare.length === 0;

function coarse(said: string, features: readonly string[]): string {
  return features.every((feature) => layoutOfBody.test(feature))
    ? said.replace(/status [1-9]\d*/, 'an error status')
    : said;
}

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
