import { join } from 'node:path';
import { packageRoot } from '../package-root';

/** What names the bundled server wherever a target is named: `--target bundled`. */
export const bundledName = 'bundled';

/** The server that comes along: grpc-js with the interop service. */
export interface BundledTarget {
  readonly name: string;
  /** Command line for the shell. */
  readonly command: string;
  /** The known deviations of grpc-js. */
  readonly baselineFile: string;
  readonly gracefulSignal: NodeJS.Signals;
}

/** The bundled grpc-js server, from the build or, in our own tests, from source. */
export function bundledTarget(): BundledTarget {
  const folder = join(__dirname, '..', 'servers', 'grpc-js');
  const isSource = __filename.endsWith('.ts');
  const words = isSource
    ? [process.execPath, '-r', require.resolve('esbuild-register'), join(folder, 'server.ts')]
    : [process.execPath, join(folder, 'server.js')];
  return {
    name: 'the bundled grpc-js server',
    command: `${words.map(quoteWord).join(' ')} --port 0`,
    baselineFile: join(packageRoot(), 'harness', 'servers', 'grpc-js', 'baseline.json'),
    gracefulSignal: 'SIGTERM',
  };
}

/** A word for the shell, whatever is in it. */
function quoteWord(word: string): string {
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
