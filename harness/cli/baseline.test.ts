import { changesOf } from './baseline';

const entry = { id: 'MSG-10-truncated-message', rule: 'MSG-10-truncated-message', reason: 'as upstream has it' };
const precise = { ...entry, reactions: ['status 0'], gravity: 'warn' as const };

test.each([
  ['says the same', [entry], [{ ...entry }], []],
  ['says more', [entry], [precise], ['changed']],
  ['is a second of its rule', [precise], [precise, { ...precise, reactions: ['no end'] }], ['changed']],
  ['is the first of its rule', [], [entry], ['new']],
  ['is there no longer', [precise], [], ['gone']],
] as const)('an entry that %s', (_, before, after, want) => {
  expect(changesOf(before, after).map(({ what }) => what)).toEqual(want);
});
