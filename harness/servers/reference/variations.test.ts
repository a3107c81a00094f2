import { gzip } from '../../grpc/compression';
import type { CallRequest } from '../../grpc/call-request';
import { encodeMessage } from '../../grpc/length-prefixed-message';
import type { Observation } from '../../grpc/observation';
import { echoedInHeaders, unechoed } from '../../grpc/outcome';
import type { CallOptions, PlanBuilder } from '../../grpc/plan-builder';
import {
  decodeHealthCheckResponse,
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  healthCheck,
  healthList,
  healthWatch,
  probeSetServing,
  streamingInputCall,
  testService,
  unaryCall,
  unknownMethod,
} from '../../grpc/test-service';
import { strangerKinds } from '../../connection/tls-choices';
import { callOverTls } from '../../moves/tls-calls';
import { readFileSymbols } from '../../schema/file-symbols';
import { decodeReflectionReply, reflectionCall } from '../../schema/reflection-messages';
import { callReaction, connectionReaction } from '../../rules/reaction';
import { data, rawFrame } from '../../wire/builders';
import { frameTypes } from '../../wire/frame';
import type { FieldSpec } from '../../wire/hpack/encoder';
import { settingIds } from '../../wire/settings';
import { brokenRules, playReference } from './play-reference.test-helper';
import { dropOddEntries } from './services/lossy-maps';
import { variationNames, variations } from './variations';

/** What each trait of a target does; the choices of form are shown to be harmless by the clients' tests and the self-test. */

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const openCall = (script: PlanBuilder, options: CallOptions = {}) => script.begin(fullDuplexCall([]), options);
const big = (length: number): readonly FieldSpec[] => [{ name: 'x-big', value: 'a'.repeat(length) }];
const emptyData = (stream: number) => data(stream, zeros(0));
/** Answers after an hour. */
const slowCall = fullDuplexCall([{ responses: [{ size: 1, intervalUs: 2 ** 31 - 1 }] }]);
const ring = (message: string): CallRequest => ({
  kind: 'unary',
  path: '/botany.v1.Keeper/Ring',
  messages: [hex(message)],
});
const otherValue = (name: string, value: string) => (ordinary: readonly FieldSpec[]) =>
  ordinary.map((field) => (field.name === name ? { ...field, value } : field));
const sizeUpdate: FieldSpec = { name: 'x-update', value: '', octets: hex('20') };
const afterUpdate: FieldSpec = { name: 'x-after', value: 'v', representation: 'without-indexing' };
const otherMethod = (method: string) => otherValue(':method', method);
const otherType = (type: string) => otherValue('content-type', type);
const isNoAuthority = ({ name }: FieldSpec): boolean => name !== ':authority';
const otherTe = (te?: string) => (ordinary: readonly FieldSpec[]) =>
  ordinary.flatMap((field) => (field.name !== 'te' ? [field] : te === undefined ? [] : [{ ...field, value: te }]));
const flawedEcho = (value: string): FieldSpec => ({ name: echoInitialName, value });
const awaitClose = (script: PlanBuilder) => script.await({ see: 'closed' }, { within: 'close', optional: true });

/** Last streams that GOAWAY named. */
const goawaysOf = (seen: Observation): readonly number[] =>
  seen.connection().received.flatMap(({ frame }) => (frame.type === 'GOAWAY' ? [frame.lastStreamId] : []));

/** Values that the target set, in order. */
const settingsOf = (seen: Observation, id: number): readonly number[] =>
  seen
    .connection()
    .received.flatMap(({ frame }) => (frame.type === 'SETTINGS' ? frame.settings : []))
    .filter((setting) => setting.id === id)
    .map(({ value }) => value);

interface Row {
  readonly variations: readonly string[];
  readonly does: string;
  readonly write: (script: PlanBuilder) => void;
  /** Reactions of the calls. */
  readonly calls: readonly string[];
  readonly connection?: string;
  readonly tls?: boolean;
}

