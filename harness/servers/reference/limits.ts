/** What the server grants and how much it bears; a client that goes beyond a limit is refused or loses its connection, and nothing grows. */
export const limits = {
  /** Streams open at once on one connection, those included that the client has reset while their handler still runs. */
  concurrentStreams: 100,
  /** Largest frame payload that we take: the smallest maximum that RFC 9113 §6.5.2 allows. */
  frameSize: 16_384,
  /** Octets that a stream or a connection may send us without further credit: the initial windows of RFC 9113 §6.9.2. */
  window: 65_535,
  /** Size of a header list as RFC 9113 §6.5.2 counts it. Room for a HEADERS frame of full size and the fields around it. */
  headerListSize: 65_536,
  /** Octets of a field block before it is decoded. A block that is larger cannot be a header list within the limit unless it wastes octets. */
  fieldBlockSize: 98_304,
  /** CONTINUATION frames of one field block; a full block needs five. */
  continuations: 32,
  /** Octets of the dynamic table of requests: the initial value of RFC 9113 §6.5.2. */
  headerTableSize: 4096,
  /** Octets of a request message: the default of the gRPC libraries. */
  messageSize: 4_194_304,
  /** Octets of one request that wait for their handler. The windows bound them, but where a variation makes these as large as they can be. */
  unread: 67_108_864,
  /** Octets of the payload of one response, far above what the interop tests ask for. */
  responseSize: 67_108_864,
  /** Octets that a handler may be ahead of what the client's windows let through; then it waits. */
  sendBuffer: 65_536,
  /** Octets of DATA for one turn of the event loop and one connection, so that connections share the process. */
  dataPerTurn: 262_144,
  /** Octets of unsent output at which we stop reading from a client that does not read. */
  unsentOutput: 262_144,
  /** Streams that we ended while the client was still sending; frames of theirs may be on the way (RFC 9113 §5.1). The oldest are forgotten. */
  rememberedStreams: 1000,
} as const;

/** Token buckets (capacity, tokens per second) against floods (RFC 9113 §10.5); nghttp2 allows 1000 resets and 33 more each second. */
export const floodLimits = {
  /** Streams that end by RST_STREAM, from either side, by the client's doing. */
  resets: { capacity: 1000, perSecond: 50 },
  /** Frames that bring nothing: empty DATA, PRIORITY, unknown types, PING, SETTINGS, WINDOW_UPDATE. */
  idleFrames: { capacity: 20_000, perSecond: 2000 },
} as const;

/** Milliseconds. */
export const times = {
  /** For the client's preface; what grpc-go and grpc-java allow. */
  handshake: 120_000,
  /** For the client to close after we have; it may still be sending, and a TCP reset would destroy our GOAWAY in its buffers. */
  linger: 1000,
  /** For the PING between the two GOAWAYs of a graceful shutdown (RFC 9113 §6.8); grpc-go waits as long. */
  drainPing: 5000,
  /** For open calls to end in a graceful shutdown; then they get UNAVAILABLE. */
  grace: 30_000,
} as const;
