import * as descriptor from 'protobufjs/ext/descriptor';
import { readFileSymbols } from './file-symbols';

const encode = (file: descriptor.IFileDescriptorProto): Uint8Array =>
  descriptor.FileDescriptorProto.encode(descriptor.FileDescriptorProto.create(file)).finish();

test('reads the names that can be asked for', () => {
  const file = encode({
    name: 'a/b.proto',
    package: 'a',
    dependency: ['c.proto', 'd.proto'],
    messageType: [
      {
        name: 'M',
        nestedType: [
          { name: 'N', nestedType: [{ name: 'O' }] },
          { name: 'PEntry', options: { mapEntry: true } },
        ],
      },
    ],
    service: [{ name: 'S', method: [{ name: 'Call' }, { name: 'Ask' }] }],
  });
  expect(readFileSymbols(file)).toEqual({
    name: 'a/b.proto',
    dependencies: ['c.proto', 'd.proto'],
    services: ['a.S'],
    methods: ['a.S.Call', 'a.S.Ask'],
    messages: ['a.M', 'a.M.N', 'a.M.N.O'],
  });
});

test('without a package, names are those of the file', () => {
  const file = encode({ name: 'b.proto', messageType: [{ name: 'M' }] });
  expect(readFileSymbols(file)).toMatchObject({ messages: ['M'], services: [], methods: [] });
});

test.each([
  ['nothing', []],
  ['octets that are no message', [0xff]],
  ['no name', [0x12, 0x01, 0x61]],
  ['a message that is none', [0x0a, 0x01, 0x61, 0x22, 0x01, 0xff]],
  ['a method that is none', [0x0a, 0x01, 0x61, 0x32, 0x03, 0x12, 0x01, 0xff]],
])('%s is no descriptor', (_, octets) => expect(readFileSymbols(Uint8Array.from(octets))).toBeUndefined());

test('what is nested without end is left out below a depth', () => {
  let nested: descriptor.IDescriptorProto = { name: 'M' };
  for (let depth = 0; depth < 60; depth++) nested = { name: 'M', nestedType: [nested] };
  expect(readFileSymbols(encode({ name: 'b.proto', messageType: [nested] }))?.messages).toHaveLength(32);
});
