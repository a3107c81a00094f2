import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeMessageValue, type MessageValue, type WireField } from '../../schema/message-value';
import { allowMethods, readSchemaFiles, type KnownSchema } from './own-methods';

const folder = mkdtempSync(path.join(tmpdir(), 'own-methods-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (number: number, value: string): WireField => ({ number, wire: 'text', text: value });
const varint = (number: number, value: number): WireField => ({ number, wire: 'varint', value: String(value) });
const part = (number: number, ...fields: MessageValue): WireField => ({ number, wire: 'message', fields });
const field = (name: string, number: number) => part(2, text(1, name), varint(3, number), varint(4, 1), varint(5, 5));

/** A set of google/api/http.proto in some version, and of a service that uses it; the order of services is that of sets. */
function writeSet(name: string, service: string, ...rule: MessageValue): string {
  const file = path.join(folder, name);
  const calls = ['HttpRule', 'Other'].map((type) =>
    part(2, text(1, `Use${type}`), text(2, `.google.api.${type}`), text(3, `.google.api.${type}`)),
  );
  const set = encodeMessageValue([
    part(
      1,
      text(1, 'google/api/http.proto'),
      text(2, 'google.api'),
      part(4, text(1, 'HttpRule'), ...rule),
      part(4, text(1, 'Other'), field('x', 1)),
    ),
    part(1, text(1, `${service}.proto`), part(6, text(1, service), ...calls)),
  ]);
  writeFileSync(file, set);
  return file;
}

describe('several --protoset that hold a file in two versions', () => {
  const old = writeSet('old.pb', 'A', field('x', 1));
  const later = writeSet('later.pb', 'B', field('x', 1), field('y', 2));
  const difference = `google.api.HttpRule is not the same in two versions of google/api/http.proto (${old} and ${later}): only ${later} has its field y = 2`;

  test('are taken when no allowed method needs what differs, and it is said which counts', () => {
    const options = { protoset: [old, later], method: ['*/UseOther'] };
    const { schema, record } = allowMethods(readSchemaFiles(options)!, options);
    expect(schema?.methods.map((method) => method.path)).toEqual(['/A/UseOther', '/B/UseOther']);
    expect(schema).not.toHaveProperty('problems');
    expect(record?.from).toBe(`--protoset ${old}, ${later}`);
    expect(record?.problems).toEqual([
      `two versions of google/api/http.proto (${old} and ${later}) differ, and the first counts; methods that need these cannot be called: google.api.HttpRule`,
      `A/UseHttpRule cannot be called: ${difference}`,
      `B/UseHttpRule cannot be called: ${difference}`,
    ]);
  });

  test('are refused in one sentence when a method needs it', () => {
    expect(() => readSchemaFiles({ protoset: [old, later], method: ['B/UseHttpRule'] })).toThrow(
      `--method "B/UseHttpRule": B/UseHttpRule cannot be called: ${difference}`,
    );
  });

  test('are the same when one is given twice', () => {
    const options = { protoset: [old, old], method: ['*'] };
    expect(allowMethods(readSchemaFiles(options)!, options).record?.problems).toEqual([]);
  });
});

test('of many files and problems a few are named', () => {
  const sets = Array.from({ length: 107 }, (_, at) => writeSet(`${at}.pb`, `S${at}`, field('x', at + 1)));
  const options = { protoset: sets, method: ['*/UseOther'] };
  const { record } = allowMethods(readSchemaFiles(options)!, options);
  expect(record?.from).toBe(`--protoset ${sets[0]}, ${sets[1]}, ${sets[2]} and 104 more`);
  expect(record?.problems).toHaveLength(51);
  // 106 pairs of versions, and 107 methods.
  expect(record?.problems.at(-1)).toBe('and 163 more problems');
});

test('a set that is none is named alone', () => {
  const good = writeSet('good.pb', 'G');
  const bad = path.join(folder, 'bad.pb');
  writeFileSync(bad, Uint8Array.of(0x0b));
  expect(() => readSchemaFiles({ protoset: [good, bad], method: ['*'] })).toThrow(
    `${bad} is no descriptor set of protobuf: a group without an end, at octet 1`,
  );
});

test('services are listed with their methods, also those that are not described', () => {
  const known: KnownSchema = {
    from: 'server reflection v1',
    schema: {
      methods: [{ path: '/a.S/M', kind: 'unary', input: 'E', output: 'E', idempotent: true }],
      messages: [{ name: 'E', fields: [], extensions: [], mapEntry: false }],
      enums: [],
      unusable: [],
    },
    services: ['a.S', 'b.T', 'grpc.health.v1.Health'],
    problems: ['b.T: error NOT_FOUND (5)'],
  };
  const method = { name: 'M', kind: 'unary', input: 'E', output: 'E', allowed: true, idempotent: true };
  expect(allowMethods(known, { method: ['*'] }).record).toEqual({
    from: 'server reflection v1',
    services: [
      { name: 'a.S', isUsers: true, methods: [method] },
      { name: 'b.T', isUsers: true, methods: [] },
      { name: 'grpc.health.v1.Health', isUsers: false, methods: [] },
    ],
    problems: ['b.T: error NOT_FOUND (5)'],
  });
});
