import { execFileSync } from 'node:child_process';
import { hexCommand } from './hex-command';

test('a few octets are one line, more are a here-document, and far too many are cut and said', () => {
  expect(hexCommand(Uint8Array.of(0, 255))).toBe('echo 00ff | xxd -r -p > octets.bin');
  expect(hexCommand(new Uint8Array(33)).split('\n')).toEqual([
    "xxd -r -p > octets.bin <<'END'",
    '00'.repeat(32),
    '00',
    'END',
  ]);
  expect(hexCommand(new Uint8Array(70_000))).toMatch(/^# 4464 more octets are left out\n/);
});

test('a shell takes it', () => {
  const octets = Uint8Array.from({ length: 100 }, (_, at) => at);
  const command = hexCommand(octets).replace('xxd -r -p > octets.bin', 'tr -d "\\n"');
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(Buffer.from(octets).toString('hex'));
});
