import type net from 'node:net';
import { encodeFrames } from '../wire/encode-frame';
import { frameHeaderLength, type RawFrame } from '../wire/frame';
import type { FloodEnd } from '../transcript/transcript';
import { floodBounds, type FloodStep } from './script';

/** Repetitions of the frames of a flood that leave in one write, unless the script says otherwise. */
const usualPerWrite = 100;

/** Octets of one write, at most: what a connection that has ended is not spared. */
const mostPerWrite = 256 * 1024;

/** Milliseconds for which a target may take no octet before a flood gives up: whoever does not read defends itself as well as whoever closes. */
const patience = 2000;

/** True for a flood that sends no more than {@link floodBounds}. */
export function isBounded({ frames, times }: Pick<FloodStep, 'frames' | 'times'>): boolean {
  return frames.length * times <= floodBounds.frames && sizeOf(frames) * times <= floodBounds.octets;
}

const sizeOf = (frames: readonly RawFrame[]): number =>
  frames.reduce((sum, { payload }) => sum + frameHeaderLength + payload.length, 0);

export interface FloodContext {
  /** Milliseconds since the script started. */
  readonly now: () => number;
  /** Milliseconds that the flood may take. */
  readonly budget: number;
  /** Why nothing more is to be sent; undefined while the flood goes on. */
  readonly whyOver: () => FloodEnd | undefined;
  /** Told of each write, before it is made. */
  readonly onWrite: (frames: number) => void;
}

/** What was handed to the kernel, and why the flood ended. */
export interface Flooded {
  readonly frames: number;
  readonly octets: number;
  readonly ended: FloodEnd;
}

/**
 * Writes frames over and over, some hundred at a time, as fast as the other side takes them and no faster: the next write waits until the last has left. Whatever else
 * goes on in this process has its turn in between. Never rejects.
 */
export async function writeFlood(socket: net.Socket, step: FloodStep, context: FloodContext): Promise<Flooded> {
  const { now, budget, whyOver, onWrite } = context;
  const { frames, times, streamStep = 0, perWrite = usualPerWrite } = step;
  const most = Math.max(1, Math.min(perWrite, Math.floor(mostPerWrite / sizeOf(frames))));
  const until = now() + budget;
  const sent = { frames: 0, octets: 0 };
  let same: { readonly count: number; readonly octets: Uint8Array } | undefined;
  for (let first = 0; first < times; first += most) {
    const ended = whyOver() ?? (now() >= until ? 'late' : undefined);
    if (ended !== undefined) return { ...sent, ended };
    const count = Math.min(most, times - first);
    if (streamStep !== 0 || same?.count !== count) same = { count, octets: repeat(frames, first, count, streamStep) };
    onWrite(count * frames.length);
    sent.frames += count * frames.length;
    sent.octets += same.octets.length;
    if (!socket.write(same.octets) && !(await drains(socket, Math.min(patience, until - now()))))
      return { ...sent, ended: whyOver() ?? 'stalled' };
    await nextTurn();
  }
  return { ...sent, ended: whyOver() ?? 'sent' };
}

/** The octets of so many repetitions, from the one of that number on. */
function repeat(frames: readonly RawFrame[], first: number, count: number, streamStep: number): Uint8Array {
  const repetitions = Array.from({ length: count }, (_, index) => (first + index) * streamStep);
  return encodeFrames(
    repetitions.flatMap((added) =>
      added === 0 ? frames : frames.map((frame) => (frame.streamId === 0 ? frame : shifted(frame, added))),
    ),
  );
}

const shifted = (frame: RawFrame, added: number): RawFrame => ({ ...frame, streamId: frame.streamId + added });

/** @returns false when the kernel has not taken everything within the milliseconds, or never will. */
function drains(socket: net.Socket, milliseconds: number): Promise<boolean> {
  if (!socket.writableNeedDrain) return Promise.resolve(!socket.destroyed);
  return new Promise((resolve) => {
    const settle = (hasDrained: boolean) => (): void => {
      clearTimeout(timer);
      socket.off('drain', onDrain);
      socket.off('close', onClose);
      resolve(hasDrained);
    };
    const onDrain = settle(true);
    const onClose = settle(false);
    const timer = setTimeout(onClose, Math.max(0, milliseconds));
    socket.once('drain', onDrain);
    socket.once('close', onClose);
  });
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
