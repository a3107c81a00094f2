import type { Syntax } from './descriptor';

/** What decides about a file's defaults: its syntax, or its edition. */
export interface FileRules {
  readonly syntax: Syntax;
  /** The edition as written, when nobody here knows its rules: what it defines is described, but not usable. */
  readonly unknownEdition?: string;
}

/**
 * Editions whose defaults are known, by the name in .proto files and by the number in descriptors (descriptor.proto, Edition). None differs from 2023 in a
 * feature that is on the wire; UNSTABLE names its types of numbers differently, but only in .proto files.
 */
const knownEditions: ReadonlyMap<string, number> = new Map([
  ['2023', 1000],
  ['2024', 1001],
  ['2026', 1002],
  ['UNSTABLE', 9999],
]);

/** Editions that descriptor.proto names without rules of their own: marks for comparisons, and for tests of compilers. */
const markEditions: ReadonlySet<string> = new Set([
  'LEGACY',
  'MAX',
  ...['1', '2', '99997', '99998', '99999'].map((number) => `${number}_TEST_ONLY`),
]);

/** The rules of `edition = "NAME"`; undefined when that is no name of an edition, not even of a later year. */
export function rulesOfEdition(name: string): FileRules | undefined {
  if (knownEditions.has(name)) return { syntax: 'editions' };
  return /^20\d\d$/.test(name) || markEditions.has(name) ? { syntax: 'editions', unknownEdition: name } : undefined;
}

const proto2Number = 998;
const proto3Number = 999;
const knownNumbers: ReadonlySet<number> = new Set(knownEditions.values());

/** The rules of a descriptor's `syntax` and `edition` (0: absent), of which the edition counts; undefined when the syntax is none. */
export function rulesOfDescriptor(syntax: string, edition: number): FileRules | undefined {
  if (edition === proto2Number) return { syntax: 'proto2' };
  if (edition === proto3Number) return { syntax: 'proto3' };
  if (knownNumbers.has(edition)) return { syntax: 'editions' };
  if (edition !== 0 || syntax === 'editions') return { syntax: 'editions', unknownEdition: `number ${edition}` };
  if (syntax === '' || syntax === 'proto2') return { syntax: 'proto2' };
  return syntax === 'proto3' ? { syntax: 'proto3' } : undefined;
}

/** Why what a file of such an edition defines cannot be used: a clause. */
export function describeUnknownEdition(edition: string): string {
  const known = [...knownEditions.keys()];
  return `of edition ${edition}, whose rules are not known here; known are ${known.slice(0, -1).join(', ')} and ${known.at(-1)}`;
}
