import { prepareCommand } from './prepare-command';

test.each<[string, NodeJS.Signals | undefined, string]>([
  ['node s.js --port {port} {port}', undefined, 'exec node s.js --port 7 7'],
  ['NODE_ENV=test node s.js', undefined, 'exec env NODE_ENV=test node s.js'],
  ['exec node s.js', undefined, 'exec node s.js'],
  ['exit 9', undefined, 'exit 9'],
  ['node s.js > log 2>&1', undefined, 'exec node s.js > log 2>&1'],
  ['cd dir && node s.js', undefined, 'cd dir && node s.js'],
  ['cd dir && node s.js', 'SIGTERM', 'trap : TERM\ncd dir && node s.js'],
])('command %s', (text, gracefulSignal, want) => {
  expect(prepareCommand(text, 7, gracefulSignal)).toBe(want);
});
