import { observe } from '../../grpc/observe';
import {
  closed,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  sent,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import { goaway, rstStream, settings, settingsAck } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { settingIds } from '../../wire/settings';
import type { Breach } from '../../rules/violation';
import { givesSlotsBack, readsRefusedBlocks, refusesSurplus } from './stream-limit';

const limited = [received(settings([{ id: settingIds.MAX_CONCURRENT_STREAMS, value: 1 }])), sent(settingsAck())];
const refused = (stream: number): Arrow => received(rstStream(stream, errorCodes.REFUSED_STREAM));
const answered = (stream: number): Arrow =>
  received(responseHeaders({ 'grpc-status': '14' }, { stream, endStream: true }));
const failed = (errorCode: number): Arrow => received(goaway(1, errorCode));

const seenOf = (streams: readonly number[], arrows: readonly Arrow[]) =>
  observe(
    { steps: [], calls: streams.map((stream) => planOf({ stream })) },
    { connections: [transcriptOf([...opening(), ...arrows])], samples: {} },
  );

const said = (breaches: readonly Breach[]) =>
  breaches.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`);

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['by REFUSED_STREAM', [...limited, request(1), request(3), refused(3)], []],
  ['by another error of the stream', [...limited, request(1), request(3), received(rstStream(3, 1))], []],
  [
    'by an error of the connection',
    [...limited, request(1), request(3), failed(2), closed('target')],
    ['connection error warn'],
  ],
  ['by a status', [...limited, request(1), request(3), answered(3)], ['not refused warn']],
  ['not at all', [...limited, request(1), request(3)], ['no end full']],
  ['a limit that is not acknowledged', [limited[0]!, request(1), request(3), answered(3)], []],
  ['a call that is within it', [...limited, request(1), answered(1), request(3), answered(3)], []],
])('a call beyond the limit is refused: %s', (_, arrows, want) => {
  const seen = seenOf([1, 3], arrows);
  expect(said(refusesSurplus(seen.connection(), seen.call(1)))).toEqual(want);
});

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['none', [answered(1), answered(3), answered(5), answered(7)], []],
  ['the last of one round', [answered(1), refused(3), answered(5), answered(7)], []],
  ['the last of both rounds', [answered(1), refused(3), answered(5), refused(7)], ['slot lost full']],
  ['others than the last', [refused(1), answered(3), refused(5), answered(7)], []],
  ['all, behind an error', [refused(3), refused(7), failed(2)], []],
])('slots are given back where these are refused: %s', (_, arrows, want) => {
  const streams = [1, 3, 5, 7];
  const seen = seenOf(streams, [...streams.map(request), ...arrows]);
  const rounds = [seen.calls.slice(0, 2), seen.calls.slice(2)];
  expect(said(givesSlotsBack(seen.connection(), rounds))).toEqual(want);
});

test.each([
  ['COMPRESSION_ERROR', errorCodes.COMPRESSION_ERROR, 1],
  ['another error', errorCodes.INTERNAL_ERROR, 0],
])('a refused block is read: %s', (_, errorCode, want) => {
  expect(readsRefusedBlocks(seenOf([1], [request(1), failed(errorCode)]).connection())).toHaveLength(want);
});
