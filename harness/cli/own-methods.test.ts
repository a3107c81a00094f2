import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import type { ProbeRecord } from '../report/console/probe-lines';
import { inOneLine } from './cli-process.test-helper';
import { callCli } from './call-cli.test-helper';
import { startUserServer, type UserServer } from './user-server.test-helper';

// The user's own methods through the command line, in this process: found in each way, called only when allowed, shown by probe.

// Whole command lines, on a machine that may be busy.
jest.setTimeout(60_000);

let server: UserServer;
let silent: UserServer;
let folder: string;
beforeAll(async () => {
  server = await startUserServer();
  silent = await startUserServer({ reflection: false });
});
afterAll(() => {
  server.close();
  silent.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-'));
  server.called.length = 0;
  server.authorizations.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const cli = (words: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  callCli(words, { folder, environment, columns: 300 });

const protos = join(packageRoot(), 'protos/examples');
const protoFile = join(protos, 'user_manager.proto');

async function probeJson(...words: readonly string[]): Promise<ProbeRecord> {
  const { stdout, stderr, exitCode } = await cli(['probe', '--json', ...words]);
  expect([stderr, exitCode]).toEqual(['', 0]);
  return JSON.parse(stdout) as ProbeRecord;
}

const methodsOf = ({ target }: ProbeRecord): readonly string[] =>
  (target.schema?.services ?? [])
    .flatMap((service) => service.methods.map(({ name }) => `${service.name}/${name}`))
    .sort();

const all = ['AddUser', 'CountAlreadyUsers', 'GetUser', 'GetUsersByIds', 'GetUsersByType'].map(
  (name) => `UserManager/${name}`,
);

describe('probe', () => {
  test('finds services by reflection and calls none of them', async () => {
    const record = await probeJson('--target', server.address);
    expect(methodsOf(record)).toEqual(all);
    expect(record.target).toMatchObject({
      tier: 0,
      offers: ['reflection'],
      schema: { from: 'server reflection v1', problems: [] },
    });
    expect(record.target.schema?.services.filter(({ isUsers }) => !isUsers)).toHaveLength(2);
    expect(server.called).toEqual([]);
  });

  test('finds the same in files', async () => {
    const byImport = await probeJson(
      '--target',
      silent.address,
      '--proto',
      'user_manager.proto',
      '--import-path',
      protos,
    );
    expect(methodsOf(byImport)).toEqual(all);
    expect(methodsOf(await probeJson('--target', silent.address, '--proto', protoFile))).toEqual(all);
  });

  test('says so where there is no reflection, and goes on', async () => {
    const { target } = await probeJson('--target', silent.address);
    expect(target.schema).toMatchObject({
      services: [],
      problems: [expect.stringMatching(/has no server reflection/)],
    });
  });

  test('asks nothing where reflection is switched off', async () => {
    expect((await probeJson('--target', server.address, '--use-reflection=false')).target).not.toHaveProperty('schema');
  });

  test('shows what may be called, and what each need unlocks', async () => {
    const { stdout } = await cli([
      'probe',
      '--target',
      server.address,
      '--method',
      'UserManager/Get*',
      '--idempotent',
      '*',
    ]);
    expect(stdout).toMatch(/unary +GetUser\(UserRequest\) returns \(UserResponse\) {2}may be called, idempotent\n/);
    expect(stdout).toMatch(/client-streaming +CountAlreadyUsers\(stream UserRequest\) returns \(UserCntResponse\)\n/);
    expect(stdout).toMatch(/tier +1 \(the user's own methods\)/);
    expect(stdout).toMatch(/health +\d+: SVC-01.*\n +to unlock: serve grpc\.health\.v1\.Health/);
    expect(server.called).toEqual([]);
  });

  test('tells how to allow methods', async () => {
    const { stdout } = await cli(['probe', '--target', server.address]);
    expect(stdout).toContain("--method 'UserManager/*'");
  });

  test('--trace shows calls that share a connection, and nothing that -H keeps secret', async () => {
    const words = ['probe', '--trace', '--target', server.address, '--method', 'UserManager/GetUser', '--calls', '3'];
    const { stdout, stderr, exitCode } = await cli([
      ...words,
      '--connections',
      '2',
      '-d',
      '{"id":7}',
      '-H',
      'authorization: s3cret',
    ]);
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(stdout.match(/3 calls share this connection: streams 1, 3, 5, all open at the same time/g)).toHaveLength(2);
    expect(stdout.match(/UserManager\/GetUser: 1 message, status OK \(0\)/g)).toHaveLength(6);
    for (const packet of [
      'preface',
      'SETTINGS on stream 0',
      'DATA END_STREAM on stream 5',
      'PING ACK',
      'closed: by us, with FIN',
    ])
      expect(stdout).toContain(packet);
    expect(stdout).toMatch(/:path: \/UserManager\/GetUser, .*authorization: \$\{-H authorization\}/);
    expect(stdout).not.toContain('s3cret');
    expect(server.called).toEqual(Array.from({ length: 6 }, () => 'GetUser'));
    expect(new Set(server.authorizations)).toEqual(new Set(['s3cret']));
  });

  test('--trace without a method of the user\u2019s calls what every server answers', async () => {
    const { stdout } = await cli(['probe', '--trace', '--target', server.address]);
    expect(stdout).toMatch(/stream 1, \/grpcconform\.v1\.Absent\/Absent: 0 messages, status UNIMPLEMENTED/);
    expect(server.called).toEqual([]);
  });

  test.each<[readonly string[], RegExp]>([
    [['--json', '--trace'], /contradict each other/],
    [['--calls', '2'], /are for --trace/],
    [['--trace', '--calls', '0'], /--calls "0" is no whole number from 1 to 100/],
    [['--trace', '--data', '{'], /--data is the request of a method of yours/],
    [['--trace', '--method', '*', '--data', '{'], /--data cannot be read: line 1, column 2: it ends too early/],
    [
      ['--trace', '--method', 'UserManager/GetUser', '--data', '{"ID":1}'],
      /UserRequest has no field "ID" \(did you mean id\?\)/,
    ],
  ])('%j is refused', async (words, message) => {
    const { stderr, exitCode } = await cli(['probe', '--target', server.address, ...words]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
    expect(server.called).toEqual([]);
  });
});

describe('a run', () => {
  const run = ['run', 'CONN-01', '--runs', '1', '--seed', '1'];

  test.each<[string, readonly string[]]>([
    ['reflection', []],
    ['--proto', ['--proto', protoFile]],
  ])('with --method by %s offers the kinds of methods that are allowed', async (_name, source) => {
    const out = join(folder, 'out');
    const words = [...run, '--target', server.address, '--out', out, ...source];
    const { exitCode, stdout } = await cli([
      ...words,
      '--method',
      'UserManager/GetUser',
      '--method',
      '/UserManager/Count*',
      '--idempotent',
      '*/GetUser',
    ]);
    expect(exitCode).toBe(0);
    expect(inOneLine(stdout)).toMatch(/ methods 2 of 5 may be called \([^)]*\): UserManager\/GetUser, /);
    const { target } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { target: ProbeRecord['target'] };
    expect(target.tier).toBe(1);
    expect(target.offers).toEqual([
      'reflection',
      'method',
      'unary-method',
      'client-streaming-method',
      'idempotent-method',
    ]);
  });

  test('without --method looks at no reflection', async () => {
    const { stdout } = await cli([...run, '--target', server.address, '--out', join(folder, 'out')]);
    expect(stdout).not.toMatch(/^ {2}methods/m);
  });

  test('takes settings from the environment and the file, paths relative to the file', async () => {
    writeFileSync(join(folder, 'users.proto'), readFileSync(protoFile));
    writeFileSync(
      join(folder, 'grpc-conform.config.json'),
      JSON.stringify({ proto: ['users.proto'], useReflection: false }),
    );
    const { stdout, exitCode } = await cli([...run, '--target', server.address, '--out', join(folder, 'out')], {
      GRPC_CONFORM_METHOD: 'UserManager/GetUser,UserManager/AddUser',
    });
    expect(inOneLine(stdout)).toMatch(
      / methods 2 of 5 may be called \(--proto [^)]*users\.proto\): UserManager\/GetUser, UserManager\/AddUser /,
    );
    expect(exitCode).toBe(0);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a glob that matches nothing',
      ['--method', 'UserManger/GetUser'],
      /\(did you mean UserManager\/GetUser\?\).*\[ERR_USAGE\]/,
    ],
    ['a file that is missing', ['--proto', '/none.proto'], /none\.proto.*\[ERR_SCHEMA\]/],
    ['a protoset that is missing', ['--protoset', '/none.pb'], /--protoset \/none\.pb cannot be read.*\[ERR_USAGE\]/],
    ['a protoset that is none', ['--protoset', __filename], /is no descriptor set.*\[ERR_SCHEMA\]/],
    ['two sources', ['--proto', protoFile, '--protoset', 'x'], /--proto and --protoset contradict/],
    [
      'two sources, one of them reflection',
      ['--proto', protoFile, '--use-reflection=true'],
      /--use-reflection contradicts --proto/,
    ],
    ['no source', ['--method', '*', '--use-reflection=false'], /--method needs descriptors/],
    ['import paths for nothing', ['--import-path', '.'], /--import-path is for --proto/],
    ['repetition of nothing', ['--idempotent', '*'], /--idempotent is for methods that may be called/],
    ['neither true nor false', ['--use-reflection=maybe'], /--use-reflection "maybe" is neither true nor false/],
  ])('%s: one sentence, nothing is run', async (_reason, words, message) => {
    const out = join(folder, 'out');
    const { stderr, exitCode } = await cli([...run, '--target', server.address, '--out', out, ...words]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^grpc-conform: [^\n]+ \[ERR_[A-Z]+\]\n$/);
    expect([exitCode, existsSync(out), server.called]).toEqual([2, false, []]);
  });

  test('a .proto that does not parse is named with line and column, before anything is sent', async () => {
    const broken = join(folder, 'broken.proto');
    writeFileSync(broken, 'syntax = "proto3";\nmessage A {\n  int32 = 1;\n}\n');
    const { stderr, exitCode } = await cli([...run, '--target', '127.0.0.1:1', '--proto', broken]);
    expect(stderr).toMatch(/broken\.proto:3:9.*\[ERR_SCHEMA\]\n$/);
    expect(exitCode).toBe(2);
  });

  test('--method where there is no reflection', async () => {
    const { stderr, exitCode } = await cli([...run, '--target', silent.address, '--method', '*']);
    expect(stderr).toMatch(/has no server reflection: name your files with --proto.*\[ERR_SCHEMA\]\n$/);
    expect(exitCode).toBe(2);
  });
});
