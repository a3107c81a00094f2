import { isGrpcContentType } from './content-type';

test.each([
  ['application/grpc', true, 'alone'],
  ['application/grpc+proto', true, 'with a subtype'],
  ['application/grpc;charset=utf-8', true, 'with a parameter'],
  ['application/grpc ; charset=utf-8', true, 'blanks may stand before the parameters (RFC 9110 §5.6.6)'],
  ['Application/GRPC', true, 'media types have no case'],
  ['application/grpc-web', false, 'another protocol'],
  ['application/grpcweb', false, 'only the beginning is right'],
  ['application/grp', false, 'cut short'],
  ['text/application/grpc', false, 'not at the beginning'],
  ['', false, 'empty'],
])('%j: %s, %s', (value, want) => {
  expect(isGrpcContentType(value)).toBe(want);
});
