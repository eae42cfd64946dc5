import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Output } from './notebook.js';

/** The outermost folder above `folder` that is a repository or an npm workspace root; `folder` itself if there is none. */
export function projectRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git')) || existsSync(join(at, 'package-lock.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}

/**
 * Rewrites machine paths in a text, so that stored outputs are the same on every machine: the notebook's folder becomes
 * `.`, the project around it a relative path, the home folder `~`; a path into a package starts at `node_modules`.
 */
export function machinePathsRemover(
  folder: string,
  { root = projectRoot(folder), home = homedir() }: { root?: string; home?: string } = {},
): (text: string) => string {
  const named: [string, string][] = [
    [folder, '.'],
    [root, relative(folder, root).split(sep).join('/') || '.'],
    [home, '~'],
  ];
  const rules = named
    // A root or a one-letter folder is no secret, and would match everywhere.
    .filter(([path]) => path.length > 2)
    .sort(([one], [other]) => other.length - one.length)
    .flatMap(([path, short]) =>
      [pathToFileURL(path).href, path, path.replaceAll('\\', '\\\\')].map((form) => ({
        pattern: new RegExp(`(?<![\\w./~-])${escaped(form)}(?![\\w-])`, 'g'),
        short,
      })),
    );
  // Where packages lie is the machine's matter, which package it is is not.
  rules.push({
    pattern: /(?:file:\/\/)?(?<![\w.~-])(?:\/|[A-Za-z]:[\\/])[^\s"'()<>]*?[\\/](?=node_modules[\\/])/g,
    short: '',
  });
  return (text) => rules.reduce((rest, { pattern, short }) => rest.replace(pattern, short), text);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Applies a rewriting of texts to everything readable in an output; images are left alone. */
export function mapOutputText(output: Output, rewrite: (text: string) => string): Output {
  switch (output.output_type) {
    case 'stream':
      return { ...output, text: rewrite(output.text) };
    case 'error':
      return {
        ...output,
        evalue: rewrite(output.evalue),
        traceback: output.traceback.map(rewrite),
      };
    default: {
      const data = Object.entries(output.data).map(([mime, value]) => [
        mime,
        mime.startsWith('image/') && mime !== 'image/svg+xml' ? value : deep(value, rewrite),
      ]);
      return { ...output, data: Object.fromEntries(data) };
    }
  }
}

function deep(value: unknown, rewrite: (text: string) => string): unknown {
  if (typeof value === 'string') return rewrite(value);
  if (Array.isArray(value)) return value.map((part) => deep(part, rewrite));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, deep(part, rewrite)]));
}
