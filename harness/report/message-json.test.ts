import { encodeMessage } from '../grpc/length-prefixed-message';
import { streamingOutputCall, unaryCall } from '../grpc/test-service';
import { testServiceSchema } from '../schema/test-service-schema';
import { messageJson } from './message-json';

const [request = new Uint8Array(0)] = unaryCall({
  payload: Uint8Array.of(1, 2),
  responseSize: 3,
  status: { code: 13, message: 'why' },
}).messages;
const type = 'grpc.testing.SimpleRequest';

describe('a message as JSON', () => {
  test('has the names of its fields', () => {
    expect(messageJson(testServiceSchema(), type, request)).toEqual({
      ok: true,
      isWhole: true,
      value: { response_size: 3, payload: { body: 'AQI=' }, response_status: { code: 13, message: 'why' } },
    });
  });

  test('has lists, and octets as the caller wants them', () => {
    const [message = new Uint8Array(0)] = streamingOutputCall({ responses: [{ size: 1 }, { size: 2 }] }).messages;
    const read = messageJson(testServiceSchema(), 'grpc.testing.StreamingOutputCallRequest', message);
    expect(read).toMatchObject({ ok: true, value: { response_parameters: [{ size: 1 }, { size: 2 }] } });
    expect(messageJson(testServiceSchema(), type, request, ({ length }) => `${length} octets`)).toMatchObject({
      value: { payload: { body: '2 octets' } },
    });
  });

  test('says when JSON of the type cannot say it all', () => {
    const more = Uint8Array.from([...request, 0xf8, 0x3f, 5]);
    expect(messageJson(testServiceSchema(), type, more)).toMatchObject({
      ok: true,
      isWhole: false,
      value: { 'unknown field 1023': 'BQ==' },
    });
  });

  test('octets that are no message of the type say why', () => {
    expect(messageJson(testServiceSchema(), type, encodeMessage(request))).toMatchObject({ ok: false, at: 0 });
  });
});
