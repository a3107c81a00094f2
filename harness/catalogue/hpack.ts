import { rfc7541, rfc9113 } from './requirement';
import { convention, may, must, rows } from './row';

/** HPACK. After every row's stimulus a fresh call is served: on the same connection while that is open, else on a new one. */
export const hpack = rows('HPACK', {
  'HPACK-01-all-representations': must(
    [rfc7541('6.1'), rfc7541('6.2'), rfc7541('5.2')],
    'every legal representation of a field decodes to the same field: indexed or literal in its three forms, the name indexed or spelled out, Huffman-coded or plain',
    {
      sends:
        'a request that is echoed, with the representation and the coding of strings drawn for each field: indexed, literal with indexing, without indexing and never indexed, the name indexed or new, plain or Huffman; repeated on the same connection, so that dynamic entries are used again',
      passes: 'the call is served and the echoed metadata are equal',
      fails: 'an error, or a changed value',
      needs: 'a method that echoes metadata, else a unary one',
      servers:
        'h2spec generic/5/2, 5/3, 5/12 and 5/13 send other octets than their titles say (literals with new names, duplicated payloads), so vectors of our own are needed',
      h2spec: [
        'generic/5/1',
        'generic/5/2',
        'generic/5/3',
        'generic/5/4',
        'generic/5/5',
        'generic/5/6',
        'generic/5/7',
        'generic/5/8',
        'generic/5/9',
        'generic/5/10',
        'generic/5/11',
        'generic/5/12',
        'generic/5/13',
      ],
    },
  ),
  'HPACK-02-dynamic-table-model': must(
    [rfc7541('2.3.2', 'must'), rfc7541('2.3.3'), rfc7541('4.1'), rfc7541('4.4')],
    'insertion, duplicate entries, FIFO eviction and index shifting follow the model over many field blocks',
    {
      sends:
        'field blocks of a reference encoder that keeps a table of its own (4096 octets, or the size that the server advertises) and prefers references to old entries: entries of sizes near the limit, many insertions (more than 128 and more than 256 on one connection), references to old entries and to the oldest that survives',
      passes: 'every echoed value equals that of the model',
      fails: 'any difference, or COMPRESSION_ERROR',
      needs: 'a method that echoes metadata',
    },
  ),
  'HPACK-03-oversize-entry-empties-table': must(
    rfc7541('4.4'),
    'adding an entry larger than the table is not an error; it empties the table',
    {
      sends: 'a size update to a small table, an added entry that is larger, then a reference to index 62',
      passes:
        'the oversize field itself is delivered; the reference to index 62 is a connection error COMPRESSION_ERROR',
      fails: 'an error on the insertion, or an old entry is served',
      needs: 'a method that echoes metadata',
    },
  ),
  'HPACK-04-size-update-accepted': must(
    [rfc7541('4.2'), rfc7541('6.3'), rfc9113('4.3.1')],
    'one or two dynamic table size updates at the start of a block, up to the advertised maximum, are applied',
    {
      sends:
        'a size update to 0, or to 1 up to the maximum; two updates (small, then large) before the first field; then a block that uses insertions',
      passes: 'the call is served, and evictions are those of the model',
      fails: 'an error',
      follows:
        'the format of a field block has size updates at its start; a decoder that refuses them cannot read what an encoder may write',
      needs: 'a method that echoes metadata',
      servers: 'measured: grpc-go refuses the second of two updates while its table has entries (x/net http2/hpack)',
      h2spec: ['generic/5/14', 'generic/5/15'],
    },
  ),
  'HPACK-05-size-update-misplaced': convention(
    rfc7541('4.2'),
    'a size update after the first field representation of a block is refused as a decoding error',
    {
      sends:
        'a valid block with 0x21 at its end or in its middle. RFC 7541 §4.2 binds the encoder; no sentence tells the decoder to refuse',
      passes: 'a connection error COMPRESSION_ERROR',
      warns: 'the update is accepted',
      fails: 'a hang, or wrong values of fields in this block or a later one',
      needs: 'any',
      servers:
        'measured: C-core accepts it, grpc-go only while its table is empty; h2spec#78 asks the same question and is open',
      h2spec: ['hpack/4.2/1'],
    },
  ),
  'HPACK-06-size-update-too-large': must(
    rfc7541('6.3', 'must'),
    'a size update above the acknowledged SETTINGS_HEADER_TABLE_SIZE is a decoding error',
    {
      sends:
        "a size update to the advertised size (4096 when none is advertised) plus 1, plus a random number, and to 2^31; the limit is read from the server's SETTINGS after the client has acknowledged them",
      passes: 'a connection error COMPRESSION_ERROR',
      fails: 'the update is accepted',
      needs: 'any',
      h2spec: ['hpack/6.3/1'],
    },
  ),
  'HPACK-07-more-than-two-size-updates': may(
    rfc7541('4.2'),
    'RFC 7541 §4.2 says an encoder needs at most two; a decoder may accept or refuse three',
    {
      sends: '3 to 5 size updates at the start of a block',
      passes: 'the call is served, or a connection error',
      fails: 'a hang, or a crash',
      needs: 'a method that echoes metadata, which shows that the table is right behind them',
      servers: 'measured: C-core refuses, grpc-js accepts',
    },
  ),
  'HPACK-08-missing-size-update': must(
    rfc9113('4.3.1', 'must'),
    'when the server lowered HEADER_TABLE_SIZE below the current table and the client acknowledged, a block without the size update is COMPRESSION_ERROR',
    {
      sends:
        'only to a server that advertises less than 4096 in its first SETTINGS: the acknowledgement, on a new connection or behind requests that filled the table, then a block without size update, with literals alone, with a new entry, or with a reference to an old one; then a request with literals alone',
      passes: 'a connection error COMPRESSION_ERROR',
      warns: 'the block is accepted',
      fails: 'a hang, or wrong values of fields',
      needs: 'a server that advertises less than 4096',
      servers:
        'hardly any server leaves its table less than the 4096 octets with which it starts, so on most the row cannot be tested',
    },
  ),
  'HPACK-09-invalid-index': must(
    [rfc7541('2.3.3', 'must'), rfc7541('6.1', 'must'), rfc9113('4.3', 'must')],
    'index 0, and any index past the static and the dynamic table, is a decoding error and so a connection error',
    {
      sends:
        '0x80; an index of 62 + n (n = present entries) and above, up to 2^20, as an indexed field and as the indexed name of a literal',
      passes: 'a connection error COMPRESSION_ERROR',
      fails: 'the block is accepted, or only the stream ends and the connection is kept',
      needs: 'any',
      h2spec: ['hpack/2.3.3/1', 'hpack/2.3.3/2', 'hpack/6.1/1'],
    },
  ),
  'HPACK-10-invalid-huffman': must(
    rfc7541('5.2', 'must'),
    'Huffman padding longer than 7 bits, padding that is not the EOS prefix (all ones), or an encoded EOS symbol is a decoding error',
    {
      sends:
        "each of the three defects in a name or a value, over the string's content, the position and the number of bits of padding",
      passes: 'a connection error COMPRESSION_ERROR',
      fails: 'the block is accepted',
      needs: 'any',
      servers: 'measured: C-core accepts padding that is too long, and EOS, and refuses padding of zeros',
      h2spec: ['hpack/5.2/1', 'hpack/5.2/2', 'hpack/5.2/3'],
    },
  ),
  'HPACK-11-truncated-or-overlong': must(
    [rfc7541('5.1', 'must'), rfc7541('5.2'), rfc9113('4.3', 'must')],
    'a block ending inside a representation, a string longer than the block, or an integer beyond implementation limits is a decoding error',
    {
      sends:
        'a valid block cut at a random octet, with END_HEADERS set; a string that is longer than what remains of the block; integers with up to 10 continuation octets (0xff 0x80…)',
      passes: 'a connection error COMPRESSION_ERROR',
      warns: 'only recorded: an over-long encoding of a value in range (padding zeros) is accepted',
      fails: 'a hang, or a part of the fields is served',
      needs: 'any',
      h2spec: ['http2/4.3/1'],
    },
  ),
  'HPACK-12-context-survives-rejections': must(
    [rfc9113('4.3', 'must'), rfc9113('5.1', 'must'), rfc9113('6.8', 'must')],
    'the field blocks of refused, malformed, cancelled and unknown requests still update the decoder that all streams share',
    {
      sends:
        'a block that inserts entries but whose stream is refused (HTTP status 415, an unknown path, a malformed te, RST_STREAM before it is processed, more streams than MAX_CONCURRENT_STREAMS, a stream after GOAWAY); then a block that refers to these entries. What is above the limit of streams or behind GOAWAY is played by MUX-03 and KA-15',
      passes:
        'the second call is served with the right values, or the connection was closed at the first block already',
      fails: 'COMPRESSION_ERROR or a wrong value at the second block',
      needs: 'a method that echoes metadata',
      servers: 'this is the classic bug of silent corruption, worth a large generated space',
      matters: true,
    },
  ),
  'HPACK-13-encoder-honours-client-table-size': must(
    [rfc9113('4.3.1', 'must'), rfc7541('4.2', 'must'), rfc7541('6.3', 'must')],
    "the server's encoder never uses more than the client's HEADER_TABLE_SIZE and announces a reduction at the start of the next block",
    {
      sends:
        "the client's HEADER_TABLE_SIZE at 0, 64, 4096 and 65536, changed several times in mid-connection; many calls with repeated metadata; the client's decoder has hard limits",
      passes:
        "all blocks decode under the strict decoder; after the server's acknowledgement of a reduction the next block starts with a size update to at most the new size",
      fails: 'an error of the decoder',
      needs: 'a method that echoes metadata',
      servers:
        'RFC 9113 itself warns that reductions interoperate poorly; below 4096 in the preface is safest; measured: C-core and grpc-js pass with 0',
    },
  ),
  'HPACK-14-server-blocks-decode-strictly': must(
    [rfc7541('3'), rfc7541('5'), rfc7541('6')],
    'every field block of the server decodes with a strict RFC 7541 decoder',
    {
      sends: 'nothing special: every response is watched',
      passes: 'no decoding error, right Huffman padding, no misplaced size update',
      fails: 'anything else',
      follows: 'RFC 7541 defines what a field block is; octets that do not decode are none',
      needs: 'any',
    },
  ),
  'HPACK-15-empty-field-block': must(
    [rfc9113('8.3.1'), rfc9113('8.1.1')],
    'HEADERS with an empty field block is a request without pseudo-headers: malformed, not a decoding error',
    {
      sends: 'HEADERS of length 0 with END_HEADERS, with END_STREAM or without',
      passes: 'a refusal',
      fails: 'a crash, a hang, or a handler starts',
      follows: 'a block without fields is a legal block, so that only the missing pseudo-header fields are at fault',
      needs: 'any',
    },
  ),
  'HPACK-16-smallest-size-signalled': must(
    [rfc7541('4.2', 'must'), rfc9113('4.3.1', 'must')],
    "when the table limit went down and up again between two blocks, the server's next block signals the smallest value too",
    {
      sends:
        "calls that fill the server's table; then SETTINGS with HEADER_TABLE_SIZE a, then with b > a, each acknowledged, and no response block in between; then calls. a is 0 or 1 to 4095, b up to 65536; several rounds",
      passes:
        'the first block starts with a size update to at most a (then possibly one to at most b), or the size declared before was at most a already',
      warns: 'only recorded: both values were in one SETTINGS frame and only the last is signalled',
      fails: 'no such size update; an index to an entry that went when the limit was a',
      needs: 'a method that echoes metadata',
      servers:
        "grpc-java's okhttp transport broke this (PR#12818, PR#4276). The strict decoder knows the rule; what it lacks is this stimulus (HPACK-13)",
    },
  ),
});
