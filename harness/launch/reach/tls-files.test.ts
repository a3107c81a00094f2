import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreignTestKey, testCertificate, testKey } from './test-certificate.test-helper';
import { readTlsFiles } from './tls-files';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-files-'));
  const contents = {
    cert: testCertificate,
    key: testKey,
    foreign: foreignTestKey,
    text: 'hello',
    locked: '-----BEGIN ENCRYPTED PRIVATE KEY-----',
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (paths: Record<string, string>) =>
  Object.fromEntries(Object.entries(paths).map(([flag, name]) => [flag, join(folder, name)]));

test('reads certificate authority, certificate and key', () => {
  expect(readTlsFiles(inFolder({ cacert: 'cert', cert: 'cert', key: 'key' }))).toEqual({
    ca: testCertificate,
    cert: testCertificate,
    key: testKey,
  });
});

test('needs no file at all', () => {
  expect(readTlsFiles({})).toEqual({ ca: undefined });
});

test.each([
  ['a certificate without its key', { cert: 'cert' }, /--cert needs --key/],
  ['a key without its certificate', { key: 'key' }, /--key needs --cert/],
  ['the key of another certificate', { cert: 'cert', key: 'foreign' }, /does not belong to the certificate/],
  ['a file that is not there', { cacert: 'none' }, /--cacert .*none cannot be read: there is no such file/],
  ['a certificate that is none', { cacert: 'text' }, /--cacert .*text holds no PEM certificate/],
  ['a key in place of a certificate', { cert: 'key', key: 'key' }, /--cert .*key holds no PEM certificate/],
  ['a key that is none', { cert: 'cert', key: 'text' }, /--key .*text holds no PEM private key/],
  ['a key with a pass phrase', { cert: 'cert', key: 'locked' }, /pass phrase/],
])('%s is refused', (_name, paths, message) => {
  expect(() => readTlsFiles(inFolder(paths))).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) }),
  );
});
