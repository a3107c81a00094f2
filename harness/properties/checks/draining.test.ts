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
import { goaway, ping, rstStream } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { servesWhileDraining } from './draining';

const announced = [received(goaway(2 ** 31 - 1, 0)), received(ping(new Uint8Array(8)))];
const acknowledged = sent(ping(new Uint8Array(8), { ack: true }));
const names = (stream: number): Arrow => received(goaway(stream, 0));
const ended = (code: number): Arrow => received(responseHeaders({ 'grpc-status': String(code) }, { endStream: true }));
const refused = received(rstStream(1, errorCodes.REFUSED_STREAM));

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['it is answered', [...announced, request(), ended(0), acknowledged, names(1)], []],
  ['it fails', [...announced, request(), ended(14), acknowledged, names(1)], ['status 14 warn']],
  ['it is lost', [...announced, request(), acknowledged, names(1), closed('target')], ['GOAWAY NO_ERROR full']],
  ['it is refused and named', [...announced, request(), refused, acknowledged, names(1)], ['refused and named full']],
  ['it is passed over', [...announced, request(), acknowledged, names(0)], ['passed over warn']],
  ['the last stream is named before the ACK', [...announced, request(), names(0), acknowledged], []],
  ['nothing comes of it', [...announced, request(), acknowledged, names(1)], ['no end full']],
  ['the last stream is named at once', [names(0), request()], ['no shutdown in two steps info']],
  ['nothing is announced', [request(), ended(0)], ['no shutdown in two steps info']],
])('a call behind the announcement: %s', (_, arrows, want) => {
  const transcript = transcriptOf([...opening(), ...arrows]);
  const seen = observe({ steps: [], calls: [planOf()] }, { connections: [transcript], samples: {} });
  const said = servesWhileDraining(seen.connection(), seen.calls);
  expect(said.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`)).toEqual(want);
});
