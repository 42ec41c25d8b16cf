// Where the language files for writing on pictures are: in packages, one a language, installed with Earshot or beside it.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AppError } from "../domain/index.ts";

/** @returns the folder with `<language>.traineddata.gz`. @throws AppError SETUP_INCOMPLETE when the package is not installed */
export function languageFolder(language: string): string {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(`@tesseract.js-data/${language}/package.json`)), "4.0.0_best_int");
    if (existsSync(join(folder, `${language}.traineddata.gz`))) return folder;
  } catch {
    // said below
  }
  throw new AppError("SETUP_INCOMPLETE", `The language ${language} of documents.ocr_languages is not installed; install the package @tesseract.js-data/${language} beside Earshot, or take it out of the settings`);
}
