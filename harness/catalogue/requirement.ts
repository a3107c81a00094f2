/** How binding a rule is. `convention`: in no specification, but all or nearly all servers do it or a user depends on it. */
export type Level = 'must' | 'should' | 'may' | 'convention';

/**
 * How strongly the strongest sentence of a place speaks about a row: by its key word (of gRPC documents also in lower case), as a `statement` without one (a
 * grammar, a table, a definition, a test description), or as a `convention` that no document of these has.
 */
export type Strength = 'must' | 'should' | 'may' | 'statement' | 'convention';

/** What a place says about a rule, for people. */
export const strengthMeanings: Readonly<Record<Strength, string>> = {
  must: 'says must',
  should: 'says should',
  may: 'says may',
  statement: 'states it, without a key word',
  convention: 'does not demand it',
};

export interface Source {
  /** Name of the document as people say it: `RFC 9113`, `gRPC over HTTP/2`. */
  readonly document: string;
  /** Section number or title. */
  readonly section: string;
  readonly url: string;
  /** Absent in run files of older versions. */
  readonly strength?: Strength;
}

/** The sentence that a row tests. */
export interface Requirement {
  readonly level: Level;
  /** The place of the rule; the first is the one that says it most directly. */
  readonly sources: readonly Source[];
  /** The rule in our own words, one sentence, no full stop. */
  readonly rule: string;
}

/** Appendices of RFCs are lettered. */
const isAppendix = (section: string): boolean => /^[A-Z]/.test(section);

const rfc =
  (number: number) =>
  (section: string, strength: Strength = 'statement'): Source => ({
    document: `RFC ${number}`,
    section: isAppendix(section) ? `App. ${section}` : `§${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#${isAppendix(section) ? 'appendix' : 'section'}-${section}`,
    strength,
  });

/** HTTP/2. */
export const rfc9113 = rfc(9113);
/** HPACK. */
export const rfc7541 = rfc(7541);
/** HTTP semantics. */
export const rfc9110 = rfc(9110);
/** ALPN. */
export const rfc7301 = rfc(7301);
/** TLS 1.3. */
export const rfc8446 = rfc(8446);
/** Extensible priorities: PRIORITY_UPDATE and SETTINGS 0x9. */
export const rfc9218 = rfc(9218);
/** Extended CONNECT and SETTINGS 0x8. */
export const rfc8441 = rfc(8441);
/** The ORIGIN frame. */
export const rfc8336 = rfc(8336);

const grpcDocument =
  (document: string, file: string) =>
  (section = '', strength: Strength = 'statement'): Source => ({
    document,
    section,
    url: `https://github.com/grpc/grpc/blob/master/doc/${file}${section === '' ? '' : `#${anchorOf(section)}`}`,
    strength,
  });

/** GitHub's anchor of a heading: lower case, blanks to hyphens, other punctuation dropped. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replace(/ /g, '-');
}

/** gRPC over HTTP/2. Of all these documents the first argument is a heading, empty for the whole; the second is how strongly it speaks, a statement when left out. */
export const grpcHttp2 = grpcDocument('gRPC over HTTP/2', 'PROTOCOL-HTTP2.md');
export const grpcCompression = grpcDocument('gRPC compression', 'compression.md');
export const grpcStatusCodes = grpcDocument('gRPC status codes', 'statuscodes.md');
/** What HTTP status codes without grpc-status mean to a client, and that servers make none of theirs from it. */
export const grpcHttpMapping = grpcDocument('HTTP to gRPC status mapping', 'http-grpc-status-mapping.md');
export const grpcInterop = grpcDocument('gRPC interop tests', 'interop-test-descriptions.md');
export const grpcHealth = grpcDocument('gRPC health checking', 'health-checking.md');
export const grpcKeepalive = grpcDocument('gRPC keepalive', 'keepalive.md');
export const grpcReflection = grpcDocument('gRPC server reflection', 'server-reflection.md');

/** What the comments of a published .proto file say about its services and messages. */
const protoFile =
  (document: string, url: string) =>
  (strength: Strength = 'statement'): Source => ({ document, section: '', url, strength });

/** The health service, as its file describes it. */
export const healthProto = protoFile(
  'health.proto',
  'https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto',
);
/** The reflection service, as its file describes it. */
export const reflectionProto = protoFile(
  'reflection.proto',
  'https://github.com/grpc/grpc/blob/master/src/proto/grpc/reflection/v1/reflection.proto',
);
/** The message that carries a status with its details. */
export const googleRpcStatus = protoFile(
  'google.rpc.Status',
  'https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto',
);

/** How protobuf messages are written and read. */
export const protobufEncoding = (): Source => ({
  document: 'Protocol Buffers encoding',
  section: '',
  url: 'https://protobuf.dev/programming-guides/encoding/',
  strength: 'statement',
});

/** A gRPC proposal by its file name without `.md`, e.g. `A9-server-side-conn-mgt`. */
export const grpcProposal = (file: string, strength: Strength = 'statement'): Source => ({
  document: `gRFC ${file.split('-')[0]}`,
  section: '',
  url: `https://github.com/grpc/proposal/blob/master/${file}.md`,
  strength,
});

/** What every server on a network owes, written in no document. */
export const robustness: Source = {
  document: 'Robustness',
  section: '',
  url: 'https://www.rfc-editor.org/rfc/rfc9113.html#section-10.5',
  strength: 'convention',
};

/** A published weakness. */
export const cve = (id: string): Source => ({
  document: id,
  section: '',
  url: `https://nvd.nist.gov/vuln/detail/${id}`,
  strength: 'convention',
});

/** A published weakness of a Rust crate. */
export const rustsec = (id: string): Source => ({
  document: id,
  section: '',
  url: `https://rustsec.org/advisories/${id}.html`,
  strength: 'convention',
});
