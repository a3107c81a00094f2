import { exitCodes } from '../../../error';
import type { Attack, Attacker } from '../attacker';
import { flood, makeNoise, manyTimes } from '../pour';
import { data } from '../../../wire/builders';
import { encodeFrames } from '../../../wire/encode-frame';
import { joinOctets } from '../../../wire/join-octets';
import { blockFrames, literalBlock, responseHeaders } from '../answers';
import { close, closeInMidFrame, reset } from './endings';
import { endlessFieldBlock } from './field-blocks';
import { floodOf } from './floods';
import { silence } from './silence';
import {
  field,
  fieldOf,
  fileOf,
  filesOf,
  listOf,
  messageOf,
  reflectionOf,
  refusal,
  serviceOf,
  type Question,
} from '../hostile-reflection';
import { allTexts, markupText, terminalText, workflowText } from '../texts';

/** Server reflection that lists one service, and gives one file for every other question. */
const withFile = (service: string, makeFile: (question: Question) => Uint8Array): Attack =>
  reflectionOf((question) => (question.ask === 'services' ? listOf([service]) : filesOf([makeFile(question)])));

/** A file with the service `shop.Shop` around a message `shop.Item` of these fields and nested messages. */
const shop = (fields: readonly Uint8Array[], nested: readonly Uint8Array[] = [], enums: readonly Uint8Array[] = []) =>
  fileOf({
    name: 'shop.proto',
    packageName: 'shop',
    messages: [messageOf('Item', fields, nested)],
    enums,
    services: [serviceOf('Shop', ['Buy'], '.shop.Item')],
  });

/** Messages in each other. */
const nest = (depth: number): Uint8Array => {
  let message = messageOf('M');
  for (let level = 1; level < depth; level += 1) message = messageOf('M', [], [message]);
  return message;
};

/** A message whose fields are messages again, so that its values grow by this factor with each level. */
const factor = 20;
const levels = 12;
const wide = fileOf({
  name: 'shop.proto',
  packageName: 'shop',
  messages: Array.from({ length: levels }, (_, level) =>
    messageOf(
      `L${level}`,
      Array.from({ length: factor }, (_each, index) =>
        fieldOf(`f${index}`, index + 1, level === levels - 1 ? undefined : `.shop.L${level + 1}`),
      ),
    ),
  ),
  services: [serviceOf('Shop', ['Buy'], '.shop.L0')],
});

