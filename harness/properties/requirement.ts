/** How binding a rule is. `convention`: in no specification, but all or nearly all servers do it or a user depends on it. */
export type Level = 'must' | 'should' | 'may' | 'convention';

export interface Source {
  /** Name of the document as people say it: `RFC 9113`, `gRPC over HTTP/2`. */
  readonly document: string;
  /** Section number or title. */
  readonly section: string;
  readonly url: string;
}

/** The sentence that a property tests. */
export interface Requirement {
  readonly level: Level;
  /** The place of the rule; the first is the one that says it most directly. */
  readonly sources: readonly Source[];
  /** The rule in our own words, one sentence, no full stop. */
  readonly rule: string;
}

const requirement = (level: Level, sources: Source | readonly Source[], rule: string): Requirement => ({
  level,
  sources: Array.isArray(sources) ? sources : [sources as Source],
  rule,
});

/** A rule with a normative MUST (or a lower-case "must" of a gRPC document). */
export const must = (sources: Source | readonly Source[], rule: string): Requirement =>
  requirement('must', sources, rule);
/** A normative recommendation. */
export const should = (sources: Source | readonly Source[], rule: string): Requirement =>
  requirement('should', sources, rule);
/** Permitted behaviour: the property pins what is not allowed around it. */
export const may = (sources: Source | readonly Source[], rule: string): Requirement =>
  requirement('may', sources, rule);
/** Written in no specification, but all or nearly all servers do it, or a real user depends on it. */
export const convention = (sources: Source | readonly Source[], rule: string): Requirement =>
  requirement('convention', sources, rule);

const rfc =
  (number: number) =>
  (section: string): Source => ({
    document: `RFC ${number}`,
    section: `§${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  });

/** HTTP/2. */
export const rfc9113 = rfc(9113);
/** HPACK. */
export const rfc7541 = rfc(7541);
/** HTTP semantics. */
export const rfc9110 = rfc(9110);

const grpcDocument =
  (document: string, file: string) =>
  (section?: string): Source => ({
    document,
    section: section ?? '',
    url: `https://github.com/grpc/grpc/blob/master/doc/${file}${section === undefined ? '' : `#${anchorOf(section)}`}`,
  });

/** GitHub's anchor of a heading: lower case, blanks to hyphens, other punctuation dropped. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replace(/ /g, '-');
}

/** gRPC over HTTP/2; the argument is a heading of that document. */
export const grpcHttp2 = grpcDocument('gRPC over HTTP/2', 'PROTOCOL-HTTP2.md');
export const grpcCompression = grpcDocument('gRPC compression', 'compression.md');
export const grpcStatusCodes = grpcDocument('gRPC status codes', 'statuscodes.md');
export const grpcInterop = grpcDocument('gRPC interop tests', 'interop-test-descriptions.md');
export const grpcHealth = grpcDocument('gRPC health checking', 'health-checking.md');
export const grpcKeepalive = grpcDocument('gRPC keepalive', 'keepalive.md');
export const grpcReflection = grpcDocument('gRPC server reflection', 'server-reflection.md');

/** How protobuf messages are written and read. */
export const protobufEncoding = (): Source => ({
  document: 'Protocol Buffers encoding',
  section: '',
  url: 'https://protobuf.dev/programming-guides/encoding/',
});

/** A gRPC proposal by its file name without `.md`, e.g. `A9-server-side-conn-mgt`. */
export const grpcProposal = (file: string): Source => ({
  document: `gRFC ${file.split('-')[0]}`,
  section: '',
  url: `https://github.com/grpc/proposal/blob/master/${file}.md`,
});

/** What every server on a network owes, written in no document. */
export const robustness: Source = {
  document: 'Robustness',
  section: '',
  url: 'https://www.rfc-editor.org/rfc/rfc9113.html#section-10.5',
};

/** A published weakness. */
export const cve = (id: string): Source => ({
  document: id,
  section: '',
  url: `https://nvd.nist.gov/vuln/detail/${id}`,
});
