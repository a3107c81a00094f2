import { parseReadyLine } from './ready-line';

test.each([
  ['{"host":"127.0.0.1","port":5}', { kind: 'tcp', host: '127.0.0.1', port: 5 }],
  ['  {"port":5}\r', { kind: 'tcp', host: '127.0.0.1', port: 5 }],
  ['{"host":"0.0.0.0","port":5}', { kind: 'tcp', host: '127.0.0.1', port: 5 }],
  ['{"host":"::","port":5}', { kind: 'tcp', host: '::1', port: 5 }],
  ['{"port":0}', undefined],
  ['{"port":"5"}', undefined],
  ['{"level":"info"}', undefined],
  ['listening on {"port":5}', undefined],
  ['{', undefined],
])('ready line %s', (line, want) => {
  expect(parseReadyLine(line)).toEqual(want);
});
