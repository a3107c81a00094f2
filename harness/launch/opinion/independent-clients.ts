import type { ClientHttp2Session } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { dial } from '../../connection/dial';
import type { Endpoint } from '../../connection/endpoint';
import { cutText } from '../../cut-text';
import { grpcContentType } from '../../grpc/content-type';
import { encodeMessage, readMessages } from '../../grpc/length-prefixed-message';
import { isBinaryName, decodeBinaryValue } from '../../grpc/metadata';
import { parseStatus } from '../../grpc/status';
import { printable } from '../../report/printable';
import { joinOctets } from '../../wire/join-octets';
import type { PlainCall } from './plain-call';
import type { SecondOpinion } from './second-opinion';

/** An answer larger than this is cut off: the opinion is about plain calls. Octets. */
const largestAnswer = 16 * 1024 * 1024;

/**
 * Says a plain call through each of the independent clients. Never rejects; each opinion ends within the time given, in milliseconds.
 * Not for our own process: see {@link askSecondOpinion}.
 */
export function askIndependentClients(
  endpoint: Endpoint,
  call: PlainCall,
  timeoutMs: number,
): Promise<readonly SecondOpinion[]> {
  return Promise.all([
    bounded('http2-wrapper', timeoutMs, (signal) => askHttp2Wrapper(endpoint, call, timeoutMs, signal)),
    bounded('@grpc/grpc-js', timeoutMs, () => askGrpcJs(endpoint, call, timeoutMs)),
  ]);
}

async function bounded(
  client: SecondOpinion['client'],
  timeoutMs: number,
  ask: (signal: AbortSignal) => Promise<Omit<SecondOpinion, 'client'>>,
): Promise<SecondOpinion> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Omit<SecondOpinion, 'client'>>((resolve) => {
    timer = setTimeout(() => resolve({ messages: [], error: `no answer within ${timeoutMs} ms` }), timeoutMs);
  });
  try {
    const asked = ask(over.signal).catch((error: unknown) => ({ messages: [], error: oneLine(error) }));
    return { client, ...(await Promise.race([asked, late])) };
  } finally {
    clearTimeout(timer);
    // Whoever is late lets go of its connection.
    over.abort();
  }
}

function oneLine(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  // grpc-js appends a note that is empty as a rule.
  return cutText(printable(text.replace(/\r?\n/g, ' ')).replace(/ Resolution note: *$/, ''), 200);
}

async function askHttp2Wrapper(
  endpoint: Endpoint,
  call: PlainCall,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Omit<SecondOpinion, 'client'>> {
  const http2 = require('node:http2') as typeof import('node:http2');
  const wrapper = require('http2-wrapper') as typeof import('http2-wrapper');
  const dialed = await dial(endpoint, { timeout: timeoutMs, signal });
  if (!dialed.ok) return { messages: [], error: dialed.reason };
  const scheme = endpoint.tls === undefined ? 'http' : 'https';
  const session = http2.connect(`${scheme}://localhost`, { createConnection: () => dialed.socket });
  signal.addEventListener('abort', () => session.destroy(), { once: true });
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const request = wrapper.request(
        {
          h2session: session satisfies ClientHttp2Session,
          method: 'POST',
          path: call.path,
          headers: {
            ':authority': call.authority,
            ':scheme': scheme,
            te: 'trailers',
            'content-type': grpcContentType,
            ...groupValues(call.metadata),
          },
        },
        (response) => {
          readResponse(response).then(resolve, reject);
        },
      );
      request.on('error', reject);
      request.end(Buffer.from(joinOctets(call.messages.map((message) => encodeMessage(message)))));
    });
  } finally {
    session.destroy();
  }
}

