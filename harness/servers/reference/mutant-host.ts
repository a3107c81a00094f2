import { behave } from './behaviour';
import { listen, type ReferenceServer } from './listen';

/**
 * A process that serves mutants one after the other, for the self-test: a message says which one is to listen, an answer says where. It ends with its
 * parent.
 */

/** What the parent asks for: the mutant of that id, in place of the one before. */
export interface HostRequest {
  readonly mutant: string;
}

/** Where that mutant listens, or why it does not. */
export type HostAnswer = { readonly host: string; readonly port: number } | { readonly failed: string };

let current: ReferenceServer | undefined;

async function serve({ mutant }: HostRequest): Promise<HostAnswer> {
  // Not waited for: connections that hang are closed by the server's own clocks.
  void current?.stop();
  current = undefined;
  const server = await listen({ port: 0, behaviour: behave({ defects: [mutant] }) });
  current = server;
  return { host: server.host, port: server.port };
}

process.on('message', (request: HostRequest) => {
  serve(request)
    .catch((error: unknown): HostAnswer => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(2));
});
process.on('disconnect', () => process.exit(0));
