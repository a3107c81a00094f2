import { parseTargetAddress, resolveEndpoint } from './target-address';

const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port });

describe('parseTargetAddress', () => {
  test.each([
    ['127.0.0.1:50051', { address: tcp('127.0.0.1', 50051) }, 'no scheme says nothing about TLS'],
    ['greeter.example.com:443', { address: tcp('greeter.example.com', 443) }, 'the port alone does not mean TLS'],
    ['my_service:1', { address: tcp('my_service', 1) }, 'names in container networks have underscores'],
    ['[::1]:50051', { address: tcp('::1', 50051) }, 'brackets are no part of the address'],
    ['http://localhost', { address: tcp('localhost', 80), tls: false }, 'default port of http'],
    ['https://localhost/', { address: tcp('localhost', 443), tls: true }, 'a lone slash is no path'],
    ['HTTPS://[::1]:8443', { address: tcp('::1', 8443), tls: true }, 'schemes are case-insensitive'],
    ['unix:/tmp/s', { address: { kind: 'unix', path: '/tmp/s' } }, 'absolute'],
    ['unix:///tmp/s', { address: { kind: 'unix', path: '/tmp/s' } }, 'as gRPC names it'],
    ['unix:run/s', { address: { kind: 'unix', path: 'run/s' } }, 'relative'],
    ['h:65535', { address: tcp('h', 65535) }, 'the last port'],
  ])('%s', (text, want, _reason) => {
    expect(parseTargetAddress(text)).toEqual(want);
  });

  test.each([
    ['', /empty/],
    ['localhost', /no port.*localhost:50051/],
    ['localhost:', /no port/],
    ['localhost:0', /1 to 65535/],
    ['localhost:65536', /1 to 65535/],
    ['localhost:http', /not a number/],
    ['localhost:-1', /not a number/],
    ['localhost:5e3', /not a number/],
    [':50051', /no host.*localhost:50051/],
    ['50051', /bare port.*localhost:50051/],
    ['::1', /brackets/],
    ['::1:50051', /brackets/],
    ['[localhost]:1', /IPv6/],
    ['a b:1', /blank/],
    ['h:1\n', /blank/],
    ['ftp://h:1', /unknown scheme ftp/],
    ['http://h:1/greet', /path/],
    ['http://me@h:1', /user name/],
    ['unix:', /names no socket/],
    [`unix:/${'x'.repeat(120)}`, /longer than 107/],
    ['-h:1', /no valid host/],
  ])('%s is refused', (text, message) => {
    expect(() => parseTargetAddress(text)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) }),
    );
  });
});

describe('resolveEndpoint', () => {
  const plain = { address: { kind: 'tcp', host: 'h', port: 1 } } as const;

  test.each([
    ['host:port is plaintext', plain, {}, undefined],
    ['--tls', plain, { tls: true }, { insecure: false }],
    ['https:// is TLS', { ...plain, tls: true }, { insecure: true }, { insecure: true }],
    ['servername', plain, { tls: true, servername: 's' }, { insecure: false, servername: 's' }],
  ])('%s', (_name, target, options, want) => {
    expect(resolveEndpoint(target, options)).toEqual(
      want === undefined ? { address: plain.address } : { address: plain.address, tls: want },
    );
  });

  test.each([
    ['both', plain, { tls: true, plaintext: true }, /contradict/],
    ['--plaintext with https://', { ...plain, tls: true }, { plaintext: true }, /https/],
    ['--tls with http://', { ...plain, tls: false }, { tls: true }, /http:/],
    ['--insecure without TLS would be ignored', plain, { insecure: true }, /--insecure is for TLS/],
    ['--cacert without TLS would be ignored', plain, { files: { ca: 'x' } }, /--cacert is for TLS/],
    ['--insecure makes --cacert pointless', plain, { tls: true, insecure: true, files: { ca: 'x' } }, /contradict/],
  ])('%s is refused', (_name, target, options, message) => {
    expect(() => resolveEndpoint(target, options)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) }),
    );
  });
});
