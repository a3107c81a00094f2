import { allRows, type RowId } from '..';

/** One case of h2spec (version 2.6.0), with the rows that look at the same. */
export interface H2specCase {
  /** Its path as `h2spec` takes it: `http2/6.5.3/2`. */
  readonly id: string;
  readonly rows: readonly RowId[];
  /** Where the case must not be copied as it stands. */
  readonly remark?: string;
}

const closedStreams =
  'a MUST of RFC 7540, a MAY of RFC 9113 section 5.1: what arrives on a closed stream may be passed over in silence';
const strayContinuation = 'a connection error in every state of the stream (RFC 9113 section 6.10)';
const priority =
  'RFC 9113 section 5.3 deprecates priorities: passing over a stream that depends on itself is right too';
const titleOfHpack = 'the octets that h2spec sends are not those that the title of the case names';
const secondFault = 'h2spec sends a second fault with it, so that another rule may answer';

/** Remarks by the path of a case. */
const remarks: Readonly<Record<string, string>> = {
  'http2/5.1/7': strayContinuation,
  'http2/5.1/8': closedStreams,
  'http2/5.1/9': closedStreams,
  'http2/5.1/10': strayContinuation,
  'http2/5.1/11': closedStreams,
  'http2/5.1/12': closedStreams,
  'http2/5.1/13': strayContinuation,
  'http2/5.1.2/1': 'h2spec skips it when the server sets no limit; so do we',
  'http2/5.3.1/1': priority,
  'http2/5.3.1/2': priority,
  'http2/5.4.1/2': 'a SHOULD, which h2spec tests with --strict only',
  'http2/6.9.2/3': 'the value itself is illegal; no case lets the window of an open stream overflow (STREAM-14)',
  'http2/6.10/6': `${secondFault}: DATA inside a field block`,
  'http2/8.1.2.1/3': `${secondFault}: trailers without END_STREAM`,
  'http2/8.1.2.3/2': `${secondFault}: no :method either`,
  'generic/5/2': titleOfHpack,
  'generic/5/3': titleOfHpack,
  'generic/5/12': titleOfHpack,
  'generic/5/13': titleOfHpack,
  'hpack/4.2/1': 'the sentence binds who encodes: a server that accepts it is only warned of',
};

const suitesInOrder = ['generic', 'http2', 'hpack'];

/** Every case that a row names, in the order in which h2spec counts. */
export const h2specCases: readonly H2specCase[] = Object.entries(collectRows())
  .map(([id, rows]): H2specCase => {
    const remark = remarks[id];
    return { id, rows, ...(remark === undefined ? {} : { remark }) };
  })
  .toSorted((a, b) => compareIds(a.id, b.id));

/** Paths that have a remark; each is a case. */
export const remarkedCases: readonly string[] = Object.keys(remarks);

function collectRows(): Readonly<Record<string, readonly RowId[]>> {
  const byCase: Record<string, RowId[]> = {};
  for (const { id, h2spec = [] } of allRows) for (const name of h2spec) (byCase[name] ??= []).push(id);
  return byCase;
}

/** By suite, section and number of the case; a section comes before those in it. */
function compareIds(one: string, other: string): number {
  const parts = (id: string): readonly number[] => {
    const [suite = '', section = '', number = ''] = id.split('/');
    return [suitesInOrder.indexOf(suite), ...section.split('.').map(Number), -1, Number(number)];
  };
  const [a, b] = [parts(one), parts(other)];
  const different = a.findIndex((part, index) => part !== b[index]);
  return (a[different] ?? 0) - (b[different] ?? 0);
}
