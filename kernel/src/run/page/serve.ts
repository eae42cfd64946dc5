import { createServer, type Server } from 'node:http';
import getPort from 'get-port';

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves one page on this machine only.
 *
 * @param port the port to use; without one the first free from 8866 on.
 * @throws Error when the given port is taken or may not be used.
 */
export async function servePage(html: string, { port }: { port?: number } = {}): Promise<PageServer> {
  const chosen = port ?? (await getPort({ port: 8866, host: '127.0.0.1' }));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const found = path === '/' || path === '/index.html';
    response.writeHead(found ? 200 : 404, {
      'content-type': found ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(found ? html : `Only one page is served here: /\n`);
  });
  await listen(server, chosen);
  return {
    url: `http://127.0.0.1:${chosen}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is taken'
          : error.code === 'EACCES'
            ? 'may not be used by this account'
            : error.message;
      fail(new Error(`port ${port} ${reason}. Name another with --port, or none to take a free one.`));
    });
    server.listen(port, '127.0.0.1', done);
  });
}
