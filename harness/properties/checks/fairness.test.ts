import { observe } from '../../grpc/observe';
import {
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import { data } from '../../wire/builders';
import { getsItsTurn } from './fairness';

const mebibyte = received(data(1, new Uint8Array(1_048_576)));
const octet = received(data(1, new Uint8Array(1)));
const headers = received(responseHeaders({}, { stream: 3 }));
const message = received(data(3, new Uint8Array(10)));

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['at once', [headers, message, mebibyte, octet], []],
  ['behind what was on its way', [headers, mebibyte, message], []],
  ['behind more than that', [headers, mebibyte, octet, message], ['answer behind DATA of others warn']],
  ['before anything of it has come', [mebibyte, octet, headers, message], []],
  ['not at all, and nothing came', [mebibyte, octet], []],
  ['not at all behind its headers', [headers, mebibyte, octet], ['answer behind DATA of others warn']],
])('a small call gets its turn %s', (_, arrows, want) => {
  const calls = [planOf(), planOf({ stream: 3 })];
  const transcript = transcriptOf([...opening(), request(), received(responseHeaders()), request(3), ...arrows]);
  const seen = observe({ steps: [], calls }, { connections: [transcript], samples: {} });
  const said = getsItsTurn(seen.connection(), seen.call(1));
  expect(said.map(({ reaction, severity }) => `${reaction} ${severity}`)).toEqual(want);
});
