import { PassThrough } from 'node:stream';
import { lastWords } from './last-words';

test('keeps the end of what comes from any of the outputs', () => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const words = lastWords([out, err], 6);
  expect(words()).toBe('');
  out.emit('data', Buffer.from('one '));
  err.emit('data', Buffer.from('two '));
  out.emit('data', Buffer.from('3'));
  expect(words()).toBe(' two 3');
});
