import { ConformError } from '../../error';
import { didYouMean } from '../../nearest';
import type { SchemaMethod, UnusableMethod } from '../../schema/schema';

/** Names shown where a glob matches nothing. */
const mostShown = 5;

/**
 * The methods that globs name, in the order of the schema. A glob is `pkg.Service/Method`, a slash in front changes nothing, `*` is any run of characters,
 * dots and slashes included, `?` is any one.
 *
 * @param flag names the option in errors.
 * @param unusable methods that exist but cannot be called; a glob that matches nothing else says why.
 * @throws ConformError ERR_USAGE when a glob matches none, with the nearest name.
 */
export function matchMethods(
  methods: readonly SchemaMethod[],
  globs: readonly string[],
  flag: string,
  unusable: readonly UnusableMethod[] = [],
): readonly SchemaMethod[] {
  const patterns = globs.map((glob) => ({ glob, pattern: globPattern(trimSlash(glob)) }));
  const names = methods.map(methodName);
  for (const { glob, pattern } of patterns) {
    if (names.some((name) => pattern.test(name))) continue;
    const [useless] = unusable.filter((method) => pattern.test(methodName(method)));
    if (useless === undefined) throw noMatch(glob, names, flag);
    throw new ConformError(
      'ERR_USAGE',
      `${flag} ${JSON.stringify(glob)}: ${methodName(useless)} cannot be called: ${useless.reason}`,
    );
  }
  return methods.filter((_, index) => patterns.some(({ pattern }) => pattern.test(names[index] ?? '')));
}

/** `pkg.Service/Method`: the path without its slash in front. */
export function methodName({ path }: Pick<SchemaMethod, 'path'>): string {
  return trimSlash(path);
}

const trimSlash = (text: string): string => text.replace(/^\//, '');

/** Star is any run of characters, question mark any one. */
function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 's');
}

function noMatch(glob: string, names: readonly string[], flag: string): ConformError {
  const label = `${flag} ${JSON.stringify(glob)}`;
  if (/^\/?(grpc|grpcconform)\.[^*?]*\//.test(glob)) {
    return new ConformError(
      'ERR_USAGE',
      `${label} names a method of a service for tests or tools: those are found and used without it; it is for services of your own`,
    );
  }
  if (names.length === 0)
    return new ConformError('ERR_USAGE', `${label} matches nothing: there is no method of a service of your own`);
  const services = [...new Set(names.map((name) => name.slice(0, name.indexOf('/'))))];
  // A method alone, a service alone, or gRPC's other way of writing it.
  const wanted = trimSlash(glob).toLowerCase();
  const exact =
    names.find(
      (name) => name.toLowerCase().replace('/', '.') === wanted || name.toLowerCase().endsWith(`/${wanted}`),
    ) ?? services.find((service) => service.toLowerCase() === wanted)?.concat('/*');
  const meant =
    exact === undefined
      ? didYouMean(trimSlash(glob), [...names, ...services.map((service) => `${service}/*`)])
      : ` (did you mean ${exact}?)`;
  const more = names.length - mostShown;
  const list = `${names.slice(0, mostShown).join(', ')}${more > 0 ? ` and ${more} more (see "grpc-conform probe")` : ''}`;
  return new ConformError(
    'ERR_USAGE',
    `${label} matches no method${meant}: there ${names.length === 1 ? 'is' : 'are'} ${list}`,
  );
}
