import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readMarkup } from './read-markup';
import { mark } from './texts';

/** What steers a terminal, turns the direction of a line, or is not seen, line ends aside. */
const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}]/u;
/** Commands of the target that the runner of GitHub Actions would obey: at the beginning of a line, and the old form, which it finds anywhere. */
const workflowCommand = new RegExp(`^\\s*::(?:error|set-output name=x|add-mask|stop-commands)::${mark}`, 'm');
const oldWorkflowCommand = /##\[[a-z-]+[^\]\n]*\]/;
/** Words of a fault of ours. */
const faults = /ERR_INTERNAL|ERR_SCRIPT|Assertion|Uncaught|\(node:\d+\)|Warning: |please report it/m;

/** A place in our code, which nobody should see unless he asks for it. */
const stack = /^ +at .+:\d+/m;

/**
 * What is wrong with what was printed: more than `limit` octets, or anything unclean.
 * @param due.showsStacks stacks of our errors were asked for.
 * @param due.isForRunner the runner of GitHub Actions reads it.
 */
export function judgeTerminal(
  octets: Buffer,
  limit: number,
  { showsStacks, isForRunner }: { readonly showsStacks: boolean; readonly isForRunner: boolean },
): readonly string[] {
  const text = octets.toString('utf8');
  return [
    ...(octets.length > limit ? [`prints more than ${limit} octets`] : []),
    // An octet of a C1 control is no UTF-8, and some terminals obey it. A text that was cut off at the limit may end within a character.
    ...(octets.length <= limit && !isUtf8(octets) ? ['prints octets that are no UTF-8'] : []),
    ...describe('prints', unsafe.exec(text)),
    ...describe('prints a workflow command:', workflowCommand.exec(text)),
    ...(isForRunner ? describe('prints an old workflow command:', oldWorkflowCommand.exec(text)) : []),
    ...describe('prints words of a fault:', faults.exec(text)),
    ...(showsStacks ? [] : describe('prints a stack:', stack.exec(text))),
  ];
}

/** What is wrong with a file that no browser reads: JSON. */
export function judgeControls(text: string): readonly string[] {
  return describe('has', /(?![\n\t])\p{Cc}/u.exec(text));
}

/** Elements and attributes of a page; the viewer makes more of them when it runs. */
const pageElements = new Set(
  'html head meta title style body div noscript main h1 h2 p dl dt dd ul ol li strong br table thead tbody tr th td script'.split(
    ' ',
  ),
);
const pageAttributes = new Set('lang charset http-equiv content name class scope id type'.split(' '));

/** What is wrong with index.html: elements, attributes or scripts that are not ours. */
export function judgePage(html: string, limit: number): readonly string[] {
  const { tags, text, others } = readMarkup(html, 'html');
  const scripts = tags.filter(({ name }) => name === 'script');
  const [data, viewer] = scripts;
  const policy = tags.find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');
  const hash = createHash('sha256')
    .update(viewer?.raw ?? '')
    .digest('base64');
  return [
    ...(Buffer.byteLength(html) >= limit ? [`has ${Buffer.byteLength(html)} octets`] : []),
    ...foreign(tags, pageElements, pageAttributes),
    ...others
      .filter((other) => other !== '<!doctype html>')
      .map((other) => `has ${JSON.stringify(other.slice(0, 40))}`),
    ...describe('shows', unsafe.exec(text)),
    ...judgeControls(html),
    ...(scripts.length === 2 ? [] : [`has ${scripts.length} scripts`]),
    ...(data?.attributes.get('type') === 'application/json' && isJson(data.raw ?? '')
      ? []
      : ['has no JSON for its viewer']),
    ...(policy?.attributes.get('content')?.includes(`script-src &#39;sha256-${hash}&#39;`) === true
      ? []
      : ['has a policy that does not permit its own script, or has none']),
  ];
}

const junitElements = new Set(
  'testsuites testsuite testcase failure error skipped properties property system-out system-err'.split(' '),
);
const junitAttributes = new Set(
  'name package id hostname tests failures errors skipped time timestamp classname message type value'.split(' '),
);

/** What is wrong with junit.xml. */
export function judgeJunit(xml: string): readonly string[] {
  const { tags, text, others } = readMarkup(xml, 'xml');
  return [
    ...foreign(tags, junitElements, junitAttributes),
    ...others
      .filter((other) => !other.startsWith('<?xml '))
      .map((other) => `has ${JSON.stringify(other.slice(0, 40))}`),
    ...describe('has', unsafe.exec(text.replaceAll('\t', ' '))),
    ...(tags.filter(({ name }) => name === 'testsuites').length === 1
      ? []
      : ['has not exactly one element testsuites']),
  ];
}

function foreign(
  tags: ReturnType<typeof readMarkup>['tags'],
  elements: ReadonlySet<string>,
  known: ReadonlySet<string>,
): readonly string[] {
  const names = tags.map(({ name }) => name).filter((name) => !elements.has(name));
  const others = tags.flatMap(({ attributes }) => [...attributes.keys()]).filter((name) => !known.has(name));
  return [
    ...(names.length === 0 ? [] : [`has an element that is not ours: ${JSON.stringify(names[0]?.slice(0, 40))}`]),
    ...(others.length === 0 ? [] : [`has an attribute that is not ours: ${JSON.stringify(others[0]?.slice(0, 40))}`]),
  ];
}

/** With what stands around it, escaped for one line. */
function describe(what: string, found: RegExpExecArray | null): readonly string[] {
  if (found === null) return [];
  const around = found.input.slice(Math.max(0, found.index - 30), found.index + found[0].length + 30);
  return [`${what} ${escape(around)}`];
}

const escape = (text: string): string =>
  JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
