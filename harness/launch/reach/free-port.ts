import { createServer } from 'node:net';
import { ConformError } from '../../error';

/** A port that was free a moment ago. @throws ConformError ERR_TARGET_NOT_READY when the system gives none. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      reject(
        new ConformError('ERR_TARGET_NOT_READY', `this machine gives no free port for the target: ${error.message}`, {
          cause: error,
        }),
      ),
    );
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string')
          reject(new ConformError('ERR_INTERNAL', 'no free port was found'));
        else resolve(address.port);
      });
    });
  });
}
