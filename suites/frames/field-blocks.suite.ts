import {
  anyEnd,
  arb,
  connectionError,
  continuation,
  data,
  experiment,
  fc,
  goaway,
  headers,
  octetsOf,
  payloadOf,
  ping,
  priority,
  rawFrame,
  rstStream,
  settings,
  staysUp,
  stimulus,
  streamingInputCall,
  unaryCall,
  windowUpdate,
  type AnyProperty,
  type PlanBuilder,
  type RawFrame,
} from '../../harness';

/** What may not stand inside a field block, by name. The block is that of stream 1; 3 is idle. */
const interruptions = {
  DATA: () => data(1, octetsOf({ length: 5, seed: 1 })),
  PRIORITY: () => priority(1, { exclusive: false, dependency: 0, weight: 16 }),
  RST_STREAM: () => rstStream(1, 8),
  SETTINGS: () => settings([]),
  PING: () => ping(octetsOf({ length: 8, seed: 1 })),
  WINDOW_UPDATE: () => windowUpdate(0, 1),
  'WINDOW_UPDATE on the stream': () => windowUpdate(1, 1),
  GOAWAY: () => goaway(0, 0),
  'an unknown type': () => rawFrame({ type: 0xbe, payload: octetsOf({ length: 3, seed: 1 }) }),
  'HEADERS on another stream': () => headers(3, new Uint8Array(0)),
  'CONTINUATION on another stream': () => continuation(3, new Uint8Array(0)),
} as const;

const interruptionNames = Object.keys(interruptions) as readonly (keyof typeof interruptions)[];

/** A request with a frame before the last CONTINUATION of its field block. */
function interruptFieldBlock(script: PlanBuilder, interruption: RawFrame, headerCuts: readonly number[]): void {
  const request = unaryCall({ responseSize: 1 });
  const call = script.begin(request, { endHeaders: false, headerCuts, legal: false });
  script.frame(interruption);
  script.frame(continuation(call.stream, new Uint8Array(0), { endHeaders: true }));
  call.sendMessages(request.messages, { endStream: true });
}

/** A request whose field block is cut, and how. */
interface CutRequest {
  /** Offsets at which CONTINUATION frames start; equal ones make an empty fragment. */
  readonly cuts: readonly number[];
  /** The last CONTINUATION is empty. */
  readonly emptyEnd: boolean;
  /** END_STREAM stands on HEADERS, so that CONTINUATION frames follow the end of the request: HTTP/2, though no gRPC client does it. */
  readonly endStream: boolean;
  /** Characters of a field that makes the block longer, and whether they are Huffman-coded. */
  readonly field: number;
  readonly huffman: boolean;
}

function sendCutRequest(script: PlanBuilder, { cuts, emptyEnd, endStream, field, huffman }: CutRequest): void {
  const metadata = [{ name: 'x-long', value: 'a1'.repeat(field / 2), huffman: { name: huffman, value: huffman } }];
  const request = endStream ? streamingInputCall([]) : unaryCall({ responseSize: 5 });
  const call = script.begin(request, {
    headerCuts: cuts,
    metadata,
    endStream,
    legal: !endStream,
    ...(emptyEnd ? { endHeaders: false } : {}),
  });
  if (emptyEnd) script.frame(continuation(call.stream, new Uint8Array(0), { endHeaders: true }));
  if (!endStream) call.sendMessages(request.messages, { endStream: true });
  call.awaitEnd().expect(endStream ? anyEnd : payloadOf(5));
  script.expectConnection([staysUp]);
}

/** How a field block is cut into frames. */
export const fieldBlocks: readonly AnyProperty[] = [
  stimulus('FRAME-06-field-block-contiguous', {
    generates:
      'a request whose field block is cut into one to four fragments, and a frame of any type before its last CONTINUATION',
    accepts: [connectionError],
    needs: ['unary'],
    sends: () =>
      arb.record({ interruption: fc.constantFrom(...interruptionNames), cuts: arb.continuationCuts({ max: 3 }) }),
    labels: {
      'a frame of the connection': ({ interruption }) =>
        ['SETTINGS', 'PING', 'GOAWAY', 'WINDOW_UPDATE'].includes(interruption),
      'a frame on the stream of the block': ({ interruption }) =>
        ['DATA', 'PRIORITY', 'RST_STREAM', 'WINDOW_UPDATE on the stream'].includes(interruption),
      'a frame on another stream': ({ interruption }) => interruption.endsWith('another stream'),
      'behind HEADERS': ({ cuts }) => cuts.length === 0,
      'behind CONTINUATION': ({ cuts }) => cuts.length > 0,
    },
    examples: () => interruptionNames.map((interruption) => ({ interruption, cuts: [] })),
    write: (script, { interruption, cuts }) => interruptFieldBlock(script, interruptions[interruption](), cuts),
  }),

  experiment('FRAME-28-continuation-reassembly', {
    generates:
      'requests whose field block is cut at any octets into up to six frames, with empty ones in front, in the middle and at the end, some with END_STREAM on HEADERS',
    accepts: [payloadOf(5), 'any end of a call whose END_STREAM stands on HEADERS'],
    needs: ['unary', 'client-streaming'],
    effort: 0.5,
    labels: {
      'an empty HEADERS frame': ({ cuts }) => cuts[0] === 0,
      'an empty CONTINUATION frame in the middle': ({ cuts }) => cuts.some((cut, place) => cuts[place + 1] === cut),
      'an empty CONTINUATION frame at the end': ({ emptyEnd }) => emptyEnd,
      'four or more CONTINUATION frames': ({ cuts, emptyEnd }) => cuts.length + Number(emptyEnd) >= 4,
      'END_STREAM on HEADERS, which has no END_HEADERS': ({ cuts, emptyEnd, endStream }) =>
        endStream && (emptyEnd || cuts.length > 0),
      'a cut inside a Huffman-coded value': ({ cuts, huffman, field }) =>
        huffman && field >= 100 && cuts.some((cut) => cut > 90 && cut < 130),
    },
    arbitrary: () =>
      arb.record({
        cuts: arb.continuationCuts({ max: 4 }),
        emptyEnd: fc.boolean(),
        endStream: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
        field: fc.nat(200),
        huffman: fc.boolean(),
      }),
    examples: () => [
      { cuts: [0], emptyEnd: false, endStream: false, field: 0, huffman: false },
      { cuts: [20, 20], emptyEnd: true, endStream: false, field: 0, huffman: false },
      { cuts: [1, 2, 3, 4], emptyEnd: true, endStream: true, field: 100, huffman: true },
      { cuts: [100], emptyEnd: false, endStream: false, field: 200, huffman: true },
    ],
    script: sendCutRequest,
  }),
];
