import { observe } from '../../grpc/observe';
import {
  closed,
  happening,
  opening,
  planOf,
  received,
  request,
  responseHeaders,
  transcriptOf,
  type Arrow,
} from '../../rules/transcript.test-helper';
import type { Breach } from '../../rules/violation';
import { goaway } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { isOk } from './expectations';
import { endsInOrder, lastsThroughGrace } from './lifetime';

const away = (errorCode: number, text: string): Arrow => received(goaway(1, errorCode, Buffer.from(text)));

/** Events in which nothing happens, a millisecond each. */
const pass = (milliseconds: number): readonly Arrow[] =>
  Array.from({ length: milliseconds }, () => happening((at) => ({ kind: 'timeout', at, step: 0, waitedFor: 'time' })));

const seenOf = (arrows: readonly Arrow[]) =>
  observe({ steps: [], calls: [planOf()] }, { connections: [transcriptOf([...opening(), ...arrows])], samples: {} });

const said = (breaches: readonly Breach[]) =>
  breaches.map(({ reaction, severity = 'full' }) => `${reaction} ${severity}`);

const { NO_ERROR, INTERNAL_ERROR } = errorCodes;

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['in good order', [...pass(400), away(NO_ERROR, 'max_age'), closed('target')], []],
  ['within the jitter', [...pass(270), away(NO_ERROR, 'max_age')], []],
  ['too early', [...pass(90), away(NO_ERROR, 'max_age')], ['GOAWAY too early warn']],
  ['by another code', [...pass(400), away(INTERNAL_ERROR, 'connection idle')], ['GOAWAY INTERNAL_ERROR warn']],
  ['by other debug data', [...pass(400), away(NO_ERROR, 'max_idle')], ['other debug data warn']],
  ['with the text in the second GOAWAY alone', [...pass(400), away(NO_ERROR, ''), away(NO_ERROR, 'max_age')], []],
  ['without a word', [...pass(400), closed('target')], ['no GOAWAY warn']],
  ['never', pass(400), ['open warn']],
])('a connection that is to live for 400 ms ends %s', (_, arrows, want) => {
  const lifetime = { after: 400, texts: ['max_age'], since: 0 };
  expect(said(endsInOrder(seenOf(arrows).connection(), lifetime))).toEqual(want);
});

const answered = received(responseHeaders({ 'grpc-status': '0' }, { endStream: true }));
const failed = received(responseHeaders({ 'grpc-status': '14' }, { endStream: true }));
const old = away(NO_ERROR, 'max_age');

test.each<[string, readonly Arrow[], readonly string[]]>([
  ['whole', [request(), ...pass(200), old, answered], []],
  ['by an error', [request(), ...pass(200), old, failed], ['cut within the grace time full']],
  ['by a close', [request(), ...pass(200), old, closed('target')], ['cut within the grace time full']],
  ['by a close without GOAWAY', [request(), ...pass(200), closed('target')], ['cut within the grace time full']],
  ['by an error when the grace time is over', [request(), ...pass(200), old, ...pass(310), failed], []],
  ['by an error together with a GOAWAY that was read late', [request(), ...pass(510), old, failed], []],
  ['never', [request(), ...pass(200), old], ['no end full']],
])('a call on an old connection ends %s', (_, arrows, want) => {
  const seen = seenOf(arrows);
  const breaches = lastsThroughGrace(seen.call(), isOk(seen.call()), seen.connection(), { age: 200, grace: 400 });
  expect(said(breaches)).toEqual(want);
});
