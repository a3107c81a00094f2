/** An element's beginning, as a parser would see it. */
export interface Tag {
  /** In small letters, as HTML has it. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** What stands between the beginning and the end of a script or a style, which hold no elements. */
  readonly raw?: string;
}

/** What a text of HTML or XML consists of. */
export interface Markup {
  readonly tags: readonly Tag[];
  /** Everything that is shown: text outside of tags, scripts, styles and comments. References to characters stay as they are. */
  readonly text: string;
  /** Comments, declarations and processing instructions. */
  readonly others: readonly string[];
}

/** Elements whose content is no markup (HTML standard, 13.1.2). */
const rawElements: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title']);

const tagStart = /<(?:(!--)|(!\[CDATA\[)|([!?])|(\/?)([A-Za-z][^\s/>]*))/g;
const attribute = /\s*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/y;

/** Reads markup as tolerantly as a browser does where it matters: whatever could become an element is a tag. Linear in the length. */
export function readMarkup(source: string, language: 'html' | 'xml'): Markup {
  const tags: Tag[] = [];
  const others: string[] = [];
  const texts: string[] = [];
  let at = 0;
  const endOf = (what: string, from: number): number => {
    const found = source.indexOf(what, from);
    return found === -1 ? source.length : found + what.length;
  };
  tagStart.lastIndex = 0;
  for (;;) {
    tagStart.lastIndex = at;
    const found = tagStart.exec(source);
    texts.push(source.slice(at, found?.index ?? source.length));
    if (found === null) return { tags, text: texts.join(''), others };
    const [start, comment, cdata, declaration, slash, written = ''] = found;
    const after = found.index + start.length;
    if (cdata !== undefined && language === 'xml') {
      at = endOf(']]>', after);
      texts.push(source.slice(after, at - 3));
    } else if (comment !== undefined || declaration !== undefined || cdata !== undefined) {
      at = endOf(comment === undefined ? '>' : '-->', after);
      others.push(source.slice(found.index, at));
    } else if (slash === '/') {
      at = endOf('>', after);
    } else {
      const { attributes, end } = readAttributes(source, after);
      const name = language === 'html' ? written.toLowerCase() : written;
      at = end;
      if (language === 'html' && rawElements.has(name)) {
        const close = source.slice(end).search(new RegExp(`</${name}[\\s/>]`, 'i'));
        const rawEnd = close === -1 ? source.length : end + close;
        tags.push({ name, attributes, raw: source.slice(end, rawEnd) });
        at = rawEnd;
      } else tags.push({ name, attributes });
    }
  }
}

function readAttributes(
  source: string,
  from: number,
): { readonly attributes: Map<string, string>; readonly end: number } {
  const attributes = new Map<string, string>();
  let at = from;
  for (;;) {
    const gap = /[\s/]*/y;
    gap.lastIndex = at;
    at += gap.exec(source)?.[0].length ?? 0;
    if (at >= source.length || source[at] === '>') return { attributes, end: at + 1 };
    attribute.lastIndex = at;
    const found = attribute.exec(source);
    if (found === null) {
      at += 1;
      continue;
    }
    const [all, name = '', double, single, bare] = found;
    attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '');
    at += all.length;
  }
}
