import { ourProgram } from '../../cli/cli-process.test-helper';
import { chooseCases, runHostile } from './run-hostile';

const said: string[] = [];
const run = (...args: string[]): Promise<number> =>
  runHostile(args, {
    cli: ourProgram('cli/main'),
    server: ourProgram('servers/hostile/server'),
    say: (line) => said.push(line),
  });

beforeEach(() => void said.splice(0));

/** One attacker of each kind, those that end soon; `npm run hostile` has all of them. */
const shortForm = [
  'close-at-accept',
  'reset-after-settings',
  'reset-in-the-run',
  'integer-overflow',
  'names-of-prototypes',
  'texts-in-goaway',
  'ssh-with-texts',
  'names-with-texts',
  'dies-at-the-first-call',
  'leaves-a-child-in-its-group',
  'tls-of-a-stranger',
  'tls-with-hostile-names',
];

/** Other tests keep the machine busy meanwhile. */
const patience = ['--seconds', '150'];

test('the command line keeps its bounds against one attacker of each kind', async () => {
  const exitCode = await run(
    ...shortForm,
    '--selectors',
    'plain,own,json,stopped',
    '--jobs',
    '4',
    '--browser',
    'none',
    ...patience,
  );
  expect(said.filter((line) => line.startsWith('FAIL'))).toEqual([]);
  expect(said.filter((line) => line.startsWith('ok  '))).toHaveLength(15);
  expect(exitCode).toBe(0);
});

test('what is outside the bounds is named in a table at the end, and is exit code 1', async () => {
  expect(await run('silent-from-accept', '--seconds', '1', '--browser', 'none')).toBe(1);
  expect(said[0]).toMatch(
    /^FAIL  silent-from-accept plain .*\n {6}did not end within 1\.0 s and was stopped by SIGTERM/,
  );
  expect(said.slice(1).join('\n')).toMatch(
    /1 cases?, 1 attackers?: 1 outside the bounds.*\n[^]*silent-from-accept plain +did not end within/,
  );
});

test('attackers are chosen by names with stars, and by what they are run with', () => {
  const chosen = chooseCases(['flood-p*'], 'stopped,whole').map(({ attacker, selection }) => [
    attacker.name,
    selection,
  ]);
  expect(chosen).toEqual([
    ['flood-ping', 'stopped'],
    ['flood-ping', 'whole'],
    ['flood-ping-for-good', 'stopped'],
    ['flood-ping-for-good', 'whole'],
  ]);
  expect(chooseCases([], undefined).length).toBeGreaterThan(200);
});

test.each<[string[], RegExp]>([
  [['flod-ping'], /There is no attacker flod-ping \(did you mean flood-ping\?\)/],
  [['--selectors', 'plian'], /There is no selection plian \(did you mean plain\?\)/],
  [['tls-of-noise', '--selectors', 'whole'], /None of these attackers/],
  [['--seconds', '0'], /--seconds 0 is no number from 1 to 3600/],
  [['--jobs', 'x'], /--jobs x is no number from 1 to 64/],
  [['--nope'], /--nope/],
])('%j is a mistake', async (args, message) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 'ERR_USAGE', message: expect.stringMatching(message) });
});

test('--list names attackers with what they do; --json gives a line for each case', async () => {
  expect(await run('--list', 'close-at-accept')).toBe(0);
  expect(said).toEqual(['close-at-accept (plain): closes connections at once']);
  said.splice(0);
  expect(await run('close-at-accept', '--json', '--browser', 'none')).toBe(0);
  expect(said.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ attacker: 'close-at-accept', selection: 'plain', exitCode: 3, problems: [] }),
  ]);
});