/** What is hostile about the descriptors, and the reflection that gives them. */
const kinds: Readonly<Record<string, readonly [string, Attack]>> = {
  'many-services': [
    'lists a hundred thousand services',
    reflectionOf(() => listOf(Array.from({ length: 100_000 }, (_, index) => `shop.Shop${index}`))),
  ],
  'long-service-name': [
    'lists a service whose name has a million letters',
    reflectionOf(() => listOf(['s'.repeat(1_000_000)])),
  ],
  'service-names-with-texts': [
    'lists services whose names are markup, escapes and commands, and says so again when asked for them',
    reflectionOf(({ ask }) =>
      ask === 'services' ? listOf([terminalText, markupText, workflowText]) : refusal(13, allTexts),
    ),
  ],
  'names-with-texts': [
    'gives a file with such names of fields, messages and methods',
    withFile('shop.Shop', () =>
      fileOf({
        name: `${markupText}.proto`,
        packageName: 'shop',
        messages: [messageOf(terminalText, [fieldOf(workflowText, 1)])],
        services: [serviceOf('Shop', [allTexts, 'Buy'], `.shop.${terminalText}`)],
      }),
    ),
  ],
  'reflection-that-fails-with-texts': [
    'fails with markup, escapes and commands',
    reflectionOf(() => refusal(13, allTexts)),
  ],
  'many-fields-in-a-message': [
    'gives a message of two hundred thousand fields',
    withFile('shop.Shop', () => shop(Array.from({ length: 200_000 }, (_, index) => fieldOf(`f${index}`, index + 1)))),
  ],
  'many-values-in-an-enum': [
    'gives an enum of three hundred thousand values',
    withFile('shop.Shop', () =>
      shop(
        [fieldOf('f', 1)],
        [],
        [
          joinOctets([
            field(1, 'E'),
            ...Array.from({ length: 300_000 }, (_, index) =>
              field(2, joinOctets([field(1, `V${index}`), field(2, index)])),
            ),
          ]),
        ],
      ),
    ),
  ],
  'recursive-message': [
    'gives a message that has itself in each of five fields',
    withFile('shop.Shop', () => shop([1, 2, 3, 4, 5].map((number) => fieldOf(`f${number}`, number, '.shop.Item')))),
  ],
  'wide-and-deep-message': [
    'gives a message whose values could have 20 to the power of 12 fields',
    withFile('shop.Shop', () => wide),
  ],
  'nested-descriptors': [
    'gives three thousand messages in each other',
    withFile('shop.Shop', () => shop([fieldOf('f', 1)], [nest(3000)])),
  ],
  'cyclic-imports': [
    'gives files that import each other',
    reflectionOf(({ ask, name }) => {
      if (ask === 'services') return listOf(['shop.Shop']);
      const own = name === 'b.proto' ? 'b.proto' : 'a.proto';
      const file = { name: own, packageName: 'shop', imports: [own === 'a.proto' ? 'b.proto' : 'a.proto'] };
      if (own === 'b.proto') return filesOf([fileOf(file)]);
      const messages = [messageOf('Item', [fieldOf('f', 1)])];
      return filesOf([fileOf({ ...file, messages, services: [serviceOf('Shop', ['Buy'], '.shop.Item')] })]);
    }),
  ],
  'endless-imports': [
    'gives files each of which imports a hundred others that nobody has seen',
    reflectionOf(({ ask, name }) => {
      if (ask === 'services') return listOf(['shop.Shop']);
      const imports = Array.from({ length: 100 }, (_, index) => `${name}/${index}`.slice(-900));
      const file = { name: ask === 'file' ? name : 'shop.proto', packageName: 'shop', imports };
      if (ask === 'file') return filesOf([fileOf(file)]);
      const messages = [messageOf('Item', [fieldOf('f', 1)])];
      return filesOf([fileOf({ ...file, messages, services: [serviceOf('Shop', ['Buy'], '.shop.Item')] })]);
    }),
  ],
  'another-file-each-time': [
    'gives another version of a file each time',
    withFile('shop.Shop', ({ name }) => shop([fieldOf(`f${name.length}_${process.hrtime.bigint()}`, 1)])),
  ],
  'descriptors-of-noise': [
    'gives noise for descriptors',
    (socket, stream, random) =>
      reflectionOf(({ ask }) => (ask === 'services' ? listOf(['shop.Shop']) : filesOf([makeNoise(100_000, random)])))(
        socket,
        stream,
        random,
      ),
  ],
  'endless-reflection': [
    'answers the question for its services with answers without end',
    (socket, stream) => {
      socket.write(encodeFrames(blockFrames(stream, literalBlock(responseHeaders))));
      const list = listOf(Array.from({ length: 100 }, (_, index) => `shop.Shop${index}`));
      const message = joinOctets([Uint8Array.of(0, 0, 0, list.length >>> 8, list.length & 0xff), list]);
      flood(socket, manyTimes(data(stream, message)));
    },
  ],
};

/** Attacks on whole connections, in answer to what server reflection is asked. */
const onConnections: Readonly<Record<string, Attack>> = {
  silence,
  close,
  reset,
  'close-in-mid-frame': closeInMidFrame,
  'endless-field-block': endlessFieldBlock,
  noise: floodOf('noise'),
  data: floodOf('data'),
  'tiny-messages': floodOf('tiny-messages'),
  ping: floodOf('ping'),
  http1: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
};

const { conformant, findings, usage, unreachable } = exitCodes;

/** Attackers that harm by what their server reflection says. What is not read or not understood ends before the run, as a problem of the options. */
export const descriptorAttackers: readonly Attacker[] = [
  ...Object.entries(kinds).map(([name, [what, attack]]): Attacker => ({
    name,
    does: what,
    means: { moment: 'reflection', attack },
    // Unreachable: a busy machine may need longer for the largest of them than the timeout of the selections.
    exitCodes: [conformant, findings, usage, unreachable],
    selections: /texts/.test(name) ? ['own', 'ownOnGithub'] : ['own'],
  })),
  ...Object.entries(onConnections).map(([name, attack]): Attacker => ({
    name: `reflection-with-${name}`,
    does: `answers the questions of server reflection with ${name.replaceAll('-', ' ')}`,
    means: { moment: 'reflection', attack },
    exitCodes: [usage],
    selections: ['own'],
  })),
];
