import { splitValue } from '../grpc/metadata';
import { echoInitialName } from '../grpc/test-service';
import type { Field } from '../wire/hpack/decoder';
import { quoted } from './quoted';
import { finalBlock, interimResponses, laterBlock } from './response-headers';
import { callRule, type CallMoment, type RuleBreach } from './rule';

/** Octets of a name that fit into a line of a report. */
const shown = 80;

/** The regular fields of a block whose fields count: not those of a second header block, which is a fault of its own. */
function regularFields(moment: CallMoment): readonly Field[] {
  const block = laterBlock(moment);
  const fields = block === undefined ? (moment.packet.block?.fields ?? []) : block.endStream ? block.fields : [];
  return fields.filter(({ name }) => !name.startsWith(':'));
}

const hasBlock = (moment: CallMoment): boolean =>
  (finalBlock(moment) ?? laterBlock(moment)) !== undefined || interimResponses.packet?.looksAt?.(moment) === true;

const expected = 'fields that HTTP/2 allows in a response';

/** RFC 9113 §8.2. */
export const fieldsValid = callRule('RESP-05-fields-valid', {
  packet: {
    looksAt: hasBlock,
    breach: (moment) =>
      regularFields(moment).flatMap(({ name, value }): readonly RuleBreach[] => {
        const fault = fieldFault(name, value);
        if (fault === undefined || (name === 'grpc-message' && fault === outerBlanks)) return [];
        const { text, reaction } = fault;
        // A handler that copies what a request had, blanks and all: such requests are none that a client makes, and gRPC lets a server keep them.
        const isCopied = fault === outerBlanks && !moment.plan.legal && name === echoInitialName;
        const severity = isCopied ? 'info' : fault.severity;
        const observed = `field ${quoted(name, shown)}: ${text}`;
        return [{ observed, expected, reaction, ...(severity === undefined ? {} : { severity }) }];
      }),
  },
});

/** gRPC's grammar lets blanks through that HTTP forbids around a value: grpc-message has a row of its own. */
export const messageOuterSpaces = callRule('STATUS-05-message-outer-spaces', {
  packet: {
    looksAt: (moment) => hasBlock(moment) && regularFields(moment).some(({ name }) => name === 'grpc-message'),
    breach: (moment) => {
      const isBlank = regularFields(moment).some(
        ({ name, value }) => name === 'grpc-message' && fieldFault(name, value) === outerBlanks,
      );
      if (!isBlank) return undefined;
      const { text, reaction, severity } = outerBlanks;
      return { observed: `field ${quoted('grpc-message', shown)}: ${text}`, expected, reaction, severity };
    },
  },
});

interface FieldFault {
  readonly text: string;
  readonly reaction: string;
  readonly severity?: 'warn';
}

const outerBlanks = {
  text: 'a value that begins or ends with a blank',
  reaction: 'outer blanks',
  severity: 'warn',
} as const;

// `te` is excepted in requests only (RFC 9113 §8.2.2).
const connectionFields = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
]);

/** A token of RFC 9110 §5.6.2, and a parameter of §5.6.6; no two parts of a pattern match the same blanks, so that hostile values cost no more than their length. */
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quotedString = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;(?:[ \\t]*${token}=(?:${token}|${quotedString}))?)*$`);
const oneToken = new RegExp(`^${token}$`);

/** Fields of HTTP whose values have a grammar that is told at a glance: RFC 9110 §8.3.1, §10.2.1. The date has a row of its own. */
const grammars: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['content-type', (value) => mediaType.test(value)],
  ['allow', (value) => splitValue(value).every((part) => part === '' || oneToken.test(part))],
]);

function fieldFault(name: string, value: string): FieldFault | undefined {
  if (name === '' || /[^\x21-\x39\x3b-\x40\x5b-\x7e]/.test(name)) {
    return { text: 'a name with an octet that HTTP/2 forbids', reaction: 'bad field name' };
  }
  if (connectionFields.has(name))
    return { text: 'a field of HTTP/1 connections', reaction: 'connection-specific field' };
  // The three octets of RFC 9113 §8.2.1.
  if (/[\0\r\n]/.test(value)) return { text: 'a value with NUL, CR or LF', reaction: 'bad field value' };
  if (/^[ \t]|[ \t]$/.test(value)) return outerBlanks;
  return grammars.get(name)?.(value) === false
    ? { text: 'a value against its grammar', reaction: `bad ${name}` }
    : undefined;
}
