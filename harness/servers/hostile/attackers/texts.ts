import { goaway } from '../../../wire/builders';
import { encodeFrame, encodeFrames } from '../../../wire/encode-frame';
import { errorCodes } from '../../../wire/error-codes';
import { maxWindow } from '../../../wire/settings';
import type { Attack, Attacker, Means } from '../attacker';
import { blockFrames, literalBlock, trailersOnly } from '../answers';
import { allTexts, markdownText, markupText, percentEncode, terminalText, unicodeText, workflowText } from '../texts';
import { alwaysBroken, brokenInTheRun, neverReady } from './common';

/** The text wherever a field of an answer can have one, as it is and as grpc-message encodes it. */
function inAllFields(text: string): Attack {
  const fields = [
    { name: 'server', value: text },
    { name: 'grpc-message', value: text + percentEncode(text) },
    { name: `x-${text}`, value: text },
    { name: 'grpc-status-details-bin', value: text },
  ];
  return (socket, stream) => void socket.write(trailersOnly(stream, `13${text}`, fields));
}

/** A legal refusal whose texts alone are hostile: nothing else distracts from them. */
function inLegalFields(text: string): Attack {
  const fields = [
    { name: 'server', value: text },
    { name: 'grpc-message', value: percentEncode(text) },
    { name: 'x-text', value: text },
  ];
  return (socket, stream) => void socket.write(trailersOnly(stream, '2', fields));
}

const withFields = (fields: readonly { readonly name: string; readonly value: string }[]): Attack => {
  const block = literalBlock(fields);
  return (socket, stream) => void socket.write(encodeFrames(blockFrames(stream, block, { endStream: true })));
};

/** Every way of showing a report. */
const shown = ['calls', 'github', 'json'] as const;

const kinds: Readonly<Record<string, readonly [string, string]>> = {
  terminal: ['sequences that steer terminals', terminalText],
  unicode: ['direction overrides, invisible characters and broken UTF-8', unicodeText],
  markup: ['markup that would become elements', markupText],
  markdown: ['Markdown', markdownText],
  workflow: ['commands for the runners of CI systems', workflowText],
};

const inTheRun: Readonly<Record<string, readonly [string, Attack]>> = {
  'texts-in-all-fields': ['all such texts in all fields', inAllFields(allTexts)],
  'long-texts': [
    'a server and a grpc-message of a million characters',
    (socket, stream) => {
      const text = '\x1b[31m<i>A'.repeat(100_000);
      socket.write(
        trailersOnly(stream, '2', [
          { name: 'grpc-message', value: text },
          { name: 'server', value: text },
        ]),
      );
    },
  ],
  'names-of-prototypes': [
    'fields that are called as what every object has',
    (socket, stream) => {
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', '', ':__proto__'];
      const fields = names.map((name) => ({ name, value: name }));
      socket.write(trailersOnly(stream, '2', [...fields, { name: 'x-bin', value: '====' }]));
    },
  ],
  'long-status': [
    'a grpc-status of five thousand digits',
    (socket, stream) => void socket.write(trailersOnly(stream, '9'.repeat(5000))),
  ],
  'texts-in-content-type': [
    'texts in :status and content-type',
    withFields([
      { name: ':status', value: `200${allTexts}` },
      { name: 'content-type', value: `application/grpc${allTexts}` },
      { name: 'grpc-status', value: 'NaN' },
    ]),
  ],
  'http-status-beyond-numbers': [
    'several :status that are no numbers of HTTP',
    withFields([
      { name: ':status', value: '9'.repeat(400) },
      { name: ':status', value: '-1' },
    ]),
  ],
  'texts-in-goaway': [
    'GOAWAY whose debug data has all texts, and the end of the connection',
    (socket) => void socket.end(encodeFrame(goaway(0, errorCodes.INTERNAL_ERROR, Buffer.from(allTexts, 'latin1')))),
  ],
  'large-goaway': [
    'GOAWAY with 16 MB of escapes',
    (socket) =>
      void socket.write(encodeFrame(goaway(maxWindow, errorCodes.NO_ERROR, new Uint8Array(16_000_000).fill(0x1b)))),
  ],
};

/** Lines that other protocols begin with, texts of ours in them. */
const banners: Readonly<Record<string, readonly [string, string]>> = {
  'http1-with-texts': [
    'answers in HTTP/1.1',
    `HTTP/1.1 400 ${allTexts.replaceAll('\n', ' ')}\r\nServer: ${markupText}\r\n\r\n`,
  ],
  'http1-redirect': [
    'redirects to another place in HTTP/1.1',
    'HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n',
  ],
  'ssh-with-texts': ['speaks SSH', `SSH-2.0-${terminalText}${markupText}\r\n`],
  'mail-with-texts': ['speaks SMTP', `220 ${workflowText}${terminalText} ESMTP\r\n`],
};

/** Attackers that say what would harm the reader, his terminal, his browser, or his CI system. */
export const textAttackers: readonly Attacker[] = [
  ...Object.entries(kinds).flatMap(([name, [what, text]]): readonly Attacker[] => [
    {
      name: `${name}-texts`,
      does: `answers calls of the run with ${what} in all fields`,
      means: { moment: 'run', attack: inAllFields(text) },
      exitCodes: brokenInTheRun.exitCodes,
      selections: shown,
    },
    {
      name: `${name}-texts-for-every-call`,
      does: `refuses every call, with ${what} in the texts of a legal answer`,
      means: { moment: 'call', attack: inLegalFields(text) },
      exitCodes: alwaysBroken.exitCodes,
      selections: ['plain', 'github'],
    },
  ]),
  ...Object.entries(inTheRun).map(([name, [what, attack]]): Attacker => ({
    name,
    does: `answers calls of the run with ${what}`,
    means: { moment: 'run', attack },
    exitCodes: brokenInTheRun.exitCodes,
    selections: shown,
  })),
  ...Object.entries(banners).map(([name, [what, text]]): Attacker => ({
    name,
    does: `${what}, and closes the connection`,
    means: sayAtAccept(text),
    exitCodes: neverReady.exitCodes,
    selections: ['plain', 'github'],
  })),
];

function sayAtAccept(text: string): Means {
  return { moment: 'accept', attack: (socket) => void socket.end(Buffer.from(text, 'latin1')) };
}
