import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Header, Message } from './messages.js';

/** What a socket sends: strings are sent as UTF-8. */
export type Frame = string | Uint8Array;

const DELIMITER = '<IDS|MSG>';
const delimiterBytes = Buffer.from(DELIMITER);

/** A message whose HMAC does not fit its content: forged, or signed with another key. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/** Frames that are no message of the protocol. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

/** The four JSON parts of a message as text, in the order in which they are signed. */
export type SerializedParts = readonly [header: string, parent: string, metadata: string, content: string];

/** A message as text, ready to be signed; cheap to hand from one thread to another. */
export interface SerializedMessage {
  readonly identities: readonly Uint8Array[];
  readonly parts: SerializedParts;
  readonly buffers: readonly Uint8Array[];
}

/**
 * HMAC-SHA256 over the four parts in hexadecimal; the empty string for an empty key, which means "not signed".
 * Jupyter messaging protocol, section "The wire protocol".
 */
export function signMessage(key: string, parts: readonly (string | Uint8Array)[]): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

export function serialize<Content>(message: Message<Content>): SerializedMessage {
  return {
    identities: message.identities,
    parts: [
      JSON.stringify(message.header),
      JSON.stringify(message.parent_header),
      JSON.stringify(message.metadata),
      JSON.stringify(message.content),
    ],
    buffers: message.buffers,
  };
}

/** Signs a serialized message: the frames to send. */
export function seal(message: SerializedMessage, key: string): Frame[] {
  const signature = signMessage(key, message.parts);
  return [...message.identities, DELIMITER, signature, ...message.parts, ...message.buffers];
}

/** A message as the signed frames that a socket sends. */
export function encode<Content>(message: Message<Content>, key: string): Frame[] {
  return seal(serialize(message), key);
}

/**
 * Frames as a message.
 * @throws SignatureError if the HMAC does not fit; nothing of such a message is parsed.
 * @throws MalformedMessageError if the frames are not a message.
 */
export function decode(frames: readonly Uint8Array[], key: string): Message {
  const delimiter = frames.findIndex((frame) => delimiterBytes.equals(frame));
  if (delimiter < 0) {
    throw new MalformedMessageError(`no ${DELIMITER} among the ${frames.length} frames of a message`);
  }
  const signature = frames[delimiter + 1];
  const parts = frames.slice(delimiter + 2, delimiter + 6);
  if (signature === undefined || parts.length < 4) {
    throw new MalformedMessageError(
      `a message has 4 parts after its signature, this one has ${parts.length}`,
    );
  }
  if (!sameSignature(Buffer.from(signature).toString('latin1'), signMessage(key, parts))) {
    throw new SignatureError('the signature of a message does not fit its content; it was dropped');
  }
  const [header, parent, metadata, content] = parts.map(parseObject);
  if (typeof header!.msg_type !== 'string' || typeof header!.msg_id !== 'string') {
    throw new MalformedMessageError('the header of a message needs msg_type and msg_id as strings');
  }
  return {
    identities: frames.slice(0, delimiter),
    header: header as unknown as Header,
    parent_header: parent as unknown as Header | Record<string, never>,
    metadata: metadata!,
    content: content!,
    buffers: frames.slice(delimiter + 6),
  };
}

function sameSignature(got: string, expected: string): boolean {
  return got.length === expected.length && timingSafeEqual(Buffer.from(got), Buffer.from(expected));
}

function parseObject(part: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part).toString('utf8'));
  } catch (error) {
    throw new MalformedMessageError(`a part of a message is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedMessageError('a part of a message is JSON but not an object');
  }
  return value as Record<string, unknown>;
}
