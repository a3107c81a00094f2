import {
  arb,
  decodeHealthCheckResponse,
  fc,
  healthService,
  plainOctets,
  probeService,
  status,
  testService,
  type Call,
} from '../../harness';

/** Names that a server may have registered; whether it has, its Check says. The empty one is the server as a whole. */
export const likelyNames: readonly string[] = ['', testService, healthService, probeService];

/** Names that are nearly one of these. */
const nearMisses: Readonly<Record<string, (name: string) => string>> = {
  'another case': (name) => name.toUpperCase(),
  'a suffix': (name) => `${name}2`,
  'a prefix': (name) => `x${name}`,
  'a slash': (name) => `/${name}`,
  'a space': (name) => `${name} `,
  'the package': (name) => name.slice(0, name.lastIndexOf('.')),
  'the method': (name) => `${name}/Check`,
};
const nearMissNames = Object.keys(nearMisses);

/** A name that no server has: nearly one of those that some have, or anything. */
export interface UnknownName {
  readonly near: string | null;
  readonly of: number;
  readonly text: string;
  /** How often the text stands there. */
  readonly times: number;
}

const registered = likelyNames.slice(1);

/** Octets of a name that every server looks up; what is longer is no name of a service for some (gRPC C++ takes 200). */
const longestName = 200;

export const unknownName = () =>
  arb.record({
    near: fc.oneof(
      { arbitrary: fc.constant(null), weight: 1 },
      { arbitrary: fc.constantFrom(...nearMissNames), weight: 2 },
    ),
    of: fc.nat(registered.length - 1),
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    times: arb.boundaryInteger({ min: 1, max: 100, boundaries: [1, 50] }),
  });

/** One of each kind. */
export const unknownNames: readonly UnknownName[] = [
  ...nearMissNames.map((near) => ({ near, of: 0, text: 'a', times: 1 })),
  { near: null, of: 0, text: 'a.B', times: 1 },
  { near: null, of: 0, text: 'x', times: 300 },
];

/** The name itself. What is random is kept from being registered anywhere by what stands before it. */
export const textOf = ({ near, of, text, times }: UnknownName): string =>
  near === null
    ? shorten(`grpcconform.absent.${text.repeat(times)}`)
    : (nearMisses[near]?.(registered[of] ?? '') ?? text);

/** The characters of a name that fit. */
function shorten(name: string): string {
  let room = longestName;
  return [...name].filter((character) => (room -= Buffer.byteLength(character)) >= 0).join('');
}

/** The number of the ServingStatus in a message of the health service; undefined when there is none. */
export function servingOf(call: Call, index = 0): number | undefined {
  const message = call.messages[index];
  const plain = message && plainOctets(call, message);
  return plain && decodeHealthCheckResponse(plain)?.status;
}

/** What Watch must say by the answer of Check to the same name: undefined when that says nothing. */
export function watchedBy(check: Call): number | undefined {
  if (check.status === status.NOT_FOUND) return 3;
  return check.status === status.OK ? servingOf(check) : undefined;
}
