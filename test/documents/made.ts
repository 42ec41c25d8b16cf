// Documents made for tests: honest ones, and ones that were made to hurt.
import { randomBytes } from "node:crypto";
import { crc32, deflateRawSync, deflateSync } from "node:zlib";
import JSZip from "jszip";
import PDFDocument from "pdfkit";
import sharp from "sharp";

/** One page per text. */
export async function pdf(pages: readonly string[], options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, ...options });
  for (const text of pages) document.addPage().fontSize(14).text(text);
  return finished(document);
}

/** One page per picture, and nothing else on it. */
export async function scannedPdf(pictures: readonly Buffer[]): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false });
  for (const picture of pictures) document.addPage({ margin: 0 }).image(picture, 0, 0, { width: 600 });
  return finished(document);
}

async function finished(document: PDFKit.PDFDocument): Promise<Buffer> {
  document.end();
  const chunks: Buffer[] = [];
  for await (const chunk of document) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Writing as a picture. */
export async function writing(lines: readonly string[], { width = 900, size = 30 } = {}): Promise<Buffer> {
  const texts = lines.map((line, i) => `<text x="40" y="${70 + i * size * 1.8}" font-size="${size}" font-family="DejaVu Sans, sans-serif">${line}</text>`).join("");
  const height = Math.round(80 + lines.length * size * 1.8);
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="white"/>${texts}</svg>`)).png().toBuffer();
}

/** @param inside XML of the body · @param more further parts · @param head before the document element */
export async function docx(inside: string, more: Record<string, string | Buffer> = {}, head = ""): Promise<Buffer> {
  const zip = new JSZip();
  zip.file("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>');
  zip.file("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>');
  zip.file("word/document.xml", `<?xml version="1.0"?>${head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>${inside}</w:body></w:document>`);
  for (const [name, content] of Object.entries(more)) zip.file(name, content);
  return zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" });
}

export const paragraph = (text: string): string => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;

/** A part that claims a size of its own choosing. */
export function zipThatLies(name: string, content: Buffer, claimed: number): Buffer {
  const packed = deflateRawSync(content);
  const file = Buffer.from(name);
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(claimed, 18);
  facts.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), facts, file, packed]);
  const entry = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), facts, Buffer.alloc(14), file]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

/** A PNG of a few kilobytes that claims, and holds, very many pixels. */
export function pixelBomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8); // one bit a pixel, grey
  const row = Buffer.alloc(1 + Math.ceil(side / 8));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.concat(Array.from({ length: Math.min(side, 2000) }, () => row)))), chunk("IEND", Buffer.alloc(0))]);
}

/** A PDF written by hand: objects in order, a table of where they are. */
export function rawPdf(objects: readonly string[]): Buffer {
  let text = "%PDF-1.7\n";
  const places = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

/** Ten thousand pages that share one text. */
export function manyPages(count: number): Buffer {
  const stream = "BT /F1 12 Tf 20 100 Td (A page like all the others.) Tj ET";
  const kids = Array.from({ length: count }, (_, i) => `${i + 5} 0 R`).join(" ");
  return rawPdf([
    "<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/Count ${count}/Kids[${kids}]>>`, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", `<</Length ${stream.length}>>\nstream\n${stream}\nendstream`,
    ...Array.from({ length: count }, () => "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</F1 3 0 R>>>>/Contents 4 0 R>>"),
  ]);
}

/** A page of text, then a page whose drawing says itself ten times, seven levels deep: ten million texts. */
export function echoingPdf(firstPage = true): Buffer {
  const levels = 7;
  const form = (inside: string, resources: string): string => `<</Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<<${resources}>>/Length ${inside.length}>>\nstream\n${inside}\nendstream`;
  const content = "/X Do ".repeat(10);
  const opening = "BT /F1 12 Tf 20 100 Td (The first page is harmless.) Tj ET";
  return rawPdf([
    "<</Type/Catalog/Pages 2 0 R>>", firstPage ? `<</Type/Pages/Count 2/Kids[${6 + levels} 0 R 3 0 R]>>` : "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>",
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    ...Array.from({ length: levels }, (_, i) => (i === levels - 1 ? form("BT /F1 12 Tf 20 100 Td (echo) Tj ET", `/Font<</F1 ${5 + levels} 0 R>>`) : form(content, `/XObject<</X ${6 + i} 0 R>>`))),
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</F1 ${5 + levels} 0 R>>>>/Contents ${7 + levels} 0 R>>`,
    `<</Length ${opening.length}>>\nstream\n${opening}\nendstream`,
  ]);
}

export const noise = (bytes: number): Buffer => randomBytes(bytes);
