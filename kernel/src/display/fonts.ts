import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype, { type Font, type Glyph } from 'opentype.js';

/** The faces that still pictures are drawn with: one family, everywhere the same, and its fixed-width sister. */
const faces = {
  regular: 'DejaVuSans.ttf',
  bold: 'DejaVuSans-Bold.ttf',
  oblique: 'DejaVuSans-Oblique.ttf',
  boldOblique: 'DejaVuSans-BoldOblique.ttf',
  mono: 'DejaVuSansMono.ttf',
} as const;

export type Face = keyof typeof faces;

/** Verdana has the widths of DejaVu Sans nearly, so that an SVG looks right where the latter is missing. */
export const sansFamily = "'DejaVu Sans', Verdana, sans-serif";
export const monoFamily = "'DejaVu Sans Mono', monospace";

export const isMonoFamily = (family: string) => /\b(mono|monospace|courier|consolas|menlo)\b/i.test(family);

function fontFile(face: Face): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${faces[face]}`);
}

export function fontFiles(): string[] {
  return (Object.keys(faces) as Face[]).map(fontFile);
}

const loaded = new Map<Face, Font>();

function font(face: Face): Font {
  let found = loaded.get(face);
  if (!found) {
    const bytes = readFileSync(fontFile(face));
    found = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    loaded.set(face, found);
  }
  return found;
}

const widths = new Map<string, number>();
const maxWidths = 5000;

/** The width that a line of text takes, in units of the font size (kerning included). */
export function textWidth(text: string, face: Face): number {
  if (text === '') return 0;
  const key = `${face} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    width = measure(text, font(face));
    if (widths.size >= maxWidths) widths.clear();
    widths.set(key, width);
  }
  return width;
}

interface Kerning {
  getKerningTables(script: string, language: string): unknown[] | undefined;
  getKerningValue(tables: unknown[], left: number, right: number): number;
}

/**
 * Glyph by glyph, without the substitutions that complex scripts have: the font library does not know all of
 * this font's, and labels are words and numbers.
 */
function measure(text: string, face: Font): number {
  // the font's own default script has no kerning, which the drawing has for Latin; not in the type declarations
  const { position } = face as unknown as { position: Kerning };
  const tables = position.getKerningTables('latn', 'dflt') ?? [];
  let width = 0;
  let last: Glyph | undefined;
  for (const character of text) {
    const glyph = face.charToGlyph(character);
    if (last) width += position.getKerningValue(tables, last.index, glyph.index);
    width += glyph.advanceWidth ?? 0;
    last = glyph;
  }
  return width / face.unitsPerEm;
}

/** How far a line reaches above and below its baseline, in units of the font size. */
export function lineExtent(face: Face): { ascent: number; descent: number } {
  const { ascender, descender, unitsPerEm } = font(face);
  return { ascent: ascender / unitsPerEm, descent: -descender / unitsPerEm };
}
