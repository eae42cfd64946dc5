import { listFiles, readBytes } from '#platform';

/** A sound of one channel. */
export interface Recording {
  /** Where it came from; for messages and labels. */
  readonly name: string;
  /** Samples a second. */
  readonly rate: number;
  /** From -1 to 1. */
  readonly samples: Float32Array;
}

/** What of the library's object is used; its own types say `object` for the header. */
interface ParsedWav {
  readonly fmt: {
    readonly audioFormat: number;
    readonly numChannels: number;
    readonly sampleRate: number;
    readonly bitsPerSample: number;
    readonly subformat: readonly number[];
  };
  readonly data: { readonly chunkSize: number; readonly samples: Uint8Array };
  getSamples(interleaved: boolean, type: typeof Float64Array): Float64Array;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 65534;
const COMPRESSED: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  6: 'A-law',
  7: 'mu-law',
  17: 'IMA ADPCM',
  49: 'GSM',
  85: 'MP3',
};

/**
 * Reads the bytes of a WAV file: one channel, integers of any width or floats.
 *
 * The library that parses is loaded at the first call, so who reads no sound does not carry it.
 *
 * @param name what messages call it
 * @throws where it is no WAV file, stereo, compressed, empty or cut off, has no rate or a sample that is no number, with what to do
 */
export async function decodeWav(bytes: Uint8Array, name = 'the WAV file'): Promise<Recording> {
  if (bytes.length === 0) throw new Error(`${name} is empty (0 bytes): record or download it again`);
  const wave = await parse(bytes, name);
  const { audioFormat, numChannels, sampleRate, bitsPerSample, subformat } = wave.fmt;
  const format = audioFormat === EXTENSIBLE ? (subformat[0] ?? 0) & 0xffff : audioFormat;
  if (format !== PCM && format !== FLOAT)
    throw new Error(
      `${name}: expected plain samples (format tag 1, PCM, or 3, float), got tag ${format}${COMPRESSED[format] ? `, ${COMPRESSED[format]}` : ''}, which is compressed; convert it: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav`,
    );
  if (numChannels !== 1)
    throw new Error(
      `${name}: expected one channel, got ${numChannels}; mix them down: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav`,
    );
  const { chunkSize, samples: held } = wave.data;
  if (held.length < chunkSize)
    throw new Error(
      `${name} is cut off: its header promises ${chunkSize} bytes of samples, ${held.length} are there; copy it again`,
    );
  if (!(sampleRate > 0))
    throw new Error(
      `${name}: its header says ${sampleRate} samples a second; write it again with its true rate`,
    );
  if (chunkSize === 0) throw new Error(`${name} holds no sample: record it again or leave it out`);
  // The library's own conversion divides positive numbers by 2^15 - 1 and negative ones by 2^15, which bends the wave at 0.
  const full = format === FLOAT ? 1 : 2 ** (bitsPerSample - 1);
  const middle = format === PCM && bitsPerSample <= 8 ? full : 0; // 8-bit samples have no sign
  const raw = wave.getSamples(false, Float64Array);
  const samples = Float32Array.from(raw, (value) => (value - middle) / full);
  const bad = samples.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new Error(`${name}: sample ${bad} is ${samples[bad]}, not a number; record or convert it again`);
  return { name, rate: sampleRate, samples };
}

async function parse(bytes: Uint8Array, name: string): Promise<ParsedWav> {
  // Node reads the CommonJS build, whose exports may lie under `default`; bundlers read the other, where they do not.
  const library = await import('wavefile');
  const { WaveFile } = library.WaveFile ? library : library.default;
  try {
    return new WaveFile(bytes) as unknown as ParsedWav;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${name} is not a whole WAV file (${reason}); convert it: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav`,
    );
  }
}

/** Reads one WAV file. @throws as `decodeWav` does, and where it cannot be read */
export async function readWav(path: string): Promise<Recording> {
  return decodeWav(await readBytes(path), path);
}

/**
 * Reads all WAV files of a folder, in the order of their names; `name` is the file's name without `.wav`.
 *
 * @throws where the folder holds none, where one is bad, and where they differ in their rate
 */
export async function readWavFolder(folder: string): Promise<Recording[]> {
  const names = (await listFiles(folder)).filter((file) => /\.wav$/i.test(file)).sort();
  if (names.length === 0) throw new Error(`${folder}: expected WAV files (*.wav), found none`);
  const recordings: Recording[] = [];
  for (const file of names) {
    const recording = await readWav(`${folder}/${file}`);
    const rate = recordings[0]?.rate ?? recording.rate;
    if (recording.rate !== rate)
      throw new Error(
        `${folder}/${file}: expected ${rate} samples a second as in the files before it, got ${recording.rate}; resample it: ffmpeg -i IN -ar ${rate} OUT.wav`,
      );
    recordings.push({ ...recording, name: file.slice(0, -4) });
  }
  return recordings;
}
