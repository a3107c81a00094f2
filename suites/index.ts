import type { Suite } from '../harness';
import { borrowAxes } from './borrowed-axes';
import cancellation from './cancellation.suite';
import compression from './compression.suite';
import connection from './connection.suite';
import deadlines from './deadlines.suite';
import endOfStream from './end-of-stream.suite';
import flowControl from './flow-control.suite';
import frames from './frames.suite';
import hpack from './hpack.suite';
import keepalive from './keepalive.suite';
import messages from './messages.suite';
import methods from './methods.suite';
import multiplexing from './multiplexing.suite';
import requests from './requests.suite';
import responseHeaders from './response-headers.suite';
import robustness from './robustness.suite';
import rpcKinds from './rpc-kinds.suite';
import services from './services.suite';
import sessions from './sessions.suite';
import status from './status.suite';
import streams from './streams.suite';
import tls from './tls.suite';
import trailers from './trailers.suite';

const written: readonly Suite[] = [
  connection,
  frames,
  hpack,
  streams,
  requests,
  messages,
  endOfStream,
  responseHeaders,
  trailers,
  status,
  compression,
  deadlines,
  cancellation,
  rpcKinds,
  flowControl,
  multiplexing,
  keepalive,
  tls,
  services,
  robustness,
  sessions,
  methods,
];

/** Every suite, in the order of the rule catalogue. */
export const suites: readonly Suite[] = written.map(borrowAxes);
