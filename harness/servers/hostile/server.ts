#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { findAttacker } from './attackers';
import { startHostileTarget } from './hostile-target';

// One attacker as a program: server NAME [--port N] [--seed N]. Prints {"host":…,"port":…} when it accepts connections.

/** Connections that break are an attacker's daily bread; anything else is a fault of its own. */
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (/^(EPIPE|ECONNRESET|ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END)$/.test(error.code ?? '')) return;
  process.stderr.write(`hostile server: ${error.stack ?? error.message}\n`);
  process.exit(99);
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '0' }, seed: { type: 'string', default: '1' } },
  });
  const attacker = findAttacker(positionals[0] ?? '');
  if (attacker === undefined) throw new Error(`there is no attacker ${positionals[0] ?? ''}`);
  if (attacker.listensAfter !== undefined) await new Promise((resolve) => setTimeout(resolve, attacker.listensAfter));
  const { port } = await startHostileTarget(attacker.means, { port: Number(values.port), seed: Number(values.seed) });
  process.stdout.write(`${JSON.stringify({ host: '127.0.0.1', port })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`hostile server: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
