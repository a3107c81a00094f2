import { describeCondition } from './describe-condition';
import type { Condition } from './script';

test.each<[Condition, string]>([
  [{ see: 'headers', stream: 1 }, 'Response-Headers on stream 1'],
  [{ see: 'messages', stream: 3, count: 1 }, '1 message on stream 3'],
  [{ see: 'messages', stream: 3, count: 2 }, '2 messages on stream 3'],
  [{ see: 'data', stream: 5, octets: 10 }, '10 octets of DATA on stream 5'],
  [{ see: 'data', stream: 5, octets: 1 }, '1 octet of DATA on stream 5'],
  [{ see: 'connection-data', octets: 7 }, '7 octets of DATA on all streams'],
  [{ see: 'credit-used', stream: 7 }, 'all credit of stream 7 to be used'],
  [{ see: 'end', stream: 7 }, 'the end of stream 7'],
  [{ see: 'reset', stream: 9 }, 'RST_STREAM on stream 9'],
  [{ see: 'reset', stream: 9, orError: true }, 'RST_STREAM on stream 9 or a connection error'],
  [{ see: 'end', stream: 9, orError: true }, 'the end of stream 9 or a connection error'],
  [{ see: 'goaway' }, 'GOAWAY'],
  [{ see: 'ping' }, 'a PING of the target'],
  [
    { see: 'ping-ack', opaque: Uint8Array.of(0x61, 0, 0xff, 0x62, 1, 2, 3, 4) },
    'the ACK of PING 61 00 ff 62 01 02 03 04',
  ],
  [{ see: 'flooded' }, 'our floods to end'],
  [{ see: 'closed' }, 'the connection to be closed'],
  [{ see: 'connection-error' }, 'a connection error'],
  [{ see: 'quiet' }, 'silence'],
])('%j', (condition, want) => {
  expect(describeCondition(condition)).toBe(want);
});
