import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { packageRoot } from '../../package-root';
import { reflectionVersions } from '../../schema/reflection-messages';
import type { Behaviour } from './behaviour';
import { Connection, type ConnectionContext } from './connection';
import { Gate } from './gate';
import { times } from './limits';
import { ownLimitsOf } from './own-limits';
import { Health } from './services/health';
import { Probe } from './services/probe';
import type { Method, Service } from './services/service';
import { herbariumOf } from './services/herbarium';
import { keeperOf } from './services/keeper';
import { reflectionOf } from './services/reflection';
import { testServiceOf } from './services/test-service';
import { Turnstile } from './turnstile';

/** A reference server that accepts connections. */
export interface ReferenceServer {
  readonly host: string;
  readonly port: number;
  /** Graceful: announces the end, lets open calls finish for a while, and resolves when all connections are closed. */
  readonly shutDown: () => Promise<void>;
  /** At once: open calls end with UNAVAILABLE. Resolves when all connections are closed. */
  readonly stop: () => Promise<void>;
}

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  /** True: TLS with the test certificate. */
  readonly tls?: boolean;
  readonly behaviour: Behaviour;
}

/** Folder of the test certificates: ca.pem, server.pem and server.key.pem. */
export function certificateFile(name: 'ca.pem' | 'server.pem' | 'server.key.pem'): string {
  return join(packageRoot(), 'harness/servers/reference/tls', name);
}

/** Starts the reference server. Rejects when the port cannot be had. */
export async function listen({
  port,
  host = '127.0.0.1',
  tls: secure = false,
  behaviour,
}: ListenOptions): Promise<ReferenceServer> {
  const health = new Health();
  const context = serve(behaviour, health);
  const connections = new Set<Connection>();
  let drained: (() => void) | undefined;
  const accept = (socket: net.Socket): void => {
    const connection = new Connection(socket, context, () => {
      connections.delete(connection);
      if (connections.size === 0) drained?.();
    });
    connections.add(connection);
  };
  const server = secure ? createTlsServer(behaviour, accept) : net.createServer({ allowHalfOpen: true }, accept);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const closed = async (): Promise<void> => {
    server.close();
    if (connections.size > 0) await new Promise<void>((resolve) => (drained = resolve));
  };
  const stop = async (): Promise<void> => {
    for (const connection of connections) connection.stop();
    await closed();
  };
  const shutDown = async (): Promise<void> => {
    health.shutDown();
    for (const connection of connections) connection.shutDown();
    const timer = setTimeout(() => void stop(), times.grace);
    await closed();
    clearTimeout(timer);
  };
  const address = server.address() as net.AddressInfo;
  return { host: address.address, port: address.port, shutDown, stop };
}

function serve(behaviour: Behaviour, health: Health): ConnectionContext {
  const probe = new Probe(health);
  const services: readonly Service[] = [
    testServiceOf(),
    herbariumOf(),
    keeperOf(),
    health.service,
    probe.service,
    ...reflectionVersions.map((version) => reflectionOf(version, () => services.map(({ name }) => name))),
  ];
  health.register(services.map(({ name }) => name));
  const methods = new Map<string, Method>(
    services.flatMap(({ name, methods: table }) =>
      Object.entries(table).map(([method, handler]) => [`/${name}/${method}`, handler] as const),
    ),
  );
  return {
    behaviour,
    observer: probe,
    findMethod: (path) => methods.get(path),
    own: ownLimitsOf(behaviour),
    gate: new Gate(behaviour),
    handlers: new Turnstile(behaviour.value('handlers') ?? Infinity),
  };
}

/** Answers the first request over HTTP/1.1, whatever it is, and closes. */
function refuseHttp1(socket: tls.TLSSocket): void {
  socket.on('error', () => undefined);
  socket.setTimeout(times.handshake, () => socket.destroy());
  socket.once('data', () => socket.end('HTTP/1.1 415 Unsupported Media Type\r\nconnection: close\r\n\r\n'));
}

function createTlsServer(behaviour: Behaviour, accept: (socket: net.Socket) => void): tls.Server {
  const server = tls.createServer({
    cert: readFileSync(certificateFile('server.pem')),
    key: readFileSync(certificateFile('server.key.pem')),
    // RFC 9113 §9.2.
    minVersion: 'TLSv1.2',
    ALPNCallback: ({ protocols }) => {
      const isHttp1 = behaviour.varies('prefers-http1') && protocols.includes('http/1.1');
      const selected = isHttp1 ? 'http/1.1' : protocols.includes('h2') ? 'h2' : undefined;
      return behaviour.policy.selectProtocol(protocols, selected);
    },
  });
  server.on('secureConnection', (socket) => {
    // RFC 9113 §3.3: over TLS, HTTP/2 is negotiated by ALPN or not spoken.
    if (socket.alpnProtocol === 'h2') accept(socket);
    else if (socket.alpnProtocol === 'http/1.1') refuseHttp1(socket);
    else socket.destroy();
  });
  // A client that fails the handshake is no concern of the others.
  server.on('tlsClientError', () => undefined);
  return server;
}
