import type { PacketLine } from './describe-packet';

/** Marks of a direction: a column of its own. */
export const arrows = { sent: '>', received: '<', none: '-' } as const;

/** A packet without its number, time and direction: `HEADERS END_HEADERS on stream 1: :status: 200`. */
export function packetText({ type, flags, stream, info }: PacketLine): string {
  const where = stream === undefined ? '' : ` on stream ${stream}`;
  const named = flags.length === 0 ? '' : ` ${flags.join(' ')}`;
  return `${type}${named}${where}${info === '' ? '' : `: ${info}`}`;
}
