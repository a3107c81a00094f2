import { checkGenerator } from './check-generator';
import { malformedPath, malformPath, nearPath, nearPathOf, pathForms, type NearPath } from './near-path';

const path = '/a.Service/Method';

checkGenerator('malformedPath', malformedPath(), {
  isCorrect: (one) => !/^\/[^/]+\/[^/]+$/.test(malformPath(path, one)),
  reaches: Object.fromEntries(pathForms.map((wanted) => [wanted, ({ form }) => form === wanted])),
  shrinks: [{ fault: ({ form }) => form === 'a segment before', to: { form: 'a segment before', extra: 'a' } }],
});

test.each([
  ['no leading slash', 'a.Service/Method'],
  ['service alone', '/a.Service'],
  ['method alone', '/Method'],
  ['a slash alone', '/'],
  ['an asterisk', '*'],
  ['two leading slashes', '//a.Service/Method'],
  ['two slashes inside', '/a.Service//Method'],
  ['a slash at the end', '/a.Service/Method/'],
  ['a segment before', '/x/a.Service/Method'],
  ['a segment inside', '/a.Service/x/Method'],
  ['a segment behind', '/a.Service/Method/x'],
  ['words without slash', 'x'],
] as const)('%s', (form, want) => {
  expect(malformPath(path, { form, extra: 'x' })).toBe(want);
});

checkGenerator<NearPath>('nearPath', nearPath(path), {
  isCorrect: (one) => nearPathOf(path, one) !== path,
  reaches: {
    'every letter in the other case': (one) => nearPathOf(path, one) === '/a.Service/MethoD',
    'the first letter': (one) => nearPathOf(path, one) === '/A.Service/Method',
    'an empty query': (one) => nearPathOf(path, one) === `${path}?`,
  },
  shrinks: [{ fault: ({ by }) => by === 'case', to: { by: 'case', at: 0, word: '' } }],
});

test.each([
  ['case', 1, '/a.service/Method'],
  ['escape', 0, '/%61.Service/Method'],
  ['query', 0, '/a.Service/Method?w'],
  ['parameter', 0, '/a.Service/Method;w'],
  ['dot', 0, '/./a.Service/Method'],
  ['dot', 1, '/a.Service/./Method'],
  ['dot-dot', 0, '/xw/../a.Service/Method'],
  ['dot-dot', 1, '/a.Service/xw/../Method'],
  ['slash', 0, '/a.Service/Method/'],
] as const)('%s at %i', (by, at, want) => {
  expect(nearPathOf(path, { by, at, word: 'w' })).toBe(want);
});
