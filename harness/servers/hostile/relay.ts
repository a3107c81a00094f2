import net from 'node:net';
import { ping, settings, settingsAck } from '../../wire/builders';
import { FrameDecoder } from '../../wire/decode-frames';
import { encodeFrame } from '../../wire/encode-frame';
import { flags, frameTypes, type RawFrame } from '../../wire/frame';
import type { Attack, Means, Random, Wire } from './attacker';
import { ClientReader, type OpenedCall } from './client-reader';

/** A relay attacks by these means; the others need no server behind them. */
export type RelayMeans = Extract<Means, { readonly moment: 'call' | 'reflection' | 'run' | 'wire' | 'process' }>;

/** Methods of the plain calls that the tool makes again and again to see whether a target still serves. */
const plainCalls = /\/EmptyCall$|^\/grpcconform\.v1\.Absent\//;

/** What the connections of a target have in common. */
export interface RelayState {
  /** Port of the correct server on 127.0.0.1. */
  readonly upstream: number;
  readonly random: Random;
  /** The client has found out all that it wants to know before its run. */
  isLaunched: boolean;
  calls: number;
  readonly callListeners: ((count: number) => void)[];
}

/** The last client of a launch, by its user agent: the tool asks it once it has found out everything else. */
const lastOfLaunch = /grpc-node-js/;

/** A connection that the attacker has taken from the correct server. */
interface Hijack {
  readonly attack: Attack;
  readonly listeners: ((frame: RawFrame) => void)[];
}

/** Lets a client talk to the correct server until the moment of the attack. */
export function relay(socket: net.Socket, means: RelayMeans, state: RelayState): void {
  const { random } = state;
  const upstream = net.connect(state.upstream, '127.0.0.1');
  for (const each of [socket, upstream]) {
    each.setNoDelay(true);
    each.on('error', () => undefined);
  }
  const isOfRun = state.isLaunched;
  const strikes = (probability = 1): boolean => random() < probability;
  const isTotal = means.moment === 'run' && means.isTotal === true;
  const hijacker = means.moment === 'run' && isOfRun && strikes(means.probability) ? means.attack : undefined;
  const wire =
    means.moment === 'wire' && (isOfRun || means.isAlways === true) && strikes(means.probability) ? means : undefined;
  let hijack: Hijack | undefined;
  /** Whether the server's SETTINGS have gone to the client, and our acknowledgement of the client's. */
  let saidSettings = false;
  let acknowledged = false;

  const takeOver = (attack: Attack): Hijack => {
    upstream.destroy();
    if (!saidSettings) socket.write(encodeFrame(settings([])));
    if (!acknowledged) socket.write(encodeFrame(settingsAck()));
    return { attack, listeners: [] };
  };
  const attackOn = (call: OpenedCall): Attack | undefined => {
    if (hijack !== undefined) return hijack.attack;
    if (means.moment === 'call') return means.attack;
    if (means.moment === 'reflection') return call.path.startsWith('/grpc.reflection.') ? means.attack : undefined;
    return isTotal || !plainCalls.test(call.path) ? hijacker : undefined;
  };
  const reader = new ClientReader((frame, call) => {
    for (const listener of hijack?.listeners ?? []) listener(frame);
    if (call === undefined) return;
    if (lastOfLaunch.test(call.userAgent)) state.isLaunched = true;
    state.calls += 1;
    for (const count of state.callListeners) count(state.calls);
    const attack = attackOn(call);
    if (attack === undefined) return;
    hijack ??= takeOver(attack);
    const listener = attack(socket, call.stream, random);
    if (listener !== undefined) hijack.listeners.push(listener);
  });
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    if (hijack === undefined) upstream.write(chunk);
  });

  const passOn = wire === undefined ? undefined : wireTo(socket, wire, random);
  const frames = new FrameDecoder();
  upstream.on('data', (chunk: Buffer) => {
    if (socket.destroyed || hijack !== undefined) return;
    if (passOn !== undefined) return passOn.write(chunk);
    // Frame by frame, so that no attack begins in the middle of one.
    for (const { raw } of frames.push(chunk)) {
      if (raw.type === frameTypes.SETTINGS && (raw.flags & flags.ACK) === 0) saidSettings = true;
      if (raw.type === frameTypes.SETTINGS && (raw.flags & flags.ACK) !== 0) acknowledged = true;
      socket.write(encodeFrame(raw));
    }
  });
  const close = (): void => {
    if (hijack === undefined) (passOn ?? socket).end();
  };
  upstream.on('end', close);
  upstream.on('close', close);
  socket.on('end', () => upstream.end());
  socket.on('close', () => upstream.destroy());
}

/** The way of a correct server's octets to the client through what stands in between. */
function wireTo(
  socket: net.Socket,
  { mangle, delay, isBytewise = false }: Wire,
  random: Random,
): { readonly write: (chunk: Uint8Array) => void; readonly end: () => void } {
  const state = { passed: 0 };
  let due = Promise.resolve();
  /** In the order of the calls, however long each of them is late. */
  const later = (act: () => void): void => {
    if (delay === undefined) return act();
    const over = new Promise<void>((resolve) => setTimeout(resolve, delay(random)));
    due = due.then(() => over).then(act);
  };
  return {
    write: (chunk) => {
      const piece = mangle === undefined ? chunk : mangle(chunk, state, random);
      state.passed += chunk.length;
      if (piece === 'close') socket.resetAndDestroy();
      else if (piece !== 'drop')
        later(() => {
          if (!isBytewise) socket.write(piece);
          else for (const octet of piece) socket.write(Uint8Array.of(octet));
        });
    },
    end: () => later(() => socket.end()),
  };
}

/** Connections that {@link keepAlive} looks after. */
const kept = new WeakSet<net.Socket>();

/** A listener for an attack that leaves the connection alive: what a client may expect of a connection is answered, once. */
export function keepAlive(socket: net.Socket): ((frame: RawFrame) => void) | undefined {
  if (kept.has(socket)) return undefined;
  kept.add(socket);
  return ({ type, flags: bits, payload }) => {
    if ((bits & flags.ACK) !== 0) return;
    if (type === frameTypes.PING) socket.write(encodeFrame(ping(payload, { ack: true })));
    if (type === frameTypes.SETTINGS) socket.write(encodeFrame(settingsAck()));
  };
}
