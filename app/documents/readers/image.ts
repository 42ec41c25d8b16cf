// Pictures: drawn anew before anything looks at them, upright, without what the camera wrote beside them.
import sharp, { type Sharp } from "sharp";
import type { Truncation } from "../document.ts";
import { Refusal, type Session } from "./reader.ts";

/** A printed page at 250 dots an inch; more only costs time. */
const LONGEST_SIDE = 2_900;
const FORMATS = ["Png", "Jpeg", "Webp", "Nsgif", "Tiff", "Heif"];

// Only these decoders: SVG and PDF would read other files, the rest nobody sends. This process reads one document, so nothing else is touched.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: FORMATS.map((format) => `VipsForeignLoad${format}`) });
sharp.concurrency(1);
sharp.cache(false);

/** @throws Refusal when it has too many pixels or is damaged */
export async function readImage(bytes: Uint8Array, session: Session): Promise<Truncation | null> {
  const { png, picture } = await redraw(bytes, session.limits.maxPixels);
  session.say({ say: "picture", picture });
  if (session.previewSide !== undefined) await sayPreview(bytes, session.previewSide, session);
  if (session.isLate()) return "seconds";
  const text = await session.ocr(png);
  if (text !== "") session.say({ say: "page", page: { number: 1, text, source: "ocr" } });
  return null;
}

/** A picture of an encoded file, ready for reading. @throws Refusal */
export async function redraw(bytes: Uint8Array, maxPixels: number): Promise<{ png: Uint8Array; picture: { width: number; height: number; format: string } }> {
  try {
    const source = sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" });
    const { width: across, height: down, format, orientation = 1 } = await source.metadata();
    const [width, height] = orientation < 5 ? [across, down] : [down, across]; // from 5 on the camera lay on its side
    if (width * height > maxPixels) throw new Error("Input image exceeds pixel limit");
    return { png: await readable(source.rotate()), picture: { width, height, format } };
  } catch (error) {
    if (error instanceof Error && error.message.includes("pixel limit")) throw new Refusal("DOCUMENT_TOO_LARGE", `The picture has more than ${maxPixels} pixels (documents.max_pixels); ask for a smaller one`);
    throw new Refusal("DOCUMENT_UNREADABLE", "The picture is damaged and cannot be drawn; ask for it again");
  }
}

/** What it shows, for a model that looks at it: in colour and small. Without one the writing is read all the same. */
async function sayPreview(bytes: Uint8Array, side: number, { limits, say }: Session): Promise<void> {
  const small = sharp(bytes, { limitInputPixels: limits.maxPixels }).rotate().flatten({ background: "#ffffff" }).toColourspace("srgb").resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });
  const png = await small.png().toBuffer().catch(() => undefined);
  if (png !== undefined) say({ say: "preview", png: png.toString("base64") });
}

/** A picture as a PDF holds it. */
export async function prepareRaw(raw: { data: Uint8ClampedArray; width: number; height: number; channels: 1 | 3 | 4 }, maxPixels: number): Promise<Uint8Array> {
  return readable(sharp(raw.data, { raw: { width: raw.width, height: raw.height, channels: raw.channels }, limitInputPixels: maxPixels }));
}

async function readable(picture: Sharp): Promise<Uint8Array> {
  return picture.flatten({ background: "#ffffff" }).greyscale().resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: "inside", withoutEnlargement: true }).png().toBuffer();
}
