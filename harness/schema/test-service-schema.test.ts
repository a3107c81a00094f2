import { testServiceSchema } from './test-service-schema';

test('every request of the interop service has its type', () => {
  const names = testServiceSchema().messages.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'grpc.testing.SimpleRequest',
      'grpc.testing.StreamingInputCallRequest',
      'grpc.testing.StreamingOutputCallRequest',
    ]),
  );
});

test('it is read once', () => {
  expect(testServiceSchema()).toBe(testServiceSchema());
});
