import { findMethod } from '../schema/look-up';
import type { Schema } from '../schema/schema';
import type { ConnectionView } from '../transcript/connection-view';
import { messageJson } from './message-json';
import type { RunRecord } from './model';
import { quoteForShell } from './replay-command';
import { readBodies } from './stream-bodies';

/** Characters of a request that fit a command line that people read. */
const longestRequest = 2000;

/** Fields that grpcurl writes itself. */
const ownFields: ReadonlySet<string> = new Set([
  ':method',
  ':scheme',
  ':path',
  ':authority',
  'te',
  'content-type',
  'user-agent',
  'grpc-accept-encoding',
]);

/**
 * The first call of a connection as a command of grpcurl, for a POSIX shell: the same method, messages and metadata, framed as grpcurl does. Undefined when that could not say what was
 * sent: the path is of no known method, the request is not complete, compressed, has fields that JSON does not know, or metadata that a shell would not carry.
 */
export function grpcurlCommand(
  run: Pick<RunRecord, 'target'>,
  view: ConnectionView,
  schema: Schema | undefined,
): string | undefined {
  const request = view.sent.find(({ block, frame }) => frame.type === 'HEADERS' && block !== undefined);
  if (request?.block === undefined || request.block.fault !== undefined || schema === undefined) return undefined;
  const { fields } = request.block;
  const [path, ...further] = fields.filter(({ name }) => name === ':path').map(({ value }) => value);
  const method = path === undefined || further.length > 0 ? undefined : findMethod(schema, path);
  if (method === undefined) return undefined;
  const stream = request.frame.streamId;
  const body = readBodies(view).find((one) => one.stream === stream && one.direction === 'sent');
  const messages = (body?.messages ?? []).map(({ whole }) =>
    whole?.compressedFlag === 0 ? messageJson(schema, method.input, whole.octets) : undefined,
  );
  const values = messages.flatMap((message) =>
    message?.ok === true && message.isWhole ? [JSON.stringify(message.value)] : [],
  );
  const metadata = fields.filter(({ name }) => !ownFields.has(name));
  const isPlain = metadata.every(
    ({ name, value }) => /^[a-z0-9_.-]+$/.test(name) && !name.startsWith('grpc-') && /^[\x20-\x7e]*$/.test(value),
  );
  const data = values.join(' ');
  if (values.length !== messages.length || !isPlain || data.length > longestRequest) return undefined;
  const target = targetWords(run.target);
  if (target === undefined) return undefined;
  const authority = fields.find(({ name }) => name === ':authority')?.value;
  const words = [
    'grpcurl',
    ...target.options,
    ...protoWords(run.target, method.path),
    ...(authority === undefined || authority === target.address ? [] : ['-authority', authority]),
    ...metadata.flatMap(({ name, value }) => ['-H', `${name}: ${value}`]),
    ...(values.length === 0 ? [] : ['-d', data]),
    // Whoever started it gave it a port for this run alone.
    run.target.exec === undefined ? target.address : '127.0.0.1:PORT',
    method.path.slice(1),
  ];
  return words.map(quoteForShell).join(' ');
}

function targetWords({
  name,
  transport,
}: RunRecord['target']): { readonly options: readonly string[]; readonly address: string } | undefined {
  const address = name.replace(/^(?:https?:\/\/|unix:)/, '');
  // The bundled server has a name that is no address, and is gone.
  if (!name.includes(':')) return undefined;
  const plain = transport === 'tcp' || transport === 'unix' ? ['-plaintext'] : [];
  return { options: [...plain, ...(transport.startsWith('unix') ? ['-unix'] : [])], address };
}

/** Where grpcurl finds the types: in reflection, in our own files, or in those that the user gives. */
function protoWords({ offers, schema }: RunRecord['target'], path: string): readonly string[] {
  if (offers.includes('reflection') || schema?.from.startsWith('server reflection') === true) return [];
  if (path.startsWith('/grpc.testing.'))
    return ['-import-path', 'node_modules/grpc-conform/protos', '-proto', 'grpc/testing/test.proto'];
  const file = /^--proto (\S+)$/.exec(schema?.from ?? '')?.[1];
  return file === undefined ? [] : ['-proto', file];
}
