// grpc.testing.TestService on @connectrpc/connect-node, over HTTP/2 in clear text.
import { createServer } from 'node:http2';
import { parseArgs } from 'node:util';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { loadTestService } from './schema.js';
import { testService } from './test-service.js';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = Number(values.port);
if (!Number.isInteger(port)) throw new Error('Usage: server.js --port PORT');

const server = createServer(connectNodeAdapter({ routes: (router) => router.service(loadTestService(), testService) }));
server.listen(port, '127.0.0.1');
