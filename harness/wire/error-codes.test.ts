import { constants } from 'node:http2';
import { errorCodeName, errorCodes } from './error-codes';

describe('error codes', () => {
  test.each(Object.entries(errorCodes).filter(([name]) => `NGHTTP2_${name}` in constants))(
    '%s has the number that Node knows',
    (name, code) => {
      expect(code).toBe(Object.entries(constants).find(([key]) => key === `NGHTTP2_${name}`)?.[1]);
    },
  );

  test('every number from 0 to 13 has a name, others are shown in hexadecimal', () => {
    const names = Array.from({ length: 14 }, (_, code) => errorCodeName(code));
    expect(names).toEqual(Object.keys(errorCodes));
    expect([14, 0xffff_ffff].map(errorCodeName)).toEqual(['0xe', '0xffffffff']);
  });
});
