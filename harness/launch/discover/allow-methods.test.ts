import type { SchemaMethod } from '../../schema/schema';
import { matchMethods } from './allow-methods';

const methods: readonly SchemaMethod[] = [
  '/shop.v1.Cart/Add',
  '/shop.v1.Cart/Remove',
  '/shop.v1.Till/Pay',
  '/Plain/go',
].map((path) => ({ path, kind: 'unary', input: 'I', output: 'O', idempotent: false }));
const unusable = [{ path: '/shop.v1.Cart/Lost', reason: 'its request type is described nowhere' }];
const match = (...globs: readonly string[]): readonly string[] =>
  matchMethods(methods, globs, '--method', unusable).map(({ path }) => path);

test.each<[readonly string[], readonly string[], string]>([
  [
    ['*'],
    ['/shop.v1.Cart/Add', '/shop.v1.Cart/Remove', '/shop.v1.Till/Pay', '/Plain/go'],
    'a star crosses dots and slashes',
  ],
  [['shop.v1.Cart/Add'], ['/shop.v1.Cart/Add'], 'a full name'],
  [['/shop.v1.Cart/Add'], ['/shop.v1.Cart/Add'], 'with the slash of :path'],
  [['shop.*/Pay', 'Plain/?o'], ['/shop.v1.Till/Pay', '/Plain/go'], 'several, in the order of the schema'],
  [['*Cart*', 'shop.v1.Cart/Add'], ['/shop.v1.Cart/Add', '/shop.v1.Cart/Remove'], 'named twice, taken once'],
  [[], [], 'nothing is allowed unless it is named'],
])('%j', (globs, want, _reason) => {
  expect(match(...globs)).toEqual(want);
});

test.each<[string, RegExp, string]>([
  ['shop.v1.Cart/add', /matches no method \(did you mean shop\.v1\.Cart\/Add\?\): there are shop/, 'names have a case'],
  ['shop.v1.Cart.Add', /\(did you mean shop\.v1\.Cart\/Add\?\)/, 'with a dot'],
  ['Pay', /\(did you mean shop\.v1\.Till\/Pay\?\)/, 'the method alone'],
  ['shop.v1.Cart', /\(did you mean shop\.v1\.Cart\/\*\?\)/, 'the service alone'],
  ['shop+v1.Cart/Add', /\(did you mean shop\.v1\.Cart\/Add\?\)/, 'no pattern of another kind'],
  ['zebra', /"zebra" matches no method: there are shop\.v1\.Cart\/Add, .*, Plain\/go$/, 'nothing is near'],
  [
    '*/Lost',
    /"\*\/Lost": shop\.v1\.Cart\/Lost cannot be called: its request type is described nowhere$/,
    'nothing that can be called',
  ],
  [
    'grpc.testing.TestService/EmptyCall',
    /for tests or tools: those are found and used without it/,
    'not the user\u2019s',
  ],
])('%s is refused', (glob, message, _reason) => {
  expect(() => match('*', glob)).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringMatching(message) as string }),
  );
});

test('where there is no method', () => {
  expect(() => matchMethods([], ['*'], '--method')).toThrow(/there is no method of a service of your own/);
});
