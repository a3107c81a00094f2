/**
 * Legal choices of a server: with any of them the server still obeys every rule, and no property may complain. Each says what the server then does;
 * all can be combined unless a sentence says otherwise.
 */
export const variations = {
  'one-octet-data': 'The first 16 octets of every message travel in DATA frames of one octet',
  'full-size-data': 'DATA frames are as large as the SETTINGS_MAX_FRAME_SIZE of the client allows, not 16,384 octets',
  'empty-data': 'An empty DATA frame goes before every other DATA frame',
  'padded-frames': 'DATA and HEADERS are padded',
  'continuation-everywhere': 'Every field block is cut into HEADERS and three CONTINUATION frames, one of them empty',
  'no-huffman': 'Strings in field blocks are never Huffman-coded',
  'no-dynamic-table': 'Field blocks put nothing into the dynamic table',
  'table-size-updates': 'Every field block starts with two dynamic table size updates, to 0 and back',
  'server-pings': 'The server sends a PING with its SETTINGS and with every eighth request',
  'unknown-frames': 'Frames of unknown types go before field blocks and DATA',
  'interim-responses': 'Interim responses (103, 100) go before Response-Headers',
  'extra-headers': 'Response-Headers also carry date, server and x-powered-by',
  'spaced-accept-encoding': 'grpc-accept-encoding has a space after each comma',
  'late-accept-encoding':
    'Brotli is accepted, too, and grpc-accept-encoding is sent with the refusal of an encoding alone',
  'joined-metadata': 'Values of one metadata name are joined with commas in one field',
  'compressed-answers': 'Every answer is compressed when the client accepts it',
  'encode-every-octet': 'Every octet of grpc-message is percent-encoded',
  'never-trailers-only': 'Every response has Response-Headers and Trailers, even an error without messages',
  'reset-on-deadline':
    'A call past its deadline ends with RST_STREAM(CANCEL), without trailers. Wins over cancelled-on-deadline',
  'cancelled-on-deadline': 'A call past its deadline ends with status CANCELLED, not DEADLINE_EXCEEDED',
  'no-reset-after-early-trailers':
    'No RST_STREAM(NO_ERROR) follows trailers that come before the half-close of the client',
  'early-handlers':
    'Handlers of unary and server-streaming methods start with the first message; their answer waits for the half-close',
  'delayed-errors': 'Malformed and refused requests are answered 300 ms later',
  'http-errors': 'Malformed requests are answered by HTTP status 400, not by RST_STREAM. Wins over escalated-errors',
  'http-415-body': 'The answer to a content-type that is not gRPC has a text body that ends on DATA',
  'escalated-errors': 'Stream errors are treated as connection errors',
  'no-goaway': 'Connection errors close the connection without GOAWAY',
  'ping-enforcement':
    'Too many PINGs without traffic end in GOAWAY(ENHANCE_YOUR_CALM) with too_many_pings, from the fourth on',
  'eager-window-updates': 'Credit is returned with every DATA frame. Excludes late-window-updates',
  'late-window-updates': 'Credit is returned only when three quarters of a window are used up',
  'many-settings':
    'The first SETTINGS has many entries, unknown and repeated ones among them, and the windows are larger than the initial ones',
  'changing-settings': 'The server sends another SETTINGS with a larger window at every third request',
  'one-step-shutdown': 'A graceful shutdown sends its two GOAWAYs at once, without waiting for a round trip',
} as const satisfies Readonly<Record<string, string>>;

export type VariationName = keyof typeof variations;

/** The name of a variation, or undefined when there is none of that name. */
export function findVariation(name: string): VariationName | undefined {
  return Object.hasOwn(variations, name) ? (name as VariationName) : undefined;
}
