import net from 'node:net';
import { settings } from '../../wire/builders';
import { encodeFrame } from '../../wire/encode-frame';
import { behave } from '../reference/behaviour';
import { listen } from '../reference/listen';
import type { HostProcess, Means } from './attacker';
import { seededRandom } from './pour';
import { relay, type RelayState } from './relay';

/** An attacker that accepts connections on 127.0.0.1. */
export interface HostileTarget {
  readonly port: number;
  /** Ends its connections and stops listening. */
  readonly close: () => void;
}

/** Starts an attacker. Rejects when the port cannot be had. `port` 0: any free one. */
export async function startHostileTarget(
  means: Means,
  { port = 0, seed = 1 }: { readonly port?: number; readonly seed?: number } = {},
): Promise<HostileTarget> {
  const random = seededRandom(seed);
  const closing: (() => void)[] = [];
  let accept: ((socket: net.Socket) => void) | undefined;
  let host: HostProcess | undefined;
  switch (means.moment) {
    case 'accept':
      accept = (socket) => {
        socket.resume();
        means.attack(socket, 1, random);
      };
      break;
    case 'settings':
      accept = (socket) => {
        socket.write(encodeFrame(settings([])));
        socket.resume();
        means.attack(socket, 1, random);
      };
      break;
    case 'listener':
      break;
    default: {
      const upstream = await listen({ port: 0, behaviour: behave({ defects: [], variations: [] }) });
      closing.push(() => void upstream.stop());
      const state: RelayState = { upstream: upstream.port, random, isLaunched: false, calls: 0, callListeners: [] };
      accept = (socket) => relay(socket, means, state);
      host = { stopListening: () => server.close(), onCall: (listener) => state.callListeners.push(listener) };
    }
  }
  const server = means.moment === 'listener' ? means.listen() : net.createServer({ allowHalfOpen: true }, accept);
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  if (means.moment === 'process' && host !== undefined) means.misbehave(host);
  return {
    port: (server.address() as net.AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      for (const each of closing) each();
    },
  };
}