const rows: readonly Row[] = [
  {
    variations: ['max-streams=1'],
    does: 'refuses the second stream, and serves one after the other',
    write: (script) => {
      const first = openCall(script);
      script.call(emptyCall());
      first.halfClose().awaitEnd();
      script.call(emptyCall());
    },
    calls: ['status 0', 'RST REFUSED_STREAM', 'status 0'],
  },
  {
    variations: ['max-streams-lowered=2'],
    does: 'refuses the third stream once the lower limit is acknowledged',
    write: (script) => {
      script.call(emptyCall());
      script.call(emptyCall());
      script.fence();
      const open = [openCall(script), openCall(script)];
      script.call(emptyCall());
      for (const call of open) call.halfClose().awaitEnd();
    },
    calls: ['status 0', 'status 0', 'status 0', 'status 0', 'RST REFUSED_STREAM'],
  },
  {
    variations: ['max-streams-late=500'],
    does: 'refuses every stream at first',
    write: (script) => script.call(emptyCall()),
    calls: ['RST REFUSED_STREAM'],
  },
  {
    variations: ['max-streams-late=1'],
    does: 'serves a moment later',
    write: (script) => {
      script.open().await({ see: 'quiet' }, { within: 'quiet' });
      script.call(emptyCall());
    },
    calls: ['status 0'],
  },
  {
    variations: ['header-list=2048'],
    does: 'takes what is below, and ends what is beyond with RESOURCE_EXHAUSTED',
    write: (script) => {
      script.call(emptyCall(), { metadata: big(1500) });
      script.call(emptyCall(), { metadata: big(2048) });
      script.call(emptyCall());
    },
    calls: ['status 0', 'status 8', 'status 0'],
  },
  {
    variations: ['header-list-unsaid=2048'],
    does: 'does the same without a word',
    write: (script) => script.call(emptyCall(), { metadata: big(2048) }),
    calls: ['status 8'],
  },
  {
    variations: ['header-list=2048', 'http-431'],
    does: 'answers it by HTTP',
    write: (script) => script.call(emptyCall(), { metadata: big(2048), legal: false }),
    calls: ['HTTP 431'],
  },
  {
    variations: ['header-list=2048', 'header-list-ends-connection'],
    does: 'ends the connection',
    write: (script) => {
      script.call(emptyCall(), { metadata: big(2048), awaitEnd: false, legal: false });
      awaitClose(script);
    },
    calls: ['GOAWAY ENHANCE_YOUR_CALM'],
    connection: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    variations: ['message-limit=20480'],
    does: 'takes a message of the limit, and not one of an octet more',
    write: (script) => {
      // Two tags and two lengths of three octets stand around the payload.
      script.call(unaryCall({ payload: zeros(20_480 - 8) }));
      script.call(unaryCall({ payload: zeros(20_480 - 7) }));
    },
    calls: ['status 0', 'status 8'],
  },
  {
    variations: ['body-limit=20480'],
    does: 'counts the whole request, prefixes included',
    write: (script) => {
      const upload = (payload: number) => streamingInputCall(Array(2).fill({ payload: zeros(payload) }));
      script.call(upload(10_200));
      script.call(upload(10_240), { legal: false });
      script.call(emptyCall(), {
        metadata: [{ name: 'content-length', value: '20481' }],
        halfClose: false,
        legal: false,
      });
      script.await({ see: 'end', stream: 5 });
      openCall(script, { metadata: [{ name: echoInitialName, value: 'x' }], legal: false })
        .awaitHeaders()
        .sendOctets(zeros(20_481))
        .awaitEnd();
    },
    calls: ['status 0', 'HTTP 413', 'HTTP 413', 'RST CANCEL'],
  },
  {
    variations: ['answer-header-limit=4096'],
    does: 'loses answers that begin with more, with messages or without',
    write: (script) => {
      const echo = (name: string, octets: number) => [
        { name, value: Buffer.alloc(octets, 'x').toString(name.endsWith('-bin') ? 'base64' : 'latin1') },
      ];
      const failing = unaryCall({ status: { code: 9, message: '' } });
      script.call(emptyCall(), { metadata: echo(echoInitialName, 3000) });
      script.call(emptyCall(), { metadata: echo(echoInitialName, 4096), legal: false });
      script.call(failing, { metadata: echo(echoTrailingName, 4096), legal: false });
      script.call(emptyCall());
    },
    calls: ['status 0', 'HTTP 502', 'HTTP 502', 'status 0'],
  },
  ...['0', '1', '65534', '65535', '1048576', '2147483647'].map((value): Row => ({
    variations: [`initial-window=${value}`],
    does: 'takes requests of any length all the same',
    write: (script) => {
      script.call(streamingInputCall([{ payload: zeros(200_000) }, { payload: zeros(100_000) }]));
      script.call(emptyCall());
    },
    calls: ['status 0', 'status 0'],
  })),
  {
    variations: ['initial-window=0'],
    does: 'allows what was sent before its SETTINGS were there',
    write: (script) => {
      script.open({ awaitSettings: false });
      script.call(unaryCall({ payload: zeros(60_000) }));
    },
    calls: ['status 0'],
  },
  {
    variations: ['handlers=1'],
    does: 'lets a call wait for the one before it',
    write: (script) => {
      const first = openCall(script);
      const second = script.call(emptyCall(), { awaitEnd: false });
      script.await({ see: 'quiet' }, { within: 'quiet' });
      first.halfClose().awaitEnd();
      second.awaitEnd();
    },
    calls: ['status 0', 'status 0'],
  },
  {
    variations: ['handlers=1'],
    does: 'forgets a call that is cancelled or expires while it waits',
    write: (script) => {
      const first = openCall(script);
      script.call(emptyCall(), { awaitEnd: false }).reset();
      script.call(emptyCall(), { timeout: '20m' });
      first.reset();
      script.call(emptyCall());
    },
    calls: ['reset by us', 'reset by us', 'status 4', 'status 0'],
  },
  {
    variations: ['calls-per-connection=1'],
    does: 'announces its shutdown in two steps',
    write: (script) => {
      script.call(emptyCall());
      awaitClose(script);
    },
    calls: ['status 0'],
    connection: 'closed',
  },
  {
    variations: ['calls-per-connection-at-once=1'],
    does: 'passes over what comes after the last call',
    write: (script) => {
      const first = openCall(script);
      openCall(script);
      script.fence();
      first.halfClose().awaitEnd();
      awaitClose(script);
    },
    calls: ['status 0', 'GOAWAY below the stream'],
    connection: 'closed',
  },
  {
    variations: ['keepalive=1000'],
    does: 'asks who says nothing, and drops who does not answer',
    write: (script) => {
      script.open({ housekeeping: { ackPings: false } });
      openCall(script);
      script.await({ see: 'ping' }).acknowledgePings({ once: true });
      script.await({ see: 'ping' });
      awaitClose(script);
    },
    calls: ['GOAWAY NO_ERROR'],
    connection: 'closed',
  },
  {
    variations: ['idle-close=20'],
    does: 'leaves a connection alone that has a stream, and then closes it',
    write: (script) => {
      const call = openCall(script);
      script.await({ see: 'quiet' }, { within: 'quiet' });
      call.halfClose().awaitEnd();
      awaitClose(script);
    },
    calls: ['status 0'],
    connection: 'closed',
  },
  {
    variations: ['connection-age=100'],
    does: 'lets an open call end first',
    write: (script) => {
      const call = openCall(script);
      script.await({ see: 'goaway' });
      call.halfClose().awaitEnd();
      awaitClose(script);
    },
    calls: ['status 0'],
    connection: 'closed',
  },
  {
    variations: ['empty-frames=2'],
    does: 'bears one at a time, and not two in a row',
    write: (script) => {
      const call = openCall(script);
      for (let count = 0; count < 3; count++)
        script.frame(emptyData(call.stream)).frame(data(call.stream, hex('0000000000')));
      script.fence();
      for (let count = 0; count < 2; count++) script.frame(emptyData(call.stream));
      awaitClose(script);
    },
    calls: ['GOAWAY ENHANCE_YOUR_CALM'],
    connection: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    variations: ['empty-frames-bare=2'],
    does: 'closes without a word',
    write: (script) => {
      const call = openCall(script);
      for (let count = 0; count < 2; count++) script.frame(emptyData(call.stream));
      awaitClose(script);
    },
    calls: ['connection closed'],
    connection: 'closed',
  },
  {
    variations: ['repeated-settings'],
    does: 'bears one SETTINGS after the other, and not one identifier twice in one',
    write: (script) => {
      const table = { id: settingIds.HEADER_TABLE_SIZE, value: 4096 };
      script.settings([table]).settings([table]).fence();
      script.settings([table, table]);
      awaitClose(script);
    },
    calls: [],
    connection: 'GOAWAY PROTOCOL_ERROR',
  },
  ...[7, 14, 16].map((code): Row => ({
    variations: [`refuse-calls=${code}`],
    does: 'lets nobody through',
    write: (script) => {
      script.call(emptyCall());
      script.call(unknownMethod('/a/b'), { halfClose: false }).awaitEnd();
    },
    calls: [`status ${code}`, `status ${code}`],
  })),
  {
    variations: ['refused-every=2'],
    does: 'refuses every second call',
    write: (script) => {
      for (let count = 0; count < 4; count++) script.call(emptyCall());
    },
    calls: ['status 0', 'RST REFUSED_STREAM', 'status 0', 'RST REFUSED_STREAM'],
  },
  {
    variations: ['late-unimplemented'],
    does: 'answers an unknown method when the request has ended',
    write: (script) => {
      const call = script.call(unknownMethod('/a/b'), { halfClose: false, awaitEnd: false });
      script.await({ see: 'quiet' }, { within: 'quiet' });
      call.halfClose().awaitEnd();
    },
    calls: ['status 12'],
  },
  {
    variations: ['http-404'],
    does: 'answers an unknown path by HTTP',
    write: (script) => script.call(unknownMethod('/a/b'), { legal: false }),
    calls: ['HTTP 404'],
  },
  {
    variations: ['http-400-json'],
    does: 'tells JSON from other types',
    write: (script) => {
      script.call(emptyCall(), { fields: otherType('application/json'), legal: false });
      script.call(emptyCall(), { fields: otherType('text/plain'), legal: false });
    },
    calls: ['HTTP 400', 'HTTP 415'],
  },
  {
    variations: ['no-health-list'],
    does: 'knows Check and Watch, and no List',
    write: (script) => {
      script.call(healthCheck(''));
      script.call(healthList());
    },
    calls: ['status 0', 'status 12'],
  },
  {
    variations: ['no-reflection-v1alpha'],
    does: 'knows server reflection v1 alone',
    write: (script) => {
      script.call(reflectionCall('v1', { ask: 'services' }));
      script.call(reflectionCall('v1alpha', { ask: 'services' }));
    },
    calls: ['status 0', 'status 12'],
  },
  {
    variations: ['no-health-watch'],
    does: 'knows Check and List, and no Watch',
    write: (script) => {
      script.call(healthList());
      script.call(healthWatch(''));
    },
    calls: ['status 0', 'status 12'],
  },
  {
    variations: ['options-204'],
    does: 'tells OPTIONS from other methods',
    write: (script) => {
      script.call(emptyCall(), { fields: otherMethod('OPTIONS'), legal: false });
      script.call(emptyCall(), { fields: otherMethod('PUT'), legal: false });
    },
    calls: ['HTTP 204', 'HTTP 405'],
  },
  {
    variations: ['flawed-fields-dropped'],
    does: 'serves as if they were not there, and no other malformed request',
    write: (script) => {
      for (const flawed of [
        { name: 'x\0', value: 'a' },
        { name: '', value: 'a' },
        flawedEcho('a\nb'),
        flawedEcho(' a'),
      ])
        script.call(emptyCall(), { metadata: [flawed], legal: false });
      script.call(emptyCall(), { metadata: [{ name: 'X', value: 'a' }], legal: false });
    },
    calls: ['status 0', 'status 0', 'status 0', 'status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['blanks-stripped'],
    does: 'serves them, and refuses other octets',
    write: (script) => {
      script.call(emptyCall(), { metadata: [flawedEcho(' a\t')], legal: false });
      script.call(emptyCall(), { metadata: [flawedEcho('a\0')], legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['header-table=256'],
    does: 'takes a table of that size, and a block without the update that announces it ends the connection',
    write: (script) => {
      script.call(emptyCall(), { sizeUpdates: [0, 256] });
      script.open({ on: 'late' });
      script.call(emptyCall(), { on: 'late', sizeUpdates: [] });
    },
    calls: ['status 0', 'GOAWAY below the stream'],
  },
  {
    variations: ['largest-frame=20000'],
    does: 'takes a frame of that length, and none that is longer',
    write: (script) => {
      script.call(emptyCall());
      script.frame(rawFrame({ type: frameTypes.GOAWAY, payload: zeros(20_000) }));
      script.call(emptyCall());
      script.frame(rawFrame({ type: frameTypes.GOAWAY, payload: zeros(20_001) }));
      awaitClose(script);
    },
    calls: ['status 0', 'status 0'],
    connection: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    variations: ['late-size-updates'],
    does: 'follows an update wherever it stands',
    write: (script) => script.call(emptyCall(), { fields: (all) => [...all, sizeUpdate, afterUpdate] }),
    calls: ['status 0'],
  },
  {
    variations: ['two-size-updates'],
    does: 'tells two from three',
    write: (script) => {
      script.call(emptyCall(), { sizeUpdates: [0, 4096] });
      script.call(emptyCall(), { sizeUpdates: [0, 0, 4096] });
    },
    calls: ['status 0', 'GOAWAY below the stream'],
    connection: 'GOAWAY COMPRESSION_ERROR',
  },
  {
    variations: ['te-required'],
    does: 'tells none from the one that there must be',
    write: (script) => {
      script.call(emptyCall());
      script.call(emptyCall(), { fields: otherTe(), legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['te-as-list'],
    does: 'serves trailers in all forms, and nothing else',
    write: (script) => {
      for (const te of ['Trailers', '', 'trailers, ,', 'trailers, gzip'])
        script.call(emptyCall(), { fields: otherTe(te), legal: false });
    },
    calls: ['status 0', 'status 0', 'status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['any-value-passed'],
    does: 'copies octets that are no ASCII',
    write: (script) => script.call(unaryCall(), { metadata: [flawedEcho('a\xff\tb')], legal: false }),
    calls: ['status 0'],
  },
  {
    variations: ['empty-values-dropped'],
    does: 'copies no metadata without a value, and serves the call',
    write: (script) => {
      for (const value of ['', 'a'])
        script
          .call(unaryCall(), { metadata: [{ name: echoInitialName, value }], legal: false })
          .expect(value === '' ? unechoed : echoedInHeaders([value]));
    },
    calls: ['status 0', 'status 0'],
  },
  {
    variations: ['scheme-checked'],
    does: 'tells the scheme that fits from others',
    write: (script) => {
      script.call(emptyCall());
      script.call(emptyCall(), { fields: otherValue(':scheme', 'https'), legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['content-type-prefix'],
    does: 'compares the beginning, octet for octet',
    write: (script) => {
      for (const type of ['application/grpcfoo', 'application/grpc', 'APPLICATION/GRPC', 'application/grp'])
        script.call(emptyCall(), { fields: otherType(type), legal: false });
    },
    calls: ['status 0', 'status 0', 'HTTP 415', 'HTTP 415'],
  },
  {
    variations: ['authority-required'],
    does: 'takes Host in its place, and nothing else',
    write: (script) => {
      script.call(emptyCall(), { fields: (all) => [...all.filter(isNoAuthority), { name: 'host', value: 'a' }] });
      script.call(emptyCall(), { fields: (all) => all.filter(isNoAuthority), legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['strict-authority'],
    does: 'tells a host and a port from what is none',
    write: (script) => {
      for (const value of ['[::1]:1', 'a.b', '%2Fa', 'a b', '', ':1', 'a:b'])
        script.call(emptyCall(), { fields: otherValue(':authority', value), legal: false });
    },
    calls: ['status 0', 'status 0', 'status 0', ...Array<string>(4).fill('RST PROTOCOL_ERROR')],
  },
  {
    variations: ['any-authority'],
    does: 'takes userinfo',
    write: (script) => script.call(emptyCall(), { fields: otherValue(':authority', 'me@a'), legal: false }),
    calls: ['status 0'],
  },
  {
    variations: ['host-discarded'],
    does: 'looks at Host where there is no :authority',
    write: (script) => {
      const hosts = ['a', 'b'].map((value) => ({ name: 'host', value }));
      script.call(emptyCall(), { metadata: hosts, legal: false });
      script.call(emptyCall(), { fields: (all) => [...all.filter(isNoAuthority), ...hosts], legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['path-normalised'],
    does: 'finds the method, and keeps the case of letters',
    write: (script) => {
      const { path } = emptyCall();
      for (const other of [
        `${path}?a`,
        `${path};a`,
        `${path}/`,
        `/x/..${path}`,
        path.replace('E', '%45'),
        path.toLowerCase(),
      ])
        script.call(emptyCall(), { fields: otherValue(':path', other), legal: false });
    },
    calls: [...Array<string>(5).fill('status 0'), 'status 12'],
  },
  ...[502, 503, 504].map((code): Row => ({
    variations: [`gateway-deadline=${code}`],
    does: 'answers by HTTP while it can',
    write: (script) => {
      script.call(slowCall, { timeout: '20m', legal: false });
      script.call(slowCall, { timeout: '20m', metadata: [{ name: echoInitialName, value: 'x' }] });
    },
    calls: [`HTTP ${code}`, 'RST CANCEL'],
  })),
  {
    variations: ['deadline-status=14'],
    does: 'has a status of its own for it',
    write: (script) => script.call(slowCall, { timeout: '20m' }),
    calls: ['status 14'],
  },
  {
    variations: ['mirrored-encoding'],
    does: 'serves plain and compressed requests',
    write: (script) => {
      script.call(unaryCall({ responseSize: 100 }));
    },
    calls: ['status 0'],
  },
  {
    variations: ['field-zero'],
    does: 'takes 02 00 for nothing, and other octets as anybody does',
    write: (script) => {
      for (const message of ['', '0200', '0201', '0801']) script.call(ring(message));
    },
    calls: ['status 0', 'status 0', 'status 13', 'status 0'],
  },
  {
    variations: [],
    does: 'without variation takes 02 00 for no message',
    write: (script) => script.call(ring('0200')),
    calls: ['status 13'],
  },
  {
    variations: ['lenient-base64'],
    does: 'serves a call with metadata that it cannot read',
    write: (script) => script.call(emptyCall(), { metadata: [{ name: 'x-bin', value: 'A!' }], legal: false }),
    calls: ['status 0'],
  },
  {
    variations: ['any-visible-names'],
    does: 'takes a name that is no token, and no other',
    write: (script) => {
      for (const name of ['x/y', 'x:y']) script.call(emptyCall(), { metadata: [{ name, value: 'a' }], legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  {
    variations: ['control-octets-kept'],
    does: 'takes DEL, and no NUL',
    write: (script) => {
      for (const value of ['a\x7f', 'a\0'])
        script.call(emptyCall(), { metadata: [{ name: 'x-a', value }], legal: false });
    },
    calls: ['status 0', 'RST PROTOCOL_ERROR'],
  },
  ...[
    { variation: 'content-length-unread', calls: ['status 0', 'status 0', 'status 0'] },
    { variation: 'content-length-merged', calls: ['status 0', 'RST PROTOCOL_ERROR', 'RST PROTOCOL_ERROR'] },
  ].map(({ variation, calls }): Row => ({
    variations: [variation],
    does: 'tells equal lengths from others',
    write: (script) => {
      for (const value of ['5, 5', '5, 6', 'abc'])
        script.call(emptyCall(), { metadata: [{ name: 'content-length', value }], legal: false });
    },
    calls,
  })),
  {
    variations: ['malformed-timeout-ends-connection'],
    does: 'does so',
    write: (script) => {
      script.call(emptyCall(), { timeout: '1x', awaitEnd: false, legal: false });
      awaitClose(script);
    },
    calls: ['GOAWAY PROTOCOL_ERROR'],
    connection: 'GOAWAY PROTOCOL_ERROR',
  },
];

test.each(rows)('$variations $does', async ({ variations: chosen, write, calls, connection = 'open', tls = false }) => {
  const seen = await playReference({ variations: chosen, tls, times: { quiet: 150 } }, write);
  expect({ calls: seen.calls.map(callReaction), connection: connectionReaction(seen.connection()) }).toEqual({
    calls,
    connection,
  });
  expect(brokenRules(seen)).toEqual([]);
});

test.each<[string, number, readonly number[]]>([
  ['max-streams=3', settingIds.MAX_CONCURRENT_STREAMS, [3]],
  ['max-streams-lowered=3', settingIds.MAX_CONCURRENT_STREAMS, [100, 3]],
  ['max-streams-late=1', settingIds.MAX_CONCURRENT_STREAMS, [0, 100]],
  ['header-list=2048', settingIds.MAX_HEADER_LIST_SIZE, [2048]],
  ['header-list-unsaid=2048', settingIds.MAX_HEADER_LIST_SIZE, []],
  ['initial-window=0', settingIds.INITIAL_WINDOW_SIZE, [0]],
])('%s announces it', async (variation, id, want) => {
  const seen = await playReference({ variations: [variation], times: { quiet: 150 } }, (script) => {
    script.call(emptyCall());
    script.call(emptyCall());
    script.await({ see: 'quiet' }, { within: 'quiet' });
  });
  expect(settingsOf(seen, id)).toEqual(want);
});

test.each<[string, readonly number[]]>([
  ['calls-per-connection=1', [2 ** 31 - 1, 1]],
  ['calls-per-connection-at-once=1', [1]],
])('%s: GOAWAY names %j', async (variation, want) => {
  const seen = await playReference({ variations: [variation] }, (script) => {
    script.call(emptyCall());
    awaitClose(script);
  });
  expect(goawaysOf(seen)).toEqual(want);
});

test('rate-limit: what is too much ends with UNAVAILABLE and says when to come again', async () => {
  const seen = await playReference({ variations: ['rate-limit=50'] }, (script) => {
    const calls = Array.from({ length: 99 }, () => script.call(emptyCall(), { awaitEnd: false }));
    for (const call of calls) call.awaitEnd();
  });
  const refused = seen.calls.filter(({ status }) => status === 14);
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(seen.calls.map(callReaction))).toEqual(new Set(['status 0', 'status 14']));
  expect(refused.map(({ trailers, headers }) => [...(headers ?? []), ...(trailers ?? [])])).toEqual(
    refused.map(() =>
      expect.arrayContaining([expect.objectContaining({ name: 'grpc-retry-pushback-ms', value: '20' })]),
    ),
  );
});

test('mirrored-encoding: an answer has the encoding of its request though nobody said that it may', async () => {
  const request = unaryCall({ responseSize: 1000 });
  const body = encodeMessage(gzip(request.messages[0]!), { compressedFlag: 1 });
  const seen = await playReference({ variations: ['mirrored-encoding'] }, (script) => {
    script.call(request, { encoding: 'gzip', body });
  });
  expect(seen.calls.map((call) => [callReaction(call), call.messages[0]?.compressedFlag])).toEqual([['status 0', 1]]);
});

test.each<[readonly string[], string, string]>([
  [['http/1.1', 'h2'], 'http/1.1', 'both'],
  [['h2', 'http/1.1'], 'http/1.1', 'both, h2 first'],
  [['h2'], 'h2', 'h2 alone'],
])('prefers-http1: of %j it takes %s (%s)', async (alpn, want) => {
  const seen = await playReference({ variations: ['prefers-http1'], tls: true }, (script) => {
    script.open({ alpn, awaitSettings: false }).close('fin');
  });
  expect(seen.connection().tls?.alpn).toBe(want);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'client-certificates: %s serves nobody that it does not know',
  async (version) => {
    const versions = [version, version] as const;
    const seen = await playReference({ variations: ['client-certificates'], tls: true }, (script) => {
      for (const certificate of ['none', ...strangerKinds] as const)
        callOverTls(script, { offers: ['unary'] }, { on: certificate, tls: { versions, certificate } });
    });
    expect(seen.calls.filter(({ shape }) => shape === 'normal' || shape === 'open')).toEqual([]);
  },
);

test.each<[string, string, string]>([
  ['0a01 61 ba01 03 0a0131', '0a0161ba01030a0131', 'an entry with its fields alone stays'],
  ['ba01 05 0a0131 1801', '', 'an unknown field drops its entry'],
  ['ba01 05 0a0131 1801 ba01 03 0a0132', 'ba01030a0132', 'and no other'],
  ['8a0102 1801', '8a01021801', 'other fields stay'],
  ['ba01 05 0a', 'ba01050a', 'what does not decode stays'],
])('lossy-maps: %s becomes %s: %s', (octets, want) => {
  expect(Buffer.from(dropOddEntries(hex(octets), [23])).toString('hex')).toBe(want);
});

test.each([
  [[], ['grpc/testing/test.proto', 'grpc/testing/empty.proto', 'grpc/testing/messages.proto']],
  [['reflects-one-file'], ['grpc/testing/test.proto']],
])('server reflection with %j gives a service by %j', async (chosen, names) => {
  const seen = await playReference({ variations: chosen }, (script) => {
    script.call(reflectionCall('v1', { ask: 'symbol', name: testService }));
  });
  const answer = decodeReflectionReply(seen.call().messages[0]?.octets ?? zeros(0))?.answer;
  const files = answer?.kind === 'files' ? answer.files : [];
  expect(files.map((file) => readFileSymbols(file)?.name)).toEqual(names);
});

test.each([
  [[], [1, 2, 1, 2]],
  [['health-skips'], [1, 2]],
])('a watcher of a name that is set to and fro is with %j told %j', async (chosen, told) => {
  const seen = await playReference({ variations: chosen }, (script) => {
    script.call(probeSetServing('a', true), { on: 'control' });
    const watch = script.call(healthWatch('a'), { as: 'watch', awaitEnd: false }).awaitMessages(1);
    // In one connection and without a wait, so that they come together.
    const sets = [false, true, false].map((serving) =>
      script.call(probeSetServing('a', serving), { on: 'control', awaitEnd: false }),
    );
    for (const call of sets) call.awaitEnd();
    watch.awaitMessages(told.length).reset();
  });
  const said = seen.call('watch').messages.map(({ octets }) => decodeHealthCheckResponse(octets)?.status);
  expect(said).toEqual(told);
});

test('every trait of a target stands in this file', () => {
  const named = new Set([
    ...rows.flatMap((row) => row.variations.map((text) => text.split('=')[0])),
    'rate-limit',
    'mirrored-encoding',
    'prefers-http1',
    'client-certificates',
    'lossy-maps',
    'reflects-one-file',
    'health-skips',
  ]);
  expect(variationNames.filter((name) => variations[name].about === 'target' && !named.has(name))).toEqual([]);
});

test('a connection is not told a higher last stream after a lower one', async () => {
  const seen = await playReference({ variations: ['calls-per-connection-at-once=1'] }, (script) => {
    openCall(script);
    openCall(script);
    script.fence();
    script.frame(rawFrame({ type: frameTypes.PING, streamId: 1, payload: zeros(8) }));
    awaitClose(script);
  });
  expect(goawaysOf(seen)).toEqual([1, 1]);
});
