import type { Call } from '../../grpc/call';
import type { Breach } from '../../rules/violation';
import { callBreach } from './expectations';
import { quoted } from '../../rules/quoted';

/**
 * The text of the status, percent-decoded, is this one (PROTOCOL-HTTP2, Status-Message). No text and an empty one are the same. Spaces around it are left out
 * of the comparison: whether they survive is a rule of its own (catalogue STATUS-05).
 */
export function hasStatusText(call: Call, text: string): readonly Breach[] {
  const got = call.message ?? '';
  if (trimSpaces(got) === trimSpaces(text)) return [];
  const observed = got === '' ? 'the status has no text' : `the text of the status is ${quoted(got, shown)}`;
  const expected = `the text ${quoted(text, shown)}`;
  return [
    { ...callBreach(call, expected, observed), reaction: got === '' ? 'status text lost' : 'status text changed' },
  ];
}

/** Characters that fit into a line of a report beside the other text. */
const shown = 80;

const trimSpaces = (text: string): string => text.replace(/^ +| +$/g, '');
