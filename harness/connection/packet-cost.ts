import { frameHeaderLength } from '../wire/frame';
import type { FramePacket } from '../transcript/connection-view';

/**
 * Octets of memory that things take beside the octets of the wire, on Node 20, and half as much again: so much waits to be collected beside what is kept.
 * packet-cost.test.ts measures them again.
 */
const costs = {
  read: 512,
  packet: 560,
  stream: 320,
  field: 160,
  reference: 32,
  setting: 256,
  sizeUpdate: 16,
  message: 400,
} as const;

/** What it costs that octets came in one read of a socket, whatever they are. */
export const readCost = costs.read;

/** What it costs to keep so many octets of a frame that is not complete: the octets, and the copy that will be the frame. */
export const unfinishedCost = (octets: number): number => 2 * octets;

/**
 * What it costs to keep a received frame, the octets that it arrived in among them; in octets.
 * @param messages how many messages its DATA completed
 */
export function packetCost({ frame, block }: FramePacket, messages = 0): number {
  let cost: number = frameHeaderLength + frame.raw.payload.length + costs.packet + messages * costs.message;
  if (frame.streamId !== 0) cost += costs.stream;
  if (frame.type === 'SETTINGS') cost += frame.settings.length * costs.setting;
  // A message that is made of several frames is a copy of them.
  else if (frame.type === 'DATA') cost += frame.data.length;
  if (block === undefined) return cost;
  cost += block.sizeUpdates.length * costs.sizeUpdate;
  for (const { name, value, representation, index } of block.fields) {
    // What stands in a table is there once. Everything else was put together from frames, and read from that.
    if (representation === 'indexed') cost += costs.reference;
    else cost += costs.field + 3 * (value.length + (index === 0 ? name.length : 0));
  }
  return cost;
}

/** What it costs to keep a small frame of ours, in octets. */
export const sentCost = costs.packet;

/** What one frame of ours may be answered with, in octets: some WINDOW_UPDATE, a PING and its like. */
export const answerAllowance = 4 * (costs.packet + costs.stream);
