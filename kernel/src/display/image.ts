import { types } from 'node:util';

/** A picture in one of the formats that every viewer shows. */
export interface ImageFacts {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** Pixels; absent where the header could not be read. */
  readonly width?: number;
  readonly height?: number;
}

/** Says which picture format the bytes hold, by their first bytes, or undefined. Takes any byte array. */
export function recogniseImage(value: unknown): ImageFacts | undefined {
  if (!types.isUint8Array(value) || value.byteLength < 12) return undefined;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.readUInt32BE(0) === 0x89504e47 && bytes.readUInt32BE(4) === 0x0d0a1a0a) {
    return bytes.length < 24
      ? { mime: 'image/png' }
      : { mime: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  const start = bytes.toString('latin1', 0, 6);
  if (start === 'GIF87a' || start === 'GIF89a') {
    return { mime: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff)
    return { mime: 'image/jpeg', ...jpegSize(bytes) };
  if (start.startsWith('RIFF') && bytes.toString('latin1', 8, 12) === 'WEBP') return { mime: 'image/webp' };
  return undefined;
}

/** Width and height stand in the first start-of-frame segment, behind segments that name their length. */
function jpegSize(bytes: Buffer): { width?: number; height?: number } {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return {};
}

/** The picture in words: `PNG image, 640 x 480`. */
export function describeImage({ mime, width, height }: ImageFacts): string {
  const size = width && height ? `, ${width} x ${height}` : '';
  return `${mime.slice('image/'.length).toUpperCase()} image${size}`;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