function groupValues(metadata: PlainCall['metadata']): Record<string, string | string[]> {
  const grouped = new Map<string, string[]>();
  for (const { name, value } of metadata) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  return Object.fromEntries(
    [...grouped].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

async function readResponse(response: IncomingMessage): Promise<Omit<SecondOpinion, 'client'>> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > largestAnswer) return { messages: [], error: 'the answer is too large' };
    pieces.push(piece);
  }
  const { messages, partial } = readMessages(joinOctets(pieces));
  const octets = messages.map((message) => message.octets);
  // Trailers-Only puts the status into the only field block there is.
  const text = response.trailers['grpc-status'] ?? response.headers['grpc-status'];
  const status = typeof text === 'string' ? parseStatus(text) : undefined;
  if (status === undefined) {
    const { statusCode: httpStatus } = response;
    return { httpStatus, messages: octets, error: `HTTP status ${httpStatus ?? 'unknown'} without grpc-status` };
  }
  if (partial !== undefined) return { status, messages: octets, error: 'the last message is cut off' };
  return { status, messages: octets };
}

async function askGrpcJs(
  endpoint: Endpoint,
  call: PlainCall,
  timeoutMs: number,
): Promise<Omit<SecondOpinion, 'client'>> {
  const grpc = require('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
  // What it thinks of the target's fields is part of its opinion, not of our output.
  if (process.env['GRPC_VERBOSITY'] === undefined) grpc.setLogVerbosity(grpc.logVerbosity.NONE);
  const metadata = new grpc.Metadata();
  for (const { name, value } of call.metadata) {
    metadata.add(name, isBinaryName(name) ? Buffer.from(decodeBinaryValue(value) ?? []) : value);
  }
  const { tls } = endpoint;
  const name = tls?.servername ?? (endpoint.address.kind === 'tcp' ? endpoint.address.host : 'localhost');
  const credentials =
    tls === undefined
      ? grpc.credentials.createInsecure()
      : grpc.credentials.createSsl(bufferOf(tls.ca), bufferOf(tls.key), bufferOf(tls.cert), {
          rejectUnauthorized: !tls.insecure,
          checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
        });
  const client = new grpc.Client(grpcAddress(endpoint), credentials, {
    'grpc.default_authority': call.authority,
    // Our own call goes straight to the target, once, whatever DNS or the environment say.
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': largestAnswer,
    // An IP address must not be sent as a server name (RFC 6066 §3); the certificate is checked against it all the same.
    ...(tls === undefined ? {} : { 'grpc.ssl_target_name_override': isIP(name) === 0 ? name : 'localhost' }),
  });
  try {
    return await new Promise((resolve) => {
      const messages: Buffer[] = [];
      const identity = (octets: Buffer): Buffer => octets;
      // On the wire every kind of call looks like this one.
      const stream = client.makeBidiStreamRequest<Buffer, Buffer>(call.path, identity, identity, metadata, {
        deadline: Date.now() + timeoutMs,
      });
      stream.on('data', (message: Buffer) => messages.push(message));
      // It comes as a status, too.
      stream.on('error', () => undefined);
      stream.on('status', ({ code, details }) => {
        resolve(isOwnStatus(code, details) ? { messages, error: oneLine(details) } : { status: code, messages });
      });
      for (const message of call.messages) stream.write(Buffer.from(message));
      stream.end();
    });
  } finally {
    client.close();
  }
}

/** True for what the client says in place of an answer: no connection, a reset, a deadline of its own. */
function isOwnStatus(code: number, details: string): boolean {
  if (code === 0) return false;
  const phrases =
    /^(No connection established|Received RST_STREAM|Stream refused by server|Connection dropped|Deadline exceeded|Failed to (connect|read)|Call cancelled|Cancelled on client|Protocol error|Name resolution failed|Received HTTP status code|Missing status|Internal HTTP2 error)/i;
  return phrases.test(details);
}

function bufferOf(text: string | undefined): Buffer | null {
  return text === undefined ? null : Buffer.from(text);
}

function grpcAddress({ address }: Endpoint): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `ipv6:[${address.host}]:${address.port}` : `dns:${address.host}:${address.port}`;
}
