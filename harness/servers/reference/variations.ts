import type { Claims } from '../../facts/claims';
import { maxFrameLength, maxWindow } from '../../wire/settings';
import { isInRange, joinNameAndValue, splitNameAndValue, type ValueRange } from './value-range';
import type { Decision, Variation } from './variation';

/** A choice of form: no client notices it. */
const form = (says: string, decides?: Decision): Variation => ({
  says,
  about: 'form',
  judges: 'all',
  ...(decides === undefined ? {} : { decides }),
});

/** A trait of the target that clients must reckon with. */
const target = (says: string, touches: readonly string[], more: Partial<Variation> = {}): Variation => ({
  says,
  about: 'target',
  judges: 'all',
  touches,
  ...more,
});

const range = (unit: string, least: number, most: number, always: readonly number[]): ValueRange => ({
  unit,
  least,
  most,
  always,
});

const oneOf = (unit: string, among: readonly number[]): ValueRange => ({
  unit,
  least: Math.min(...among),
  most: Math.max(...among),
  among,
  always: among,
});

/** Rows with calls side by side. */
const streams = ['MSG-02', 'DL-01', 'CANC-03', 'FLOW-03', 'MUX-01', 'MUX-02'];
/** Rows that reckon with the table of requests. */
const tables = ['HPACK-02', 'HPACK-03', 'HPACK-04', 'HPACK-06', 'HPACK-08', 'HPACK-12'];
/** Rows about the length of frames. */
const frames = ['FRAME-04', 'FRAME-05', 'STREAM-15'];
/** Rows with calls that wait for others. */
const waits = [...streams, 'CANC-01', 'RPC-04', 'STATUS-08', 'COMP-02'];
/** Rows with large header lists. */
const headers = ['REQ-24', 'REQ-25', 'REQ-26', 'REQ-31', 'REQ-32', 'RESP-08', 'TRAIL-08', 'STATUS-03'];
/** Rows with large requests. */
const sizes = ['EOS-02', 'FRAME-04', 'RPC-02', 'RPC-07', 'STREAM-15', 'STREAM-16', 'MSG-08'];
/** Rows with many calls on one connection, or slow ones. */
const endings = ['STREAM-16', 'CANC-03', 'MUX-01', 'MUX-02', 'DL-01', 'FRAME-01', 'METHOD-04', 'KA-01'];
const emptyFrames = ['MSG-02', 'MSG-05', 'EOS-01', 'RPC-01', 'MUX-01', 'METHOD-04'];
const deadlines = ['DL-01', 'DL-03', 'DL-06', 'DL-07', 'DL-09', 'DL-10', 'METHOD-07'];

/** Rows need several calls at once, and few are left when a connection takes hardly any. */
const needsSeveral = 'what needs more calls on one connection than it takes cannot be asked';

/**
 * Legal choices of a server: with any of them the server still obeys every rule, and no property may complain. All can be combined but those that decide
 * the same.
 */
