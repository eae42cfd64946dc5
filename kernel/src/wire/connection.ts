import { randomUUID } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import getPort from 'get-port';

/** What stands in a connection file: where the kernel's five sockets are, and the key that signs messages. */
export interface Connection {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: 'hmac-sha256';
  readonly kernel_name?: string;
}

const PORTS = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port'] as const;
export type PortName = (typeof PORTS)[number];

/**
 * Five free ports on an interface and a fresh key.
 * @throws Error if no port is free.
 */
export async function createConnection(options: { readonly ip?: string } = {}): Promise<Connection> {
  const ip = options.ip ?? '127.0.0.1';
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await Promise.all(
    PORTS.map(() => getPort({ host: ip })),
  );
  return {
    transport: 'tcp',
    ip,
    shell_port: shell_port!,
    iopub_port: iopub_port!,
    stdin_port: stdin_port!,
    control_port: control_port!,
    hb_port: hb_port!,
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
    kernel_name: 'heed',
  };
}

/**
 * Reads and checks a connection file.
 * @throws Error that names the file and what is wrong in it.
 */
export async function readConnectionFile(path: string): Promise<Connection> {
  const fail = (what: string): never => {
    throw new Error(`The connection file ${path} ${what}. Jupyter writes this file when it starts a kernel.`);
  };
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    fail(`cannot be read: ${(error as Error).message}`);
  }
  let raw: Record<string, unknown> = {};
  try {
    raw = JSON.parse(text);
  } catch (error) {
    fail(`is not JSON: ${(error as Error).message}`);
  }
  for (const name of PORTS) {
    const port = raw[name];
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) {
      fail(`needs ${name} as a port number, it has ${JSON.stringify(port)}`);
    }
  }
  const { transport = 'tcp', ip, key = '', signature_scheme: scheme = 'hmac-sha256' } = raw;
  if (transport !== 'tcp' && transport !== 'ipc') {
    fail(`needs transport tcp or ipc, it has ${JSON.stringify(transport)}`);
  }
  if (typeof ip !== 'string' || ip === '') fail(`needs ip, it has ${JSON.stringify(ip)}`);
  if (typeof key !== 'string') fail('needs key as a string');
  if (key !== '' && scheme !== 'hmac-sha256') {
    fail(`needs signature_scheme hmac-sha256, it has ${JSON.stringify(scheme)}`);
  }
  return { ...raw, transport, ip, key, signature_scheme: 'hmac-sha256' } as Connection;
}

/** Writes a connection file that its owner alone can read: it holds the key. */
export async function writeConnectionFile(path: string, connection: Connection): Promise<void> {
  await writeFile(path, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  // The mode above counts only for a new file.
  await chmod(path, 0o600);
}

/** The ZeroMQ address of one of the five sockets. */
export function addressOf(connection: Connection, port: PortName): string {
  // An ipc address is a path prefix, and the number its suffix.
  const separator = connection.transport === 'ipc' ? '-' : ':';
  const host =
    connection.ip.includes(':') && connection.transport === 'tcp' ? `[${connection.ip}]` : connection.ip;
  return `${connection.transport}://${host}${separator}${connection[port]}`;
}
