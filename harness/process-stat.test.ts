import { parseProcessStat } from './process-stat';

test('the command of a process may hold blanks and parentheses', () => {
  const later = Array.from({ length: 16 }, (_, index) => index).join(' ');
  expect(parseProcessStat(`12 (a) Z (b c) S 1 34 ${later} 567 8\n`)).toEqual({ state: 'S', group: '34', began: '567' });
});
