import { ConformError } from '../../error';

/** A command of a document: words for the command line, and what is kept of what it prints. */
export interface ExampleCommand {
  /** The server that it starts: the name of its folder, or `bundled`. */
  readonly server: string;
  /** The words behind `npx grpc-conform`. */
  readonly words: readonly string[];
  /** From the printed lines to the shown ones, as the pipe behind the command makes them. */
  readonly filter: (lines: readonly string[]) => readonly string[];
}

type Filter = ExampleCommand['filter'];

/** The two filters that there are, by how they begin. Both do here what the programs of these names do. */
const filters: readonly { readonly start: readonly string[]; readonly make: (word: string) => Filter | undefined }[] = [
  {
    start: ['grep', '-E'],
    make: (word) => {
      // Classes like [[:space:]] and references mean something else in JavaScript, the rest of what is used here does not.
      if (/\[\[:|\\\d/.test(word)) return undefined;
      const pattern = new RegExp(word);
      return (lines) => lines.filter((line) => pattern.test(line));
    },
  },
  {
    start: ['cut'],
    make: (word) => {
      const columns = /^-c1-(\d+)$/.exec(word)?.[1];
      return columns === undefined ? undefined : (lines) => lines.map((line) => line.slice(0, Number(columns)));
    },
  },
];

/**
 * Reads `npx grpc-conform … | grep -E '…' | cut -c1-N`, which a shell reads in the same way: no shell is started for it.
 *
 * @throws ConformError ERR_CONFIG for what is anything else, or starts no server of ours.
 */
export function parseCommand(text: string): ExampleCommand {
  const [first = [], ...pipe] = splitPipe(text);
  const [npx, program, ...words] = first;
  if (npx !== 'npx' || program !== 'grpc-conform') throw malformed(text, 'does not begin with npx grpc-conform');
  const steps = pipe.map((part) => makeFilter(part, text));
  return { server: serverOf(words, text), words, filter: (lines) => steps.reduce((kept, step) => step(kept), lines) };
}

function makeFilter(part: readonly string[], text: string): Filter {
  const [argument = '', ...further] = part.slice(-1);
  const found = filters.find(({ start }) => start.join(' ') === part.slice(0, -1).join(' '));
  const filter = further.length === 0 ? found?.make(argument) : undefined;
  if (filter === undefined) throw malformed(text, `is piped into ${part.join(' ')}, not into grep -E '…' or cut -c1-N`);
  return filter;
}

function serverOf(words: readonly string[], text: string): string {
  const after = (option: string): string => words[words.indexOf(option) + 1] ?? '';
  const folder = /^\.\/harness\/servers\/([\w-]+)\//.exec(after('--exec'))?.[1];
  if (words.includes('--exec') && folder !== undefined) return folder;
  if (words.includes('--target') && after('--target') === 'bundled') return 'bundled';
  throw malformed(text, "has neither --target bundled nor --exec './harness/servers/NAME/…'");
}

/** The words of each part of a pipe, quoted as for a shell. */
function splitPipe(text: string): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  const pieces = /'([^']*)'|"([^"\\$`]*)"|(\|)|([^\s'"|\\$`;&<>*?(){}[\]#~!]+)|(\s+)|(.)/gs;
  let isOpen = false;
  for (const [, single, double, bar, plain, blank, other] of text.matchAll(pieces)) {
    if (other !== undefined) throw malformed(text, `has ${other} outside of quotes`);
    if (bar !== undefined) parts.push([]);
    const words = parts.at(-1) ?? [];
    const piece = single ?? double ?? plain;
    if (piece !== undefined) words.push(isOpen ? (words.pop() ?? '') + piece : piece);
    isOpen = bar === undefined && blank === undefined;
  }
  return parts;
}

const malformed = (text: string, what: string): ConformError =>
  new ConformError('ERR_CONFIG', `The command "${text}" ${what}.`);
