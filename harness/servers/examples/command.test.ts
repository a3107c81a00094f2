import { parseCommand } from './command';

const exec = `--exec './harness/servers/one/build/server --port {port}'`;

test('the words of a command and the pipe behind it', () => {
  const command = parseCommand(`npx grpc-conform probe ${exec} -d '{"a":"b c"}' | grep -E '^a|b$' | cut -c1-2`);
  expect(command.server).toBe('one');
  expect(command.words).toEqual([
    'probe',
    '--exec',
    './harness/servers/one/build/server --port {port}',
    '-d',
    '{"a":"b c"}',
  ]);
  expect(command.filter(['abc', 'xyz', 'b'])).toEqual(['ab', 'b']);
});

test('the bundled server, words that are quoted in part, and no pipe', () => {
  const { server, words, filter } = parseCommand(`npx grpc-conform run 'MSG'-01"" --target bundled`);
  expect({ server, words, kept: filter(['a']) }).toEqual({
    server: 'bundled',
    words: ['run', 'MSG-01', '--target', 'bundled'],
    kept: ['a'],
  });
});

test.each([
  ['node main.js probe --target bundled', /does not begin with npx grpc-conform/],
  ['npx grpc-conform probe --target localhost:1', /has neither --target bundled nor/],
  ['npx grpc-conform probe --exec other', /has neither/],
  ['npx grpc-conform probe --target bundled | sort', /is piped into sort/],
  ['npx grpc-conform probe --target bundled | cut -f1', /is piped into cut -f1/],
  ["npx grpc-conform probe --target bundled | grep -E '[[:digit:]]'", /is piped into grep/],
  ['npx grpc-conform probe --target bundled > file', /has > outside of quotes/],
  ['npx grpc-conform probe --target bundled; rm file', /has ; outside of quotes/],
  ["npx grpc-conform probe --target 'bundled", /has ' outside of quotes/],
])('%s: a sentence', (text, message) => expect(() => parseCommand(text)).toThrow(message));
