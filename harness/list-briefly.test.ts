import { listBriefly } from './list-briefly';

const names = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}.proto`);

test.each<readonly [count: number, want: string]>([
  [0, ''],
  [1, '1.proto'],
  [3, '1.proto, 2.proto, 3.proto'],
  [4, '1.proto, 2.proto, 3.proto, 4.proto'],
  [5, '1.proto, 2.proto, 3.proto and 2 more'],
  [107, '1.proto, 2.proto, 3.proto and 104 more'],
])('%i names', (count, want) => {
  expect(listBriefly(names(count))).toBe(want);
});
