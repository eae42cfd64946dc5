import { types } from 'node:util';
import { base64 } from './image.js';
import { reasonOf } from './mime.js';

/** The content as JSON can hold it: bytes as base64, typed arrays as lists, dates as text, NaN as null. */
export function toSendable(content: unknown): { content: unknown } | { lost: string } {
  if (typeof content === 'string') return { content };
  if (types.isUint8Array(content)) return { content: base64(content) };
  try {
    const text = JSON.stringify(content, (_key, value) => {
      if (typeof value === 'bigint')
        return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      if (ArrayBuffer.isView(value) && !types.isDataView(value)) return Array.from(value as Float32Array);
      return value;
    });
    if (text === undefined) return { lost: `a ${typeof content} cannot be sent as JSON` };
    return { content: JSON.parse(text) };
  } catch (thrown) {
    return { lost: reasonOf(thrown) };
  }
}
