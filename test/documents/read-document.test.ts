// Real documents through the real reading process; then documents that were made to hang it, crash it, or make it tell what it may not.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { cutPages } from "../../app/documents/cut-pages.ts";
import { kindOf } from "../../app/documents/kind.ts";
import { decodeText } from "../../app/documents/readers/plain.ts";
import { checkZip } from "../../app/documents/zip-check.ts";
import { readDocument, type DocumentLimits, type DocumentReading, type ReadOptions } from "../../app/documents/index.ts";
import { AppError } from "../../app/domain/index.ts";
import { installationRoot, runProgram } from "../../app/platform/index.ts";
import { docx, echoingPdf, manyPages, noise, paragraph, pdf, pixelBomb, rawPdf, scannedPdf, writing, zipThatLies } from "./made.ts";

const LIMITS: DocumentLimits = { maxBytes: 20 * 1_048_576, maxPages: 20, maxPixels: 20_000_000, maxArchiveRatio: 100, seconds: 30, memoryMb: 768, ocrLanguages: ["eng"] };
const folder = mkdtempSync(join(tmpdir(), "earshot-documents-"));
const SECRET = join(folder, "secret.txt");
let files = 0;

async function read(bytes: Uint8Array | string, limits: Partial<DocumentLimits> = {}, options: ReadOptions = {}): Promise<DocumentReading> {
  const path = join(folder, `${++files}.bin`);
  writeFileSync(path, bytes);
  return readDocument(path, { ...LIMITS, ...limits }, options);
}

