import net from 'node:net';
import { reflectionVersions } from '../../schema/reflection-versions';
import type { Behaviour } from './behaviour';
import { Connection, type ConnectionContext } from './connection';
import { Gate } from './gate';
import { times } from './limits';
import { ownLimitsOf } from './own-limits';
import { createTlsServer } from './tls-server';
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
