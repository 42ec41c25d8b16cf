// Which conversations the English rules and models read. Pure.

/** @param language BCP 47; `auto` and nothing: nobody has told yet, and our speech model is English */
export function isEnglish(language: string): boolean {
  return /^(?:en(?:[-_].*)?|auto|)$/i.test(language);
}
