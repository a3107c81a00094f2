import {
  decodeReflectionReply,
  encodeReflectionQuestion,
  reflectionCall,
  saysQuestion,
  type AnyReflectionQuestion,
} from './reflection-messages';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

const questions: readonly (readonly [AnyReflectionQuestion, string])[] = [
  [{ ask: 'nothing' }, ''],
  [{ ask: 'services' }, '3a012a'],
  [{ ask: 'symbol', name: 'a' }, '220161'],
  [{ ask: 'file', name: 'a' }, '1a0161'],
  [{ ask: 'extensions', name: 'a' }, '320161'],
  [{ ask: 'extension', name: 'a', number: 300 }, '2a060a016110ac02'],
];

test.each(questions)('%j is asked as %s', (question, encoded) => {
  expect(hex(encodeReflectionQuestion(question))).toBe(encoded);
  expect(saysQuestion(octets(encoded), question)).toBe(true);
  // With a host, which says nothing about the question.
  expect(saysQuestion(octets(`0a0168${encoded}`), question)).toBe(true);
});

test('another question is told from it', () => {
  expect(saysQuestion(octets('220162'), { ask: 'symbol', name: 'a' })).toBe(false);
  expect(saysQuestion(octets('1a0161'), { ask: 'symbol', name: 'a' })).toBe(false);
  expect(saysQuestion(octets('ff'), { ask: 'nothing' })).toBe(false);
});

test('a call carries several questions, to either version', () => {
  expect(reflectionCall('v1alpha', { ask: 'services' }, { ask: 'nothing' })).toMatchObject({
    kind: 'bidirectional-streaming',
    path: '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
    messages: [octets('3a012a'), new Uint8Array(0)],
  });
});

test.each([
  ['services', '32050a030a0161', { answer: { kind: 'services', names: ['a'] } }],
  ['a file', '22030a0161', { answer: { kind: 'files', files: [octets('61')] } }],
  ['extensions', '2a030a0161', { answer: { kind: 'extensions', name: 'a' } }],
  ['an error', '3a020805', { answer: { kind: 'error', status: 5, message: '' } }],
  ['an echo', '12033a012a3a020805', { original: octets('3a012a'), answer: { kind: 'error', status: 5, message: '' } }],
])('reads %s', (_, encoded, reply) => expect(decodeReflectionReply(octets(encoded))).toEqual(reply));

test.each(['', '12033a012a', 'ff', '2a01ff'])('%s is no reply', (encoded) =>
  expect(decodeReflectionReply(octets(encoded))).toBeUndefined(),
);
