import { observe } from '../../grpc/observe';
import {
  closed,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import { goaway } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { staysUsable } from './idle';

const away = (errorCode: number): Arrow => received(goaway(0, errorCode));
const answer = received(responseHeaders({ 'grpc-status': '12' }, { endStream: true }));

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['answers', [request(), answer], []],
  ['is ended in good order', [away(errorCodes.NO_ERROR), closed('target')], []],
  ['is ended by an error', [away(errorCodes.INTERNAL_ERROR), closed('target')], ['GOAWAY INTERNAL_ERROR warn']],
  ['is closed without a word', [closed('target')], ['closed warn']],
  ['keeps silent', [request()], ['no end full']],
])('a connection that was idle %s', (_, arrows, want) => {
  const transcript = transcriptOf([...opening(), ...arrows]);
  const seen = observe({ steps: [], calls: [planOf()] }, { connections: [transcript], samples: {} });
  const said = staysUsable(seen.connection(), seen.call());
  expect(said.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`)).toEqual(want);
});
