import { Writable } from 'node:stream';
import net from 'node:net';
import { once } from 'node:events';
import { makeOutput, type OutputStream } from './output';

/** A stream whose every write ends in an error, as that of a terminal that is gone. */
function failing(code: string): { readonly stream: OutputStream; readonly attempts: () => number } {
  let attempts = 0;
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      attempts++;
      done(Object.assign(new Error(`${code}: a test`), { code }));
    },
  });
  return { stream, attempts: () => attempts };
}

test.each(['EIO', 'ENOSPC', 'EBADF'])(
  '%s ends the output, is thrown at nobody, and is told at the end',
  async (code) => {
    const { stream, attempts } = failing(code);
    const output = makeOutput(stream);
    output.write('one');
    // The error comes in a later turn of the event loop; a second write must not change that it is the first that counts.
    await new Promise((resolve) => setImmediate(resolve));
    output.write('two');
    expect(await output.finish?.()).toMatchObject({ code });
    expect(attempts()).toBe(1);
  },
);

test('is told also when the end is asked for at once', async () => {
  const output = makeOutput(failing('EIO').stream);
  output.write('one');
  expect(await output.finish?.()).toMatchObject({ code: 'EIO' });
});

test('a reader that goes away has what it wanted', async () => {
  const output = makeOutput(failing('EPIPE').stream);
  output.write('one');
  output.write('two');
  expect(await output.finish?.()).toBeUndefined();
});

test('a stream that throws is no other matter', async () => {
  const stream: OutputStream = {
    on: () => process.stdout,
    write: () => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    },
  };
  const output = makeOutput(stream);
  output.write('one');
  expect(await output.finish?.()).toMatchObject({ code: 'EIO' });
});

test('of nothing that was written nothing is lost', async () => {
  const { stream, attempts } = failing('ENOSPC');
  const output = makeOutput(stream);
  output.write('');
  expect([await output.finish?.(), attempts()]).toEqual([undefined, 0]);
});

test('a socket whose other end was reset is written to no more, and throws at nobody', async () => {
  const server = net.createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const output = makeOutput(socket);
  await new Promise((resolve) => socket.once('close', resolve));
  output.write('one');
  // ECONNRESET, or what Node says of a stream that is destroyed.
  expect(await output.finish?.()).toBeDefined();
  server.close();
});

test('no line of a text commands a runner of workflows, but what is written as a command', () => {
  let written = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  });
  const output = makeOutput(stream);
  output.write('a ::b::\n  ::error::c\n::stop-commands::d\n{"e":"##[error]"}\n\t::add-mask::f\n');
  output.writeCommands('::error title=g::h\n');
  expect(written).toBe(
    'a ::b::\n  \\u003a:error::c\n\\u003a:stop-commands::d\n{"e":"#\\u0023[error]"}\n\t\\u003a:add-mask::f\n::error title=g::h\n',
  );
});
