/** How h2spec ended a case. */
export type H2specOutcome = 'passed' | 'failed' | 'skipped';

/** A case that h2spec played. */
export interface PlayedCase {
  readonly outcome: H2specOutcome;
  readonly seconds: number;
}

const suitePattern = /<testsuite [^>]*\bpackage="([^"]*)"[^>]*>([\s\S]*?)<\/testsuite>/g;
const casePattern = /<testcase [^>]*\btime="([\d.]+)"[^>]*>([\s\S]*?)<\/testcase>/g;

/**
 * Reads the JUnit file of h2spec 2.6. It names no cases: they are counted within their section, in the order of the file, as h2spec's own paths count them.
 * @returns by path (`http2/6.5.3/2`) how each case that was played ended; empty for a text that is no such file.
 */
export function readJunit(xml: string): ReadonlyMap<string, PlayedCase> {
  const played = new Map<string, PlayedCase>();
  for (const [, section = '', body = ''] of xml.matchAll(suitePattern))
    [...body.matchAll(casePattern)].forEach(([, seconds = '0', inside = ''], index) =>
      played.set(`${section}/${index + 1}`, { outcome: outcomeOf(inside), seconds: Number(seconds) }),
    );
  return played;
}

/** What a case holds besides its end: at most one element, with texts of the target in it. */
function outcomeOf(inside: string): H2specOutcome {
  if (/^\s*<skipped>/.test(inside)) return 'skipped';
  return /^\s*<(failure|error)>/.test(inside) ? 'failed' : 'passed';
}
