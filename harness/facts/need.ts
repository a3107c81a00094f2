/** What a property needs of a target. */
export type Need =
  | 'unary'
  | 'client-streaming'
  | 'server-streaming'
  | 'bidirectional-streaming'
  | 'slow'
  | 'status'
  | 'metadata'
  | 'gzip'
  | 'deflate'
  | 'compressed-responses'
  | 'message-limit'
  | 'stream-limit'
  | 'probe'
  | 'throw'
  | 'answer'
  | 'greet'
  | 'status-details'
  | 'pushback'
  | 'rss'
  | 'graceful-stop'
  | 'hostile'
  | 'server-keepalive'
  | 'connection-lifetime'
  | 'tls'
  | 'client-certificate'
  | 'smaller-table'
  | 'frame-limit'
  | 'health'
  | 'health-control'
  | 'reflection'
  | 'method'
  | 'unary-method'
  | 'client-streaming-method'
  | 'server-streaming-method'
  | 'bidirectional-streaming-method'
  | 'idempotent-method';

const testService = 'serve grpc.testing.TestService (the interop service)';
const probeService = 'serve grpcconform.v1.Probe (protos/grpcconform/v1/probe.proto)';
const ownMethods = 'allow methods of your own with --method (found by server reflection, --proto or --protoset)';

/** What would make a need available: the end of a sentence that starts with "To unlock it, …". */
export const unlocks: Readonly<Record<Need, string>> = {
  unary: `${testService}: UnaryCall and EmptyCall`,
  'client-streaming': `${testService}: StreamingInputCall`,
  'server-streaming': `${testService}: StreamingOutputCall`,
  'bidirectional-streaming': `${testService}: FullDuplexCall`,
  slow: `${testService}: FullDuplexCall that honours interval_us`,
  status: `${testService}: UnaryCall and FullDuplexCall that honour response_status`,
  metadata: `${testService}: echo of x-grpc-test-echo-initial and x-grpc-test-echo-trailing-bin`,
  gzip: 'accept gzip and say so in grpc-accept-encoding',
  deflate: 'accept deflate and say so in grpc-accept-encoding',
  'compressed-responses': `${testService}: UnaryCall that honours response_compressed`,
  'message-limit': 'limit the size of received messages (4 MiB is detected), or name the limit with --message-limit',
  'stream-limit':
    'let the target advertise SETTINGS_MAX_CONCURRENT_STREAMS of 1 to 100, and serve as many calls at a time on a connection',
  probe: `${probeService}: Reset and AwaitCounters`,
  throw: `${probeService}: Throw`,
  answer: `${probeService}: Answer`,
  greet: `${probeService}: Greet`,
  'status-details': `${probeService}: FailWithDetails`,
  pushback: `${probeService}: PushBack`,
  rss: 'start the target with --exec, on a system where its memory can be read',
  'graceful-stop': 'start the target with --exec and name the signal that stops it gracefully with --graceful-signal',
  hostile: 'start the target with --exec, or allow floods and attacks on one that runs already with --hostile',
  'server-keepalive':
    'start the target with a keepalive whose time and timeout are 10 s or less together, and name them with --keepalive-time and --keepalive-timeout',
  'connection-lifetime':
    'start the target with a maximum age of connections, or a maximum idle time, of 10 s or less, and name it with --max-age (and --max-age-grace) or --max-idle',
  tls: 'name a TLS target with --tls or https://',
  'client-certificate': 'name a TLS target, and the client certificate that it lets in with --cert and --key',
  'smaller-table': 'announce a SETTINGS_HEADER_TABLE_SIZE below 4096 in the first SETTINGS',
  'frame-limit': 'announce a SETTINGS_MAX_FRAME_SIZE below 16,777,215, which no frame can be longer than',
  health: 'serve grpc.health.v1.Health',
  reflection: 'serve grpc.reflection.v1.ServerReflection or grpc.reflection.v1alpha.ServerReflection',
  'health-control': `${probeService}: SetServing`,
  method: ownMethods,
  'unary-method': `${ownMethods}: a unary one`,
  'client-streaming-method': `${ownMethods}: a client-streaming one`,
  'server-streaming-method': `${ownMethods}: a server-streaming one`,
  'bidirectional-streaming-method': `${ownMethods}: a bidirectional-streaming one`,
  'idempotent-method': 'name unary methods that may be repeated with --idempotent',
};

/** Methods that the user allows. */
const ownMethodNeeds: readonly Need[] = [
  'method',
  'unary-method',
  'client-streaming-method',
  'server-streaming-method',
  'bidirectional-streaming-method',
  'idempotent-method',
];

/** True for what is played with methods of the user's own, whose answers may be of any size and without end. */
export const needsOwnMethods = (needs: readonly Need[] = []): boolean =>
  needs.some((need) => ownMethodNeeds.includes(need));

/** What a run can only use when it, or the target, is started in a certain way, whatever the target offers. */
const runNeeds: readonly Need[] = [
  'rss',
  'graceful-stop',
  'hostile',
  'server-keepalive',
  'connection-lifetime',
  'tls',
  'client-certificate',
  'stream-limit',
  'smaller-table',
  'frame-limit',
  ...ownMethodNeeds,
];

/** False for what nearly every target has without doing anything for it: it stands in no list of what one offers, and is only told of where it is missing. */
export const isFeature = (need: Need): boolean => need !== 'frame-limit';

/** True when it depends on how the run or the target is started, and so says nothing of the target when it is missing. */
export const dependsOnTheRun = (need: Need): boolean => runNeeds.includes(need);

/** What the interop service offers that a target of tier 2 serves: its methods, and what they promise. */
const tierTwo: readonly Need[] = [
  'unary',
  'client-streaming',
  'server-streaming',
  'bidirectional-streaming',
  'slow',
  'status',
  'metadata',
];

/** Words of `--expect` that stand for several capabilities. */
const expectations: Readonly<Record<string, readonly Need[]>> = {
  'tier-0': [],
  'tier-1': ['method'],
  'tier-2': tierTwo,
  all: (Object.keys(unlocks) as Need[]).filter((need) => !dependsOnTheRun(need)),
};

/** Every word that `--expect` takes. */
export const expectWords: readonly string[] = [...Object.keys(expectations), ...Object.keys(unlocks)];

/** The capabilities that a word of `--expect` stands for; undefined when it is none. */
export function needsOf(word: string): readonly Need[] | undefined {
  return expectations[word] ?? (Object.hasOwn(unlocks, word) ? [word as Need] : undefined);
}
