import {
  connectionError,
  emptyAnswer,
  endsWith,
  recorded,
  rejected,
  staysUp,
  streamError,
  type Expectation,
} from '../grpc/outcome';
import {
  block,
  closed,
  message,
  received,
  responseHeaders,
  trailers,
  trailersOnly,
  type Arrow,
} from '../rules/transcript.test-helper';
import { goaway, rstStream } from '../wire/builders';
import { errorCodes } from '../wire/error-codes';
import { answersSeen } from './answers-seen';
import { ofCall, ofConnection, ofIdle, seenWith } from './expectations.test-helper';

const status8 = received(trailersOnly({ 'grpc-status': '8' }));
const served = received(responseHeaders(), message(0), trailers());
const http415 = received(block({ ':status': '415' }, { endStream: true }));
const reset = received(rstStream(1, errorCodes.PROTOCOL_ERROR));
const idleReset = received(rstStream(9, errorCodes.STREAM_CLOSED));
const ended: readonly Arrow[] = [received(goaway(0, errorCodes.FRAME_SIZE_ERROR)), closed('target')];

test.each<[string, readonly Expectation[], readonly Arrow[], readonly string[]]>([
  ['a refusal by a status', [ofCall(rejected)], [status8], ['status 8']],
  ['a refusal by HTTP', [ofCall(rejected)], [http415], ['HTTP 415']],
  ['a refusal of the stream', [ofCall(rejected)], [reset], ['RST PROTOCOL_ERROR']],
  ['a call that goes with its connection', [ofCall(rejected)], ended, ['GOAWAY FRAME_SIZE_ERROR']],
  ['a call without an end on it', [ofCall(rejected)], ended.slice(0, 1), ['GOAWAY FRAME_SIZE_ERROR']],
  ['one of two statuses', [ofCall(endsWith(3, 8))], [status8], ['status 8']],
  ['a tolerated answer', [ofCall(endsWith(3), recorded(endsWith(8)))], [status8], ['status 8']],
  ['a stream without a call', [ofIdle(streamError)], [idleReset], ['RST STREAM_CLOSED']],
  ['a connection', [ofConnection(connectionError)], ended, ['GOAWAY FRAME_SIZE_ERROR']],
  ['a connection that closes without a word', [ofConnection(connectionError)], [closed('target')], ['closed']],
  ['two that came to the same', [ofCall(rejected), ofCall(streamError)], [reset], ['RST PROTOCOL_ERROR']],
  [
    'two that did not',
    [ofCall(endsWith(3, 8)), ofIdle(streamError)],
    [status8, idleReset],
    ['status 8', 'RST STREAM_CLOSED'],
  ],
  ['no choice of status', [ofCall(endsWith(8))], [status8], []],
  ['no choice of answer', [ofCall(emptyAnswer), ofConnection(staysUp)], [served], []],
  ['a connection that was never opened', [{ on: { connection: 'other' }, accepts: [connectionError] }], [], []],
])('%s is told by what came: %#', (_, expects, arrows, want) => {
  expect(answersSeen(seenWith(expects, arrows))).toEqual(want);
});
