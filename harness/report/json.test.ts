import { cleanRun, fullRun } from './fixtures/run';
import { formatRun, parseRun } from './json';

const asWritten = (run: unknown): unknown => JSON.parse(JSON.stringify(run));

describe('run.json', () => {
  test.each([
    ['with every verdict', fullRun],
    ['of a clean run', cleanRun],
    ['cut short', { ...cleanRun, status: 'incomplete' as const, reason: 'killed', exitCode: undefined }],
  ])('is read back as written: %s', (_why, run) => {
    expect(asWritten(parseRun(formatRun(run), 'run.json'))).toEqual(asWritten(run));
  });

  test('holds what scripts rely on', () => {
    expect(JSON.parse(formatRun(fullRun))).toMatchObject({
      schemaVersion: 1,
      status: 'complete',
      verdict: 'fail',
      seed: 424242,
      target: { name: '127.0.0.1:50051' },
      properties: expect.arrayContaining([
        expect.objectContaining({
          id: 'MSG-02-any-data-split',
          level: 'must',
          verdict: 'fail',
          runs: 17,
          findings: [
            expect.objectContaining({
              rule: 'MSG-02-any-data-split',
              level: 'must',
              verdict: 'fail',
              confirmed: { failed: 5, of: 5 },
              summary: 'a message cut after 1 octet was answered with status 13',
              inputsTried: 17,
            }),
          ],
        }),
      ]),
    });
  });

  const damaged = (change: (run: Record<string, unknown>) => void): string => {
    const run = asWritten(fullRun) as Record<string, unknown>;
    change(run);
    return JSON.stringify(run);
  };
  const rows: readonly (readonly [why: string, text: string, says: RegExp])[] = [
    ['an empty file', '', /^the run file x\.json is not valid: it is empty$/],
    [
      'a file cut short',
      formatRun(fullRun).slice(0, 500),
      /: line 1, column 497: the text that begins here does not end$/,
    ],
    ['another kind of value', '1', /: it holds no object$/],
    [
      'a later version',
      damaged((run) => (run['schemaVersion'] = 2)),
      /: its schemaVersion is 2, and this program reads 1: /,
    ],
    ['no version', damaged((run) => delete run['schemaVersion']), /schemaVersion is missing$/],
    ['an unknown verdict', damaged((run) => (run['verdict'] = 'maybe')), /: verdict must be one of pass, fail, error$/],
    ['octets that are no base64', formatRun(fullRun).replace(/"base64":"[^"]/, '"base64":"*'), /base64 must be base64/],
    [
      'escapes in a value',
      damaged((run) => (run['status'] = '\u001b[31m')),
      /status must be one of complete, incomplete$/,
    ],
  ];
  test.each(rows)('%s is an error of ours, in one sentence', (_why, text, says) => {
    expect(() => parseRun(text, 'x.json')).toThrow(
      expect.objectContaining({ code: 'ERR_RUN_FILE', message: expect.stringMatching(says) }),
    );
  });
});
