import { randomUUID } from 'node:crypto';

/** The version of the Jupyter messaging protocol that this package speaks. */
export const PROTOCOL_VERSION = '5.4';

/** The four channels that carry messages; the heartbeat carries plain bytes. */
export type Channel = 'shell' | 'control' | 'stdin' | 'iopub';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A MIME bundle: one value in several forms, keyed by MIME type. */
export type MimeBundle = Record<string, unknown>;

export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
  readonly subshell_id?: string | null;
}

/**
 * One message of the protocol.
 * `identities` is the routing prefix of a ROUTER socket or the topic of a PUB socket; empty at a client's DEALER.
 */
export interface Message<Content = Record<string, unknown>> {
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent_header: Header | Record<string, never>;
  readonly metadata: Record<string, unknown>;
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
}

export interface MessageOptions<Content> {
  readonly session: string;
  readonly content: Content;
  readonly parent?: Header | Record<string, never>;
  readonly metadata?: Record<string, unknown>;
  readonly identities?: readonly Uint8Array[];
  readonly buffers?: readonly Uint8Array[];
  readonly username?: string;
}

/** A new message with a fresh id and the present date. */
export function createMessage<Content>(type: string, options: MessageOptions<Content>): Message<Content> {
  const header: Header = {
    msg_id: randomUUID(),
    session: options.session,
    username: options.username ?? 'heed',
    date: new Date().toISOString(),
    msg_type: type,
    version: PROTOCOL_VERSION,
  };
  return {
    identities: options.identities ?? [],
    header,
    parent_header: options.parent ?? {},
    metadata: options.metadata ?? {},
    content: options.content,
    buffers: options.buffers ?? [],
  };
}

export interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly user_expressions?: Record<string, string>;
  readonly allow_stdin?: boolean;
  readonly stop_on_error?: boolean;
}

/** What an error looks like in an `error` output and in every reply with status `error`. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type ExecuteReply =
  | {
      readonly status: 'ok';
      readonly execution_count: number;
      readonly user_expressions: Record<string, unknown>;
      readonly payload: readonly [];
    }
  | ({ readonly status: 'error'; readonly execution_count: number } & ErrorContent)
  | ({ readonly status: 'aborted' } & ErrorContent);

export interface StreamContent {
  readonly name: 'stdout' | 'stderr';
  readonly text: string;
}

export interface StatusContent {
  readonly execution_state: 'starting' | 'busy' | 'idle';
}

export interface DisplayContent {
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
  readonly transient?: { readonly display_id?: string };
}

export interface ExecuteResultContent {
  readonly execution_count: number;
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
}

export interface KernelInfoReply {
  readonly status: 'ok';
  readonly protocol_version: string;
  readonly implementation: string;
  readonly implementation_version: string;
  readonly language_info: {
    readonly name: string;
    readonly version: string;
    readonly mimetype: string;
    readonly file_extension: string;
    readonly pygments_lexer?: string;
    readonly codemirror_mode?: string | { readonly name: string; readonly [key: string]: Json };
    readonly nbconvert_exporter?: string;
  };
  readonly banner: string;
  readonly debugger: boolean;
  readonly help_links: readonly { readonly text: string; readonly url: string }[];
  readonly supported_features: readonly string[];
}