const table = {
  'one-octet-data': form('The first 16 octets of every message travel in DATA frames of one octet'),
  'full-size-data': form(
    'DATA frames are as large as the SETTINGS_MAX_FRAME_SIZE of the client allows, not 16,384 octets',
  ),
  'empty-data': form('An empty DATA frame goes before every other DATA frame'),
  'strict-padding': form('Padding of DATA that is not zero is a connection error'),
  'padded-frames': form('DATA and HEADERS are padded'),
  'continuation-everywhere': form(
    'Every field block is cut into HEADERS and three CONTINUATION frames, one of them empty',
  ),
  'no-huffman': form('Strings in field blocks are never Huffman-coded'),
  'no-dynamic-table': form('Field blocks put nothing into the dynamic table'),
  'table-size-updates': form('Every field block starts with two dynamic table size updates, to 0 and back'),
  'server-pings': form('The server sends a PING with its SETTINGS and with every eighth request'),
  'unknown-frames': form('Frames of unknown types go before field blocks and DATA'),
  'interim-responses': form('Interim responses (103, 100) go before Response-Headers'),
  'extra-headers': form('Response-Headers also carry date, server and x-powered-by'),
  'spaced-accept-encoding': form('grpc-accept-encoding has a space after each comma'),
  'late-accept-encoding': {
    ...form('Brotli is accepted, too, and grpc-accept-encoding is sent with the refusal of an encoding alone'),
    warned: ['COMP-17'],
  },
  'one-gzip-member': form('A message of several gzip members is refused with INTERNAL', 'how odd gzip is answered'),
  'raw-deflate': form('Raw deflate is taken for deflate as well'),
  'empty-gzip': form('A compressed message of no octets is an empty message', 'how odd gzip is answered'),
  'strict-encoding': form('An unknown grpc-encoding is refused with UNIMPLEMENTED, whether or not a message uses it'),
  'joined-metadata': form('Values of one metadata name are joined with commas in one field'),
  'compressed-answers': form('Every answer is compressed when the client accepts it', 'what encoding an answer has'),
  'encode-every-octet': form('Every octet of grpc-message is percent-encoded'),
  'never-trailers-only': form('Every response has Response-Headers and Trailers, even an error without messages'),
  'reset-on-deadline': {
    ...form(
      'A call past its deadline ends with RST_STREAM(CANCEL), without trailers',
      'how a call past its deadline ends',
    ),
    // A stop that is forced cuts calls short in the same way.
    warned: ['STATUS-15'],
  },
  'cancelled-on-deadline': form(
    'A call past its deadline ends with status CANCELLED, not DEADLINE_EXCEEDED',
    'how a call past its deadline ends',
  ),
  'zero-timeout-refused': form(
    'A timeout of zero, which is no positive integer, is refused as a malformed one',
    'what becomes of a timeout of zero',
  ),
  'zero-timeout-late': form(
    'A call with a timeout of zero expires a moment later, so that a quick handler may have answered',
    'what becomes of a timeout of zero',
  ),
  'no-reset-after-early-trailers': {
    ...form('No RST_STREAM(NO_ERROR) follows trailers that come before the half-close of the client'),
    warned: ['EOS-08'],
  },
  'early-handlers': form(
    'Handlers of unary and server-streaming methods start with the first message; their answer waits for the half-close',
  ),
  'delayed-errors': form('Malformed and refused requests are answered 300 ms later'),
  'http-errors': form(
    'Malformed requests are answered by HTTP status 400, not by RST_STREAM',
    'how a malformed request is answered',
  ),
  'http-415-body': form('The answer to a content-type that is not gRPC has a text body that ends on DATA'),
  'escalated-errors': {
    ...form('Stream errors are treated as connection errors', 'how a malformed request is answered'),
    warned: ['STREAM-21'],
  },
  'no-goaway': {
    ...form('Connection errors close the connection without GOAWAY'),
    warned: ['CONN-08'],
  },
  'resets-behind-goaway': form(
    'GOAWAY with an error is followed by RST_STREAM(NO_ERROR) for every stream, as HAProxy does',
  ),
  'ping-enforcement': form(
    'Too many PINGs without traffic end in GOAWAY(ENHANCE_YOUR_CALM) with too_many_pings, from the fourth on',
  ),
  'eager-window-updates': form('Credit is returned with every DATA frame', 'when credit is returned'),
  'late-window-updates': form(
    'Credit is returned only when three quarters of a window are used up',
    'when credit is returned',
  ),
  'many-settings': form(
    'The first SETTINGS has many entries, unknown and repeated ones among them, and the windows are larger than the initial ones',
    'how large the window of a request is',
  ),
  'changing-settings': form(
    'The server sends another SETTINGS with a larger window at every third request',
    'how large the window of a request is',
  ),
  'one-step-shutdown': form('A graceful shutdown sends its two GOAWAYs at once, without waiting for a round trip'),

  // Limits that are announced (RFC 9113 §6.5.2) or only shown.
  'max-streams': target('SETTINGS_MAX_CONCURRENT_STREAMS is that number, and streams beyond it are refused', streams, {
    value: range('streams', 1, 1000, [1, 4, 7, 8]),
    decides: 'how many streams there may be',
    judges: { atLeast: 50, because: needsSeveral },
  }),
  'max-streams-lowered': target(
    'SETTINGS_MAX_CONCURRENT_STREAMS is 100, and that number from the second request of a connection on',
    streams,
    {
      value: range('streams', 1, 99, [2]),
      decides: 'how many streams there may be',
      judges: { atLeast: 50, because: needsSeveral },
    },
  ),
  'max-streams-late': target('SETTINGS_MAX_CONCURRENT_STREAMS is 0 first, and 100 after that time', streams, {
    value: range('milliseconds', 1, 500, [20]),
    decides: 'how many streams there may be',
  }),
  'header-list': target(
    'SETTINGS_MAX_HEADER_LIST_SIZE is that size, and requests beyond it end with RESOURCE_EXHAUSTED',
    headers,
    {
      value: range('octets', 1024, 65_536, [2048, 4096]),
      decides: 'how large a header list may be',
      judges: { atLeast: 65, because: 'what is larger than it takes cannot be asked' },
    },
  ),
  'header-list-unsaid': target(
    'Requests with a header list beyond that size end with RESOURCE_EXHAUSTED, and no SETTINGS says so',
    headers,
    {
      value: range('octets', 1024, 65_536, [8192]),
      decides: 'how large a header list may be',
      judges: { atLeast: 65, because: 'what is larger than it takes cannot be asked' },
    },
  ),
  'http-431': target('A request whose header list is too large is answered by HTTP status 431', headers, {
    decides: 'how a large header list is answered',
  }),
  'header-list-ends-connection': target(
    'A request whose header list is too large ends the connection with ENHANCE_YOUR_CALM',
    headers,
    { decides: 'how a large header list is answered' },
  ),
  'message-limit': target('A request message of more octets ends its call with RESOURCE_EXHAUSTED', sizes, {
    value: range('octets', 4096, 4_194_304, [20_480, 65_536]),
    judges: { atLeast: 65, because: 'what is larger than it takes cannot be asked' },
  }),
  'body-limit': target(
    'A request whose DATA is longer is answered by HTTP status 413, or reset when its answer has begun',
    sizes,
    {
      value: range('octets', 8192, 16_777_216, [20_480, 1_048_576]),
      judges: { atLeast: 65, because: 'what is larger than it takes cannot be asked' },
    },
  ),
  'answer-header-limit': target(
    'An answer that begins with a larger header list does not get through a gateway, which answers by HTTP status 502',
    headers,
    {
      value: range('octets', 1024, 65_536, [4096]),
      judges: { atLeast: 65, because: 'what is larger than it takes cannot be asked' },
    },
  ),
  'initial-window': target(
    'SETTINGS_INITIAL_WINDOW_SIZE is that size; where it is less than the initial value, WINDOW_UPDATE makes up for it when a stream opens',
    sizes,
    {
      value: range('octets', 0, maxWindow, [0, 1, 1_048_576, 2 ** 30, maxWindow]),
      decides: 'how large the window of a request is',
    },
  ),
  'header-table': target('SETTINGS_HEADER_TABLE_SIZE is that size', tables, {
    value: range('octets', 0, 65_536, [0, 256, 65_536]),
  }),
  'largest-frame': target('SETTINGS_MAX_FRAME_SIZE is that size', frames, {
    value: range('octets', 16_384, maxFrameLength, [1_048_576, maxFrameLength]),
    judges: { atLeast: 150, because: 'no frame is longer than the largest value' },
  }),
  'late-size-updates': target('A table size update behind a field is followed, as C-core does', ['HPACK-05'], {
    warned: ['HPACK-05'],
  }),
  'two-size-updates': target('More than two table size updates in one block are a connection error', ['HPACK-07']),
  handlers: target('So many handlers run at a time, and other calls wait for their turn', waits, {
    value: range('handlers', 1, 64, [1, 2]),
    judges: { atLeast: 50, because: 'what needs handlers side by side cannot be asked' },
  }),

  // Connections that end by design.
  'calls-per-connection': target('A connection is shut down gracefully, in two steps, at that request', endings, {
    value: range('calls', 1, 1000, [1, 5]),
    decides: 'when a connection has served enough',
    judges: { atLeast: 40, because: needsSeveral },
  }),
  'calls-per-connection-at-once': target(
    'At that request of a connection GOAWAY names it as the last one, and requests after it are passed over',
    endings,
    {
      value: range('calls', 1, 1000, [1, 5]),
      decides: 'when a connection has served enough',
      judges: { atLeast: 40, because: needsSeveral },
    },
  ),
  keepalive: target(
    'A connection from which nothing comes for that time is sent a PING, and dropped when nothing comes for as long again',
    ['KA-07', 'KA-14'],
    {
      value: range('milliseconds', 1000, 60_000, [3000]),
      claims: (time) => ({ keepaliveTime: time, keepaliveTimeout: time }),
    },
  ),
  'idle-close': target('A connection without streams is shut down gracefully after that time', [...endings, 'KA-11'], {
    claims: (maxIdle) => ({ maxIdle }),
    value: range('milliseconds', 20, 60_000, [100]),
    judges: { atLeast: 70, because: 'what leaves a connection without streams for longer cannot be asked' },
  }),
  'connection-age': target('A connection is shut down gracefully after that time', [...endings, 'KA-11'], {
    // Calls may go on for ever.
    claims: (maxAge) => ({ maxAge, maxAgeGrace: maxAge }),
    value: range('milliseconds', 100, 60_000, [500]),
    judges: { atLeast: 40, because: 'what takes longer than a connection lives cannot be asked' },
  }),
  'empty-frames': target(
    'That many empty DATA frames in a row end the connection with ENHANCE_YOUR_CALM',
    emptyFrames,
    {
      value: range('frames', 1, 1000, [2]),
      decides: 'how many empty frames there may be',
    },
  ),
  'empty-frames-bare': target('That many empty DATA frames in a row end the connection without GOAWAY', emptyFrames, {
    value: range('frames', 1, 1000, [2]),
    decides: 'how many empty frames there may be',
  }),
  'repeated-settings': target(
    'SETTINGS that repeat an identifier are taken for an attack: GOAWAY with PROTOCOL_ERROR',
    ['CONN-01', 'CONN-05'],
  ),

  // What stands in front of a server.
  'refuse-calls': target(
    'Every call ends with that status at once, whatever it asks for',
    ['REQ-21', 'RPC-01', 'METHOD-01'],
    {
      value: oneOf('status', [7, 14, 16]),
      decides: 'which calls are let through',
      judges: { atLeast: 5, because: 'no call is served' },
    },
  ),
  'refused-every': target('Every call that is a multiple of that number is refused by REFUSED_STREAM', endings, {
    value: range('calls', 2, 1000, [5, 20]),
    judges: { atLeast: 60, because: 'an input of many calls meets a refusal each time that it is played' },
  }),
  'rate-limit': target(
    'Calls beyond so many in a second end with UNAVAILABLE, and grpc-retry-pushback-ms says when to come again',
    ['RPC-01', 'STATUS-01', 'COMP-02'],
    {
      value: range('calls', 50, 1000, [100]),
      decides: 'which calls are let through',
      judges: { atLeast: 150, because: 'a flood of calls leaves none to anybody else' },
    },
  ),
  'late-unimplemented': target('An unknown method is refused when the request has ended, not before', ['REQ-21'], {
    decides: 'how an unknown path is answered',
  }),
  'http-404': target('An unknown path is answered by HTTP status 404', ['REQ-21'], {
    warned: ['REQ-21'],
    decides: 'how an unknown path is answered',
  }),
  'http-400-json': target(
    'A request of application/json is taken for another protocol and answered by HTTP status 400',
    ['REQ-16'],
  ),
  'options-204': target('OPTIONS is answered by HTTP status 204, with the fields of CORS', ['REQ-03']),
  'flawed-fields-dropped': target(
    'Fields with octets that HTTP/2 forbids, or blanks around the value, are dropped, and the request is served, as nghttp2 does',
    ['REQ-08', 'REQ-09', 'REQ-10'],
    { decides: 'what is done with flawed fields', warned: ['REQ-08', 'REQ-09'] },
  ),
  'blanks-stripped': target('Blanks around a field value are stripped, not refused', ['REQ-10'], {
    decides: 'what is done with flawed fields',
  }),
  'te-required': target('A request without te is malformed', ['REQ-13'], { decides: 'which te is taken' }),
  'te-as-list': target('te is read as a list whose members have no case and may be empty', ['REQ-13'], {
    decides: 'which te is taken',
  }),
  'empty-values-dropped': target('Metadata with an empty value is left out, which ASCII-Value does not have', [
    'REQ-11',
    'REQ-24',
    'HPACK-01',
  ]),
  'any-value-passed': target('Metadata values outside of ASCII are handed over and copied, not left out', [
    'REQ-11',
    'RESP-08',
  ]),
  'scheme-checked': target('A request whose scheme does not fit the transport is malformed, as Kestrel takes it', [
    'REQ-14',
  ]),
  'content-type-prefix': target(
    'Any content-type that begins with application/grpc is served, whatever follows, in these letters alone',
    ['REQ-15', 'REQ-16', 'REQ-17'],
  ),
  'authority-required': target('A request with neither :authority nor Host is malformed', ['REQ-18', 'REQ-20'], {
    decides: 'which authority is taken',
  }),
  'strict-authority': target('An :authority that is no host with or without a port is malformed', ['REQ-20'], {
    decides: 'which authority is taken',
  }),
  'any-authority': target('An :authority with userinfo is taken', ['REQ-20'], { decides: 'which authority is taken' }),
  'host-discarded': target('Beside :authority, Host is not looked at', ['REQ-19']),
  'path-normalised': target(
    'A query, a parameter, dot segments and escapes are removed from a path before it is looked up, and the slash at its end',
    ['REQ-21', 'REQ-22', 'REQ-23'],
    { warned: ['REQ-22', 'REQ-23'] },
  ),
  'gateway-deadline': target(
    'A call past its deadline is answered by that HTTP status, or reset when its answer has begun',
    deadlines,
    {
      value: oneOf('HTTP status', [502, 503, 504]),
      judges: { atLeast: 65, because: 'many calls that are answered in front of the server say nothing of it' },
      decides: 'how a call past its deadline ends',
      warned: ['RESP-01', 'DL-03', 'DL-06', 'DL-07', 'METHOD-07'],
    },
  ),
  'deadline-status': target('A call past its deadline ends with that status', deadlines, {
    value: oneOf('status', [2, 14]),
    warned: ['DL-03', 'DL-06', 'DL-07', 'METHOD-07'],
    decides: 'how a call past its deadline ends',
  }),
  'prefers-http1': target(
    'ALPN selects http/1.1 where a client offers it, and h2 where it offers h2 alone',
    ['TLS-01'],
    {
      tls: true,
    },
  ),
  'client-certificates': target('Nobody is served without the client certificate that it trusts', ['TLS-07'], {
    tls: true,
  }),
  'mirrored-encoding': target(
    'An answer is compressed in the encoding of its request where grpc-accept-encoding names it, and where there is no such field',
    ['METHOD-11', 'COMP-02'],
    { decides: 'what encoding an answer has', warned: ['COMP-13'] },
  ),
  'lossy-maps': target('A map entry with an unknown field in it is dropped, as upb does', ['METHOD-03', 'METHOD-04']),
  'field-zero': target('The octets 02 00 are taken for a message without fields, as upb takes them', ['METHOD-05'], {
    proto: 'examples/keeper.proto',
  }),
  'health-skips': target('Who watches a name that changes faster than it is told is told the latest alone', ['SVC-05']),
  'no-health-list': target('The health service has no List', ['SVC-06', 'SVC-11']),
  'no-health-watch': target('The health service has no Watch', ['SVC-03', 'SVC-04', 'SVC-05', 'SVC-11']),
  'no-reflection-v1alpha': target('Server reflection is served as v1 alone', ['SVC-07', 'SVC-08', 'SVC-09', 'SVC-10']),
  'reflects-one-file': target('Server reflection gives each file alone, without what it imports', ['SVC-08', 'SVC-10']),
  'lenient-base64': target('Binary metadata that is no base64 is left out, and the call is served', [
    'REQ-27',
    'REQ-28',
  ]),
  'any-visible-names': target(
    'Names of fields may have any visible octet but upper-case letters and the colon, not those of tokens alone',
    ['REQ-37'],
    { warned: ['REQ-37'] },
  ),
  'control-octets-kept': target('Control octets in values of metadata reach the handler', ['REQ-38']),
  'content-length-unread': target('content-length is not looked at', ['REQ-33'], {
    decides: 'what content-length means',
    warned: ['REQ-33'],
  }),
  'content-length-merged': target('Equal values of a repeated content-length are taken for one', ['REQ-33'], {
    decides: 'what content-length means',
  }),
  'malformed-timeout-ends-connection': target('A malformed timeout is a connection error', ['DL-08'], {
    decides: 'how a malformed timeout is answered',
  }),
} as const satisfies Readonly<Record<string, Variation>>;

