/**
 * The safetensors format: 8 bytes of header length (little endian), a JSON header, then the tensors' bytes. Readable from
 * Python (numpy, torch, Keras) without conversion. Format: https://huggingface.co/docs/safetensors, "Format".
 */

/** Values of one tensor, row by row. */
export interface TensorData {
  readonly dtype: 'F32' | 'I32' | 'F64' | 'F16' | 'BF16' | 'I64';
  readonly shape: readonly number[];
  /** F16 and BF16 are widened to Float32Array; the other types have their own arrays. */
  readonly data: Float32Array | Int32Array | Float64Array | BigInt64Array;
}

/** What a file holds. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, TensorData>;
  /** Texts by name, `__metadata__` in the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

const widths = { F32: 4, I32: 4, F64: 8, F16: 2, BF16: 2, I64: 8 } as const;

/**
 * Bytes of a safetensors file. Names are sorted and the header is padded to a multiple of 8, so equal contents give equal
 * bytes. F16 and BF16 can be read but not written.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  const chunks: { offset: number; data: TensorData['data'] }[] = [];
  let offset = 0;
  // Compared by code unit, not by locale: the bytes must not depend on the machine's language.
  const names = [...tensors.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (const name of names) {
    const { dtype, shape, data } = tensors.get(name)!;
    if (dtype === 'F16' || dtype === 'BF16')
      throw new Error(`Tensor "${name}": ${dtype} can be read but not written; use F32`);
    if (
      data.length !== shape.reduce((size, axis) => size * axis, 1) ||
      data.BYTES_PER_ELEMENT !== widths[dtype]
    ) {
      throw new Error(
        `Tensor "${name}": ${data.length} values of ${data.BYTES_PER_ELEMENT} bytes are not ${dtype} [${shape.join(', ')}]`,
      );
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    chunks.push({ offset, data });
    offset += data.byteLength;
  }
  let text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  text = padded;
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  for (const { offset: start, data } of chunks) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + text.length + start);
  }
  return bytes;
}

/**
 * Reads a safetensors file.
 *
 * @param source what the bytes are called in messages, such as the file's path
 * @throws saying what is damaged: too short, no header, an unknown type, a tensor outside the file or of another size
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'the bytes'): TensorFile {
  // A Node Buffer is a Uint8Array whose slice() does not copy.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (why: string) => new Error(`${source} is not a whole safetensors file: ${why}`);
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, the length of the header alone takes 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8))
    throw damaged(`the header should have ${length} bytes, ${bytes.length - 8} are there`);
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    throw damaged('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged('its header is not a JSON object');
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (
    typeof metadata !== 'object' ||
    metadata === null ||
    Object.values(metadata).some((v) => typeof v !== 'string')
  ) {
    throw damaged('its metadata are not texts');
  }
  const tensors = new Map<string, TensorData>();
  for (const [name, entry] of Object.entries(entries)) {
    tensors.set(name, decodeTensor(name, entry, file.subarray(start), damaged));
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function decodeTensor(
  name: string,
  entry: unknown,
  body: Uint8Array,
  damaged: (why: string) => Error,
): TensorData {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (typeof dtype !== 'string' || !(dtype in widths)) {
    throw damaged(
      `tensor "${name}" has the type ${JSON.stringify(dtype)}, known are ${Object.keys(widths).join(', ')}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) throw damaged(`tensor "${name}" has no shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize) || offsets[0] > offsets[1]) {
    throw damaged(`tensor "${name}" has no place in the file`);
  }
  const [from, to] = offsets as [number, number];
  const kind = dtype as TensorData['dtype'];
  const expected = shape.reduce((size, axis) => size * axis, widths[kind]);
  if (to - from !== expected) {
    throw damaged(
      `tensor "${name}" ${dtype} [${shape.join(', ')}] needs ${expected} bytes, its place has ${to - from}`,
    );
  }
  if (to > body.length)
    throw damaged(`tensor "${name}" ends at byte ${to} of ${body.length}: the file was cut off`);
  // A copy: typed arrays need an aligned start.
  const raw = body.slice(from, to).buffer as ArrayBuffer;
  return { dtype: kind, shape: shape as number[], data: readers[kind](raw) };
}

const readers: Record<TensorData['dtype'], (raw: ArrayBuffer) => TensorData['data']> = {
  F32: (raw) => new Float32Array(raw),
  I32: (raw) => new Int32Array(raw),
  F64: (raw) => new Float64Array(raw),
  I64: (raw) => new BigInt64Array(raw),
  BF16: (raw) => {
    // A bfloat16 is the upper half of a float32.
    const bits = Uint32Array.from(new Uint16Array(raw), (half) => half << 16);
    return new Float32Array(bits.buffer);
  },
  F16: (raw) => Float32Array.from(new Uint16Array(raw), halfToNumber),
};

/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
