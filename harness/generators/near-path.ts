import fc from 'fast-check';
import { joined, oneOf, record, text } from './shapes';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Forms that are no path of a method (PROTOCOL-HTTP2, Requests, Path), around a service and a method that a server has. */
const forms = {
  'no leading slash': (service, method) => `${service}/${method}`,
  'service alone': (service) => `/${service}`,
  'method alone': (_, method) => `/${method}`,
  'a slash alone': () => '/',
  'an asterisk': () => '*',
  'two leading slashes': (service, method) => `//${service}/${method}`,
  'two slashes inside': (service, method) => `/${service}//${method}`,
  'a slash at the end': (service, method) => `/${service}/${method}/`,
  'a segment before': (service, method, extra) => `/${extra}/${service}/${method}`,
  'a segment inside': (service, method, extra) => `/${service}/${extra}/${method}`,
  'a segment behind': (service, method, extra) => `/${service}/${method}/${extra}`,
  'words without slash': (_, __, extra) => extra,
} as const satisfies Readonly<Record<string, (service: string, method: string, extra: string) => string>>;

/** What is wrong with a path. */
export interface MalformedPath {
  readonly form: keyof typeof forms;
  /** Letters of the segment that is too many. */
  readonly extra: string;
}

export const pathForms = Object.keys(forms) as readonly MalformedPath['form'][];

/** All of these forms alike. */
export function malformedPath(): fc.Arbitrary<MalformedPath> {
  return record<MalformedPath>({
    form: fc.constantFrom(...pathForms),
    extra: text(letters, { minLength: 1, maxLength: 12 }),
  });
}

/** The path that a server must not take for that of a method. @param path of a method that it serves */
export function malformPath(path: string, { form, extra }: MalformedPath): string {
  const [, service = '', method = ''] = path.split('/');
  return forms[form](service, method, extra);
}

/** How a path is almost that of a method: equal to it for whoever takes no notice of case, or normalises URIs (RFC 3986 §6.2). */
export interface NearPath {
  readonly by: 'case' | 'escape' | 'query' | 'parameter' | 'dot' | 'dot-dot' | 'slash';
  /** Which letter, modulo their number; of dots before which segment. */
  readonly at: number;
  /** Letters of a query, a parameter, or a segment that is left again. */
  readonly word: string;
}

/** Letters of a path, in its order: their places. */
const lettersOf = (path: string): readonly number[] =>
  [...path].flatMap((character, index) => (/[A-Za-z]/.test(character) ? [index] : []));

/** A case flip as often as all others together, often of a letter at either end of a segment. @param path of the method */
export function nearPath(path: string): fc.Arbitrary<NearPath> {
  const places = lettersOf(path);
  const ends = places.flatMap((place, at) =>
    path[place - 1] === '/' || [undefined, '/'].includes(path[place + 1]) ? [at] : [],
  );
  const at = fc.oneof(fc.constantFrom(...ends), fc.nat(places.length - 1));
  const of = (by: fc.Arbitrary<NearPath['by']>): fc.Arbitrary<NearPath> =>
    record<NearPath>({ by, at, word: joined(fc.constantFrom(...letters), { maxCount: 6 }) });
  return oneOf(
    { arbitrary: of(fc.constant('case')), weight: 1 },
    { arbitrary: of(fc.constantFrom('escape', 'query', 'parameter', 'dot', 'dot-dot', 'slash', 'slash')), weight: 1 },
  );
}

/** Another path, near to one of a method. */
export function nearPathOf(path: string, { by, at, word }: NearPath): string {
  const places = lettersOf(path);
  const place = places[at % places.length] ?? 0;
  const letter = path.charAt(place);
  const instead = (piece: string): string => path.slice(0, place) + piece + path.slice(place + 1);
  const segment = at % 2 === 0 ? 0 : path.indexOf('/', 1);
  const insert = (piece: string): string => path.slice(0, segment) + piece + path.slice(segment);
  switch (by) {
    case 'case':
      return instead(letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase());
    case 'escape':
      return instead(`%${letter.charCodeAt(0).toString(16)}`);
    case 'query':
      return `${path}?${word}`;
    case 'parameter':
      return `${path};${word}`;
    case 'dot':
      return insert('/.');
    case 'dot-dot':
      return insert(`/x${word}/..`);
    case 'slash':
      return `${path}/`;
  }
}