export type VariationName = keyof typeof table;

/** All legal variations by their names. */
export const variations: Readonly<Record<VariationName, Variation>> = table;

export const variationNames = Object.keys(variations) as readonly VariationName[];

/** A variation that a server makes, with its number where it takes one. */
export interface ChosenVariation {
  readonly name: VariationName;
  readonly value?: number;
}

/** The variation that `name` or `name=value` stands for, or undefined when there is none of that name, or not with that value. */
export function findVariation(text: string): ChosenVariation | undefined {
  const parts = splitNameAndValue(text);
  if (parts === undefined || !Object.hasOwn(variations, parts.name)) return undefined;
  const chosen = { ...parts, name: parts.name as VariationName };
  return isInRange(variations[chosen.name].value, chosen.value) ? chosen : undefined;
}

/** The words that {@link findVariation} understands. */
export const describeVariation = (chosen: ChosenVariation): string => joinNameAndValue(chosen);

/** What the author of a server that makes these choices would say of how long its connections live. */
export const claimsOf = (chosen: readonly ChosenVariation[]): Claims =>
  Object.assign({}, ...chosen.map(({ name, value }) => variations[name].claims?.(value ?? 0))) as Claims;

/** True when one server can make both choices. */
export function areCompatible(one: VariationName, other: VariationName): boolean {
  const { decides } = variations[one];
  return one !== other && (decides === undefined || decides !== variations[other].decides);
}
