import { spawn } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { readNotebook, writeAtomically } from '../run/notebook.js';
import { renderPage } from '../run/page/page.js';
import { servePage } from '../run/page/serve.js';
import { numberOption, readArguments, UsageError } from './arguments.js';
import type { Command } from './command.js';

const help = `Usage: heed page NOTEBOOK [--output FILE.html] [--serve [--port N] [--open]]

Turns an executed notebook into one HTML page that needs no other file and no other host:
equations, tables, pictures, figures that can be turned and zoomed.

  --output FILE   where to write it (default: the notebook's name with .html, here; nothing with --serve)
  --serve         show it on this machine until Ctrl-C
  --port N        port for --serve (default: a free one)
  --open          open it in the browser`;

export const page: Command = {
  summary: 'turn an executed notebook into one HTML page',
  help,
  run: async (args) => {
    const { values, positionals } = readArguments('page', args, {
      output: { type: 'string' },
      serve: { type: 'boolean' },
      port: { type: 'string' },
      open: { type: 'boolean' },
    });
    const [path, ...more] = positionals;
    if (!path || more.length > 0)
      throw new UsageError(`heed page takes one notebook, got ${positionals.length}. See: heed page --help`);
    if (values.port && !values.serve) throw new UsageError('--port is for --serve; add --serve.');
    const port = numberOption('port', values.port, { min: 1, max: 65535, integer: true });
    const html = renderPage(readNotebook(path), { folder: dirname(resolve(path)) });
    const output = values.output ?? (values.serve ? undefined : `${basename(path, '.ipynb')}.html`);
    if (output) {
      writeAtomically(output, html);
      console.log(`written: ${output} (${(html.length / 1e6).toFixed(1)} MB)`);
    }
    if (values.serve) return serve(html, { open: values.open ?? false, ...(port ? { port } : {}) });
    if (values.open && output) openInBrowser(resolve(output));
    return 0;
  },
};

async function serve(html: string, { port, open }: { port?: number; open: boolean }): Promise<number> {
  const server = await servePage(html, port ? { port } : {});
  console.log(`The page is at ${server.url}\nCtrl-C stops it.`);
  if (open) openInBrowser(server.url);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  await server.close();
  return 0;
}

/** Asks the desktop for its browser; where there is none the printed address is enough. */
function openInBrowser(address: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  const child = spawn(program!, args, { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
}
