import { readConnection } from '../../transcript/read-connection';
import type { Transcript } from '../../transcript/transcript';
import { describePacket } from '../describe-packet';
import type { FindingRecord } from '../model';
import { printable } from '../printable';
import type { deserializeTranscript } from '../serialize';
import { wrapText } from './layout';
import { arrows, packetText } from '../packet-text';

/** Columns before the text of a packet: two blanks, mark, number, time, arrow. */
const column = 20;

/** The packet lists of a transcript, wrapped so that nothing is cut; `*` marks the packet that broke the rule. */
export function packetLines(
  {
    transcript,
    omissions = [],
  }: { readonly transcript: Transcript } & Partial<ReturnType<typeof deserializeTranscript>>,
  at: FindingRecord['at'],
  width: number,
): readonly string[] {
  const lines = transcript.connections.flatMap((connection) => {
    const view = readConnection(connection);
    return [
      `  frames    on ${printable(connection.name)}; > sent, < received`,
      ...view.packets.flatMap((packet) => {
        const line = describePacket(packet);
        const broke = at?.connection === connection.name && at.packet === line.number;
        const place = `${String(line.number).padStart(4)} ${line.at.toFixed(2).padStart(9)} ${arrows[line.direction]}`;
        const [first = '', ...rest] = wrapText(packetText(line), Math.max(20, width - column));
        return [`  ${broke ? '*' : ' '}${place} ${first}`, ...rest.map((text) => `${' '.repeat(column)}${text}`)];
      }),
    ];
  });
  const lost = omissions.map(
    ({ connection, direction, octets }) => `  ${octets} octets ${direction} on ${printable(connection)} were not kept`,
  );
  return [...lines, ...lost];
}
