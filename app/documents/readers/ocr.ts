// Text off pictures, with Tesseract's engine and the language files of installed packages: nothing is fetched and nothing is kept.
import tesseract, { type Worker } from "tesseract.js";
import { tidy } from "../cut-pages.ts";
import { languageFolder } from "../languages.ts";

/** Of a photograph without writing, the engine makes letters all the same, and says itself how sure it is (0…100): real text has 60 and more. */
const LEAST_CONFIDENCE = 45;
/** So sure that no other language is tried. */
const SURE = 80;
const LSTM_ONLY = 1;

export interface Ocr {
  read(png: Uint8Array): Promise<string>;
  end(): Promise<void>;
}

/** Starts with the first picture. @param languages the likeliest first; each the name of an installed package of language data */
export function createOcr(languages: readonly string[]): Ocr {
  const workers = new Map<string, Promise<Worker>>();
  return {
    async read(png) {
      let best = { confidence: LEAST_CONFIDENCE, text: "" };
      for (const language of languages) {
        if (best.confidence >= SURE) break;
        if (!workers.has(language)) workers.set(language, start(language));
        const { data } = (await (await workers.get(language))?.recognize(Buffer.from(png))) ?? {};
        if (data !== undefined && data.confidence >= best.confidence && /\p{L}{2}|\p{N}{2}/u.test(data.text)) best = data;
      }
      return tidy(best.text);
    },
    async end() {
      await Promise.all([...workers.values()].map(async (worker) => (await worker).terminate()));
    },
  };
}

/** With a folder for the language file nothing is fetched; `none`: no copy of it is kept either. */
async function start(language: string): Promise<Worker> {
  return tesseract.createWorker(language, LSTM_ONLY, { langPath: languageFolder(language), gzip: true, cacheMethod: "none", errorHandler: () => undefined });
}
