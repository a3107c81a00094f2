import { joinOctets } from '../../wire/join-octets';
import { flags, frameTypes } from '../../wire/frame';
import { encodeMessage, readMessages } from '../../grpc/length-prefixed-message';
import { readFields, readText } from '../../schema/protobuf-fields';
import { answer } from './answers';
import type { Attack } from './attacker';
import { keepAlive } from './relay';

/** What a client asks server reflection for. */
export type Question = { readonly ask: 'services' | 'symbol' | 'file'; readonly name: string };

/** Server reflection that gives the answer of a function to each question: an encoded ServerReflectionResponse. */
export function reflectionOf(respond: (question: Question) => Uint8Array): Attack {
  return (socket, stream) => {
    const alive = keepAlive(socket);
    const pieces: Uint8Array[] = [];
    return (frame) => {
      alive?.(frame);
      if (frame.type !== frameTypes.DATA || frame.streamId !== stream) return;
      pieces.push(frame.payload);
      if ((frame.flags & flags.END_STREAM) === 0) return;
      const questions = readMessages(joinOctets(pieces)).messages.map(({ octets }) => readQuestion(octets));
      const responses = questions.map((question) => encodeMessage(respond(question)));
      socket.write(answer(stream, joinOctets(responses)));
    };
  };
}

/** ServerReflectionRequest: file_by_filename = 3, file_containing_symbol = 4, list_services = 7. */
function readQuestion(octets: Uint8Array): Question {
  const asked = (readFields(octets) ?? []).find(({ number }) => number === 3 || number === 4 || number === 7);
  const name = asked !== undefined && 'octets' in asked ? readText(asked.octets) : '';
  return { ask: asked?.number === 3 ? 'file' : asked?.number === 4 ? 'symbol' : 'services', name };
}

/** A field of a message: text, octets, or a number of at most 28 bits. */
export function field(number: number, value: string | Uint8Array | number): Uint8Array {
  if (typeof value === 'number') return joinOctets([varint(number * 8), varint(value)]);
  const octets = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return joinOctets([varint(number * 8 + 2), varint(octets.length), octets]);
}

function varint(value: number): Uint8Array {
  const octets: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.of(...octets, left);
    octets.push((left % 128) | 0x80);
  }
}

/** The answer to a question for the services. */
export const listOf = (names: readonly string[]): Uint8Array =>
  field(6, joinOctets(names.map((name) => field(1, field(1, name)))));

/** The answer to a question for a file or a symbol. */
export const filesOf = (files: readonly Uint8Array[]): Uint8Array =>
  field(4, joinOctets(files.map((file) => field(1, file))));

/** Any question's answer that says no. */
export const refusal = (status: number, message: string): Uint8Array =>
  field(7, joinOctets([field(1, status), field(2, message)]));

/** A FileDescriptorProto in proto3 syntax. */
export function fileOf({
  name,
  packageName = '',
  imports = [],
  messages = [],
  enums = [],
  services = [],
}: {
  readonly name: string;
  readonly packageName?: string;
  readonly imports?: readonly string[];
  readonly messages?: readonly Uint8Array[];
  readonly enums?: readonly Uint8Array[];
  readonly services?: readonly Uint8Array[];
}): Uint8Array {
  return joinOctets([
    field(1, name),
    ...(packageName === '' ? [] : [field(2, packageName)]),
    ...imports.map((each) => field(3, each)),
    ...messages.map((each) => field(4, each)),
    ...enums.map((each) => field(5, each)),
    ...services.map((each) => field(6, each)),
    field(12, 'proto3'),
  ]);
}

/** A DescriptorProto. */
export const messageOf = (
  name: string,
  fields: readonly Uint8Array[] = [],
  nested: readonly Uint8Array[] = [],
): Uint8Array =>
  joinOctets([field(1, name), ...fields.map((each) => field(2, each)), ...nested.map((each) => field(3, each))]);

/** A FieldDescriptorProto: a message when a type name is given, else a text. */
export const fieldOf = (name: string, number: number, typeName?: string): Uint8Array =>
  joinOctets([
    field(1, name),
    field(3, number),
    field(4, 1),
    field(5, typeName === undefined ? 9 : 11),
    ...(typeName === undefined ? [] : [field(6, typeName)]),
  ]);

/** A ServiceDescriptorProto whose methods take and give one message type, by its full name with a dot in front. */
export const serviceOf = (name: string, methods: readonly string[], type: string): Uint8Array =>
  joinOctets([
    field(1, name),
    ...methods.map((method) => field(2, joinOctets([field(1, method), field(2, type), field(3, type)]))),
  ]);