async function refusal(bytes: Uint8Array | string, limits: Partial<DocumentLimits> = {}): Promise<string> {
  try {
    const reading = await read(bytes, limits);
    return `read: ${JSON.stringify(reading).slice(0, 300)}`;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

const text = (reading: DocumentReading): string => reading.pages.map((page) => page.text).join("\n");

before(() => writeFileSync(SECRET, "the password of the house"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("readDocument", () => {
  it("reads a PDF page by page", async () => {
    const reading = await read(await pdf(["Invoice 4711\nTwo chairs", "", "Total 299.80 EUR"]));
    assert.deepEqual(reading, { kind: "pdf", pages: [{ number: 1, text: "Invoice 4711\nTwo chairs", source: "text" }, { number: 3, text: "Total 299.80 EUR", source: "text" }], unreadPages: [] });
  });
  it("reads a Word document, and cuts long ones into pages", async () => {
    const reading = await read(await docx(paragraph("Dear Sir or Madam,") + paragraph("we ordered two chairs. ".repeat(300))));
    assert.equal(reading.kind, "docx");
    assert.match(reading.pages[0]?.text ?? "", /^Dear Sir or Madam,\n\nwe ordered two chairs\./);
    assert.deepEqual(reading.pages.map((page) => page.number), [1, 2]);
  });
  it("reads what is to be seen of a web page", async () => {
    const reading = await read("<!DOCTYPE html><html><head><style>p{color:red}</style><script>alert(1)</script></head><body><h1>Order</h1><p>Two chairs</p><img src='file:///etc/passwd'><a href='https://x.example'>here</a></body></html>");
    assert.deepEqual(reading, { kind: "html", pages: [{ number: 1, text: "Order\n\nTwo chairs\n\nhere", source: "text" }], unreadPages: [] });
  });
  it("reads text in the encodings that people send", async () => {
    const said = "Grüße aus Köln, €5";
    const utf16 = Buffer.from(`\ufeff${said}`, "utf16le");
    const encoded = [Buffer.from(said), Buffer.from(`\ufeff${said}`), utf16, utf16.subarray(2), Buffer.from(utf16).swap16(), Buffer.from(utf16).swap16().subarray(2), Buffer.from("Gr\xfc\xdfe aus K\xf6ln, \x805", "latin1")];
    assert.deepEqual(encoded.map(decodeText), encoded.map(() => said));
    assert.equal(text(await read(encoded[6] ?? "")), said);
  });
  it("reads writing off a picture that the camera stored lying on its side, and says what the picture is", async () => {
    const reading = await read(await sharp(await writing(["The parcel was left", "at number 42"])).rotate(90).jpeg().withMetadata({ orientation: 8 }).toBuffer());
    assert.deepEqual([reading.kind, reading.picture], ["image", { width: 900, height: 188, format: "jpeg" }]);
    assert.deepEqual(reading.pages, [{ number: 1, text: "The parcel was left\nat number 42", source: "ocr" }]);
  });
  it("invents no text for a picture without writing", async () => {
    const sky = await sharp({ create: { width: 120, height: 80, channels: 3, background: "#88aaff", noise: { type: "gaussian", mean: 128, sigma: 40 } } }).png().toBuffer();
    assert.deepEqual((await read(sky)).pages, []);
  });
  it("reads the scan that a page of a PDF is", async () => {
    const reading = await read(await scannedPdf([await writing(["Signed on 12 May 2026"])]));
    assert.deepEqual(reading.pages, [{ number: 1, text: "Signed on 12 May 2026", source: "ocr" }]);
  });
  it("has pages drawn that it cannot take apart when there is a program for it, and names them when there is none", async () => {
    const curves = "0 0 m 100 100 l S ".repeat(20);
    const drawing = rawPdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>", `<</Length ${curves.length}>>\nstream\n${curves}\nendstream`]);
    assert.deepEqual(await read(drawing), { kind: "pdf", pages: [], unreadPages: [1] });
    const picture = join(folder, "drawn.png");
    writeFileSync(picture, await writing(["Drawn by a program"]));
    const program = join(folder, "pdftoppm");
    writeFileSync(program, `#!/bin/sh\nfor last in "$@"; do :; done\ncp ${picture} "$last.png"\n`, { mode: 0o755 });
    const reading = await read(drawing, {}, { drawer: { program, folder: join(folder, "drawer") } });
    assert.deepEqual(reading, { kind: "pdf", pages: [{ number: 1, text: "Drawn by a program", source: "ocr" }], unreadPages: [] });
  });
  it("goes by the content, whatever the file is called, and by its beginning when it is two things", async () => {
    const both = Buffer.concat([await pdf(["The PDF of the two"]), await docx(paragraph("The archive of the two"))]);
    const reading = await read(both);
    assert.deepEqual([reading.kind, text(reading)], ["pdf", "The PDF of the two"]);
    assert.equal(kindOf(Buffer.concat([Buffer.from("GIF89a"), both])), "image");
  });
  it("reads writing off a picture without asking the network for anything", async () => {
    const trap = join(folder, "trap.cjs");
    writeFileSync(trap, 'const stop = () => { require("node:fs").writeSync(2, "NETWORK"); throw new Error("no network"); }; require("node:net").Socket.prototype.connect = stop; require("node:dns").lookup = stop;');
    const trapped = (args: string[]): ReturnType<typeof runProgram> => runProgram(process.execPath, ["--require", trap, ...args], { timeoutMs: 30_000 });
    const picture = join(folder, "offline.png");
    writeFileSync(picture, await writing(["No connection needed"]));
    const [control, run] = await Promise.all([trapped(["-e", 'new (require("node:worker_threads").Worker)("fetch(`http://127.0.0.1:65000`).catch(() => undefined)", { eval: true })']), trapped([join(installationRoot(), "dist/app/documents/reading-process.js"), JSON.stringify({ path: picture, limits: LIMITS })])]);
    assert.match(control.stderr, /NETWORK/, "the trap works");
    assert.match(run.stdout.toString(), /No connection needed/);
    assert.doesNotMatch(run.stderr, /NETWORK/);
  });
  it("ends at once when the work is called off", async () => {
    const stop = new AbortController();
    const startedAt = performance.now();
    const reading = read(echoingPdf(false), {}, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("called off")), 300);
    await assert.rejects(reading, /called off/);
    assert.ok(performance.now() - startedAt < 5_000);
  });
});

describe("readDocument: hostile documents", () => {
  it("reads as many pages of ten thousand as are allowed", async () => {
    const reading = await read(manyPages(10_000), { maxPages: 3 });
    assert.deepEqual([reading.pages.length, reading.truncated], [3, "pages"]);
  });
  it("gives up a page that says itself ten million times, and keeps what was read before it", async () => {
    const [alone, after] = await Promise.all([refusal(echoingPdf(false), { seconds: 2 }), read(echoingPdf(), { seconds: 6 })]);
    assert.match(alone, /^DOCUMENT_(TIMEOUT|MEMORY)$/);
    assert.deepEqual(after.pages, [{ number: 1, text: "The first page is harmless.", source: "text" }]);
    assert.match(after.truncated ?? "", /^(seconds|memory)$/);
  });
  it("does not unpack a document that becomes far larger than it is", async () => {
    const bomb = await docx(paragraph("x"), { "word/media/image1.bmp": Buffer.alloc(8 * 1_048_576) });
    assert.equal(await refusal(bomb), "DOCUMENT_TOO_LARGE");
    assert.deepEqual(checkZip(zipThatLies("word/document.xml", Buffer.alloc(8 * 1_048_576), 1000), 100), { ok: false, why: "damaged" });
    assert.deepEqual(checkZip(zipThatLies("word/document.xml", Buffer.alloc(8 * 1_048_576), 8 * 1_048_576), 100), { ok: false, why: "too_large" });
    assert.deepEqual(checkZip(zipThatLies("word/document.xml", Buffer.alloc(1000), 1000), 100), { ok: true, names: ["word/document.xml"] });
  });
  it("draws no picture of more pixels than are allowed", async () => {
    assert.equal(await refusal(pixelBomb(60_000)), "DOCUMENT_TOO_LARGE");
  });
  it("ends a reading that takes more memory than is allowed", async () => {
    const wide = await sharp({ create: { width: 6000, height: 6000, channels: 3, background: "red" } }).png({ compressionLevel: 9 }).toBuffer();
    assert.equal(await refusal(wide, { memoryMb: 64, maxPixels: 100_000_000 }), "DOCUMENT_MEMORY");
  });
  it("asks for a copy without password", async () => {
    assert.equal(await refusal(await pdf(["secret"], { userPassword: "x", ownerPassword: "y" })), "DOCUMENT_ENCRYPTED");
    assert.equal(kindOf(Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600), Buffer.from("EncryptedPackage", "utf16le")])), "locked");
  });
  it("says that damaged files are damaged, and that others are not read", async () => {
    const picture = await writing(["cut"]);
    const word = await docx(paragraph("cut"));
    const cases: [Uint8Array | string, string][] = [
      [picture.subarray(0, picture.length / 2), "DOCUMENT_UNREADABLE"], [await docx("<w:p><w:r>"), "DOCUMENT_UNREADABLE"], ["%PDF-1.7\nnothing", "DOCUMENT_UNREADABLE"], [noise(5000), "DOCUMENT_UNSUPPORTED"],
    ];
    assert.deepEqual(await Promise.all(cases.map(([bytes]) => refusal(bytes))), cases.map(([, code]) => code));
    assert.equal(await refusal("x".repeat(1000), { maxBytes: 500 }), "DOCUMENT_TOO_LARGE");
    for (const cut of [word.subarray(0, word.length - 40), Buffer.from("PK\x03\x04")]) assert.deepEqual(checkZip(cut, 100), { ok: false, why: "damaged" });
    assert.deepEqual([Buffer.alloc(1000), Buffer.from("{\\rtf1}"), Buffer.from(""), Buffer.from("plain")].map(kindOf), ["unknown", "unknown", "text", "text"]);
  });
  it("looks at anything without a mistake", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom("", "%PDF-", "PK\x03\x04", "\xff\xfe", "<html>", "PK\x05\x06"), (bytes, head) => {
        const made = Buffer.concat([Buffer.from(head, "latin1"), bytes]);
        assert.equal(typeof kindOf(made), "string");
        assert.equal(typeof checkZip(made, 100).ok, "boolean");
        for (const page of cutPages(decodeText(made) ?? "")) assert.ok(page.length > 0 && page.length <= 4000);
      }),
      { numRuns: 500 },
    );
  });
  it("reads no file beside the document, neither through an entity nor through a picture that is a link", async () => {
    const xxe = await docx(paragraph("before &leak; after"), {}, `<!DOCTYPE d [<!ENTITY leak SYSTEM "file://${SECRET}">]>`);
    const linked = await docx(paragraph("a picture:") + '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="d"/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:link="rId7"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>', {
      "word/_rels/document.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="file://${SECRET}" TargetMode="External"/></Relationships>`,
    });
    const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100"><image xlink:href="file://${SECRET}"/></svg>`;
    const answers = await Promise.all([xxe, linked, svg].map((bytes) => refusal(bytes)));
    for (const answer of answers) assert.doesNotMatch(answer, /password of the house/);
    assert.match(answers[1] ?? "", /^read: .*"a picture:"/);
  });
});
