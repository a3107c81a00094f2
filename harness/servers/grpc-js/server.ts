import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ConformError, exitCodes, isConformError } from '../../error';
import { CallCounters } from './call-counters';
import { describeFiles } from './file-descriptors';
import { HealthService, healthServiceName } from './health';
import { implementProbe, probeServiceName } from './probe';
import { defineService, loadSchemas, protosFolder } from './proto-files';
import { implementReflection, reflectionServiceNames } from './reflection';
import { implementTestService, testServiceName } from './test-service';

/** Milliseconds that running calls get to end after a SIGTERM before their connections are closed. */
const shutdownGrace = 10_000;

export interface ServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM texts; plaintext when absent. */
  readonly tls?: {
    readonly cert: Buffer;
    readonly key: Buffer;
    /** Present: only clients are let in that have a certificate of this authority. */
    readonly clientAuthority?: Buffer;
  };
  /** False: the fields that TestService promises to send back are not sent back, as a regression would do. */
  readonly echoesMetadata?: boolean;
}

/** A server that listens. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Takes no new calls, waits for the running ones for at most ten seconds, then closes everything. Never rejects. */
  readonly shutDown: () => Promise<void>;
}

/** Starts the bundled server: TestService, Health, reflection and Probe on grpc-js with its default options. @throws ConformError when it cannot listen. */
export async function startServer({ host, port, tls, echoesMetadata }: ServerOptions): Promise<RunningServer> {
  const schemas = loadSchemas({ keepCase: false });
  const files = describeFiles(loadSchemas({ keepCase: true }), protosFolder());
  const services = [testServiceName, healthServiceName, ...reflectionServiceNames, probeServiceName];
  const counters = new CallCounters();
  const health = new HealthService(services);

  const server = new Server();
  server.addService(defineService(schemas, testServiceName), implementTestService(counters, { echoesMetadata }));
  server.addService(defineService(schemas, healthServiceName), health.implementation(counters));
  server.addService(defineService(schemas, probeServiceName), implementProbe(counters, health));
  for (const name of reflectionServiceNames) {
    server.addService(defineService(schemas, name), implementReflection(files, services, counters));
  }

  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.clientAuthority ?? null,
          [{ cert_chain: tls.cert, private_key: tls.key }],
          tls.clientAuthority !== undefined,
        );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host.includes(':') ? `[${host}]` : host}:${port}`, credentials, (error, boundPort) => {
      if (error === null) resolve(boundPort);
      else
        reject(
          new ConformError('ERR_USAGE', `Cannot listen on ${host}, port ${port}: ${error.message}`, { cause: error }),
        );
    });
  });
  return {
    host,
    port: bound,
    shutDown: () =>
      new Promise((resolve) => {
        health.shutDown();
        const force = setTimeout(() => server.forceShutdown(), shutdownGrace);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

const usage =
  'Usage: server.js [--host 127.0.0.1] [--port 0] [--cert FILE --key FILE [--client-ca FILE]] [--no-metadata-echo]';

async function main(): Promise<void> {
  const server = await startServer(readOptions(process.argv.slice(2)));
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(exitCodes.conformant);
      stopping = true;
      void server.shutDown().then(() => process.exit(exitCodes.conformant));
    });
  }
  process.stdout.write(`${JSON.stringify({ host: server.host, port: server.port })}\n`);
}

function readOptions(args: readonly string[]): ServerOptions {
  const { host, port, cert, key, 'client-ca': clientAuthority, 'no-metadata-echo': isMute } = parseOptions(args);
  const echoesMetadata = !isMute;
  const number = Number(port);
  if (!/^\d+$/.test(port) || number > 65_535)
    throw new ConformError('ERR_USAGE', `--port ${port} is no port. ${usage}`);
  if (clientAuthority !== undefined && cert === undefined)
    throw new ConformError('ERR_USAGE', `--client-ca is about TLS: --cert and --key are missing. ${usage}`);
  if (cert === undefined && key === undefined) return { host, port: number, echoesMetadata };
  if (cert === undefined || key === undefined)
    throw new ConformError('ERR_USAGE', `--cert and --key go together. ${usage}`);
  const tls = {
    cert: readFileSync(cert),
    key: readFileSync(key),
    ...(clientAuthority === undefined ? {} : { clientAuthority: readFileSync(clientAuthority) }),
  };
  return { host, port: number, echoesMetadata, tls };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        cert: { type: 'string' },
        key: { type: 'string' },
        'client-ca': { type: 'string' },
        'no-metadata-echo': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new ConformError('ERR_USAGE', `${error instanceof Error ? error.message : String(error)}. ${usage}`, {
      cause: error,
    });
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${isConformError(error) ? error.message : String(error)}\n`);
    process.exit(isConformError(error) ? error.exitCode : exitCodes.internal);
  });
}
