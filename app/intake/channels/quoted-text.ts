// What is new in a mail: the text without quoted history, signature and disclaimer. When in doubt, text is kept. Pure.
import { findAttribution, isForwardMark, isHeaderBlock, isOriginalMark, isReplyLine } from "./quote-marks.ts";

/** Longer lines are no marks and are not looked at; more lines than this are not looked through. */
const MAX_LINES = 20_000;
/** A signature or disclaimer that is longer is text. */
const MAX_SIGNATURE_LINES = 12;

/** Last lines that programs add. German, English, French, Spanish, Dutch, Italian, Portuguese. */
const SENT_FROM = new RegExp(
  [
    String.raw`^(sent|sent via|sent with|sent by) (from|using|via|the)?\s?.{0,10}(my )?.{0,10}(iphone|ipad|android|samsung|galaxy|blackberry|huawei|xiaomi|pixel|mobile|smartphone|phone|outlook|yahoo|gmail|mail|proton)\b.{0,40}$`,
    String.raw`^get outlook for (ios|android)\b.{0,60}$`,
    String.raw`^(von meinem .{2,40} gesendet|gesendet (von|mit|aus) .{2,60}|diese nachricht wurde von meinem .{2,60} gesendet\b.{0,60}|holen sie sich outlook für .{2,40}|outlook für (ios|android) .{2,40})\.?$`,
    String.raw`^(envoyé (de|depuis|à partir de) .{2,60}|télécharger outlook pour .{2,40}|obtenez outlook pour .{2,40})\.?$`,
    String.raw`^(enviado (desde|do) .{2,60}|obtener outlook para .{2,40}|obter o outlook para .{2,40})\.?$`,
    String.raw`^(verzonden vanaf .{2,60}|inviato da(l)? .{2,60})\.?$`,
  ].join("|"),
  "iu",
);

const DISCLAIMER_START =
  /^[*_\s]*(confidentiality notice|legal notice|disclaimer|this (e-?mail|message|communication)\b.{0,80}\b(confidential|intended|privileged)|the (information|contents?) (contained )?(in|of) this (e-?mail|message)|please consider the environment|diese (e-?mail|nachricht)\b.{0,80}\b(vertraulich|ausschließlich|bestimmt)|vertraulichkeitshinweis|(ce message|ce courriel|cet e-?mail)\b.{0,120}\b(confidentiel|destin|établi)|avis de confidentialité|(este mensaje|este correo)\b.{0,120}\b(confidencial|dirigido|destinatario)|aviso de confidencialidad|aviso legal)/iu;
const DISCLAIMER_WORDS = /confidential|privileged|intended recipient|addressee|unauthori[sz]ed|delete (it|this)|printing|vertraulich|empfänger|unbefugt|löschen|confidentiel|destinataire|supprimer|détruire|confidencial|destinatario|prohibid|elimin/giu;

/**
 * @param text      plain text of a mail
 * @param isForward the mail hands on another one: its quotes are what it wants to say, and only the signature is cut
 * @returns the lines of the text that are new, in their order, without blank lines around them. The whole text when nothing would be left.
 */
export function newestPart(text: string, isForward = false): string {
  const whole = text.replace(/\r\n?/g, "\n").trim();
  const lines = whole.split("\n");
  if (lines.length > MAX_LINES) return whole;
  const own = isForward || lines.some(isForwardMark) ? lines : withoutHistory(lines);
  const kept = withoutSignature(withoutDisclaimer(withoutSignature(own))).join("\n").trim();
  return kept === "" ? whole : kept;
}

function withoutHistory(lines: readonly string[]): string[] {
  const end = lines.findIndex((line, i) => isReplyLine(line) || ((isOriginalMark(line) || isHeaderBlock(lines, i)) && hasWords(lines.slice(0, i))));
  const rest = end === -1 ? [...lines] : lines.slice(0, isRule(lines[end - 1]) ? end - 1 : end);
  return withoutQuotes(rest);
}

/**
 * Quotes with `>`: the lines go, what was written between and below them stays. Without `>`, an attribution ("On …, Ana wrote:") begins the rest.
 * A few lines with `>` and without attribution stay: people write like that.
 */
function withoutQuotes(lines: readonly string[]): string[] {
  const kept: string[] = [];
  const isQuote = (line: string | undefined): boolean => line !== undefined && /^\s{0,3}>/.test(line);
  const longest = longestRun(lines.map(isQuote));
  let attributions = 0;
  for (let i = 0; i < lines.length; i++) {
    const span = isQuote(lines[i]) ? 0 : findAttribution(lines, i);
    if (span > 0) {
      const next = lines.slice(i + span, i + span + 3).find((line) => line.trim() !== "");
      const hasQuotes = isQuote(next);
      if (!hasQuotes && !hasWords(kept)) kept.push(...lines.slice(i, i + span)); // nothing above it: whoever wrote this copied it in
      else if (!hasQuotes) return kept;
      else attributions++;
      i += span - 1;
    } else if (!isQuote(lines[i]) || (attributions === 0 && longest < 3)) kept.push(lines[i] ?? "");
  }
  return kept;
}

/** Everything below `-- `, and lines that a telephone or program adds at the end. */
function withoutSignature(lines: readonly string[]): readonly string[] {
  const kept = trimEnd(lines);
  const mark = kept.findLastIndex((line) => /^(--|—|–)\s*$/.test(line));
  if (mark > 0 && kept.length - mark <= MAX_SIGNATURE_LINES && hasWords(kept.slice(0, mark))) return withoutSignature(kept.slice(0, mark));
  const last = kept.at(-1) ?? "";
  const isAdded = last.length <= 120 && SENT_FROM.test(last.trim().replace(/<?https?:\S{1,80}>?/, "").trim());
  return isAdded && hasWords(kept.slice(0, -1)) ? withoutSignature(kept.slice(0, -1)) : kept;
}

/** The last paragraphs, from the one that begins like a disclaimer and speaks of at least two of its usual matters. */
function withoutDisclaimer(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line, i) => (i === 0 || (lines[i - 1] ?? "").trim() === "" || isRule(lines[i - 1])) && DISCLAIMER_START.test(line.slice(0, 300)));
  if (start <= 0 || lines.length - start > 3 * MAX_SIGNATURE_LINES || !hasWords(lines.slice(0, start))) return lines;
  const text = lines.slice(start).join(" ").slice(0, 5000);
  const words = new Set([...text.matchAll(DISCLAIMER_WORDS)].map((match) => match[0].toLowerCase()));
  return words.size >= 2 || /^please consider the environment/i.test(text) ? trimEnd(lines.slice(0, start)) : lines;
}

function longestRun(flags: readonly boolean[]): number {
  let longest = 0;
  let run = 0;
  for (const flag of flags) longest = Math.max(longest, (run = flag ? run + 1 : 0));
  return longest;
}

function hasWords(lines: readonly string[]): boolean {
  return lines.some((line) => /[\p{L}\p{N}]/u.test(line));
}

/** A line of dashes or underscores, as Outlook draws it above a quoted mail. */
function isRule(line: string | undefined): boolean {
  return line !== undefined && /^\s*([_\-*=])\1{4,}\s*$/.test(line);
}

function trimEnd(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && ((lines[end - 1] ?? "").trim() === "" || isRule(lines[end - 1]))) end--;
  return lines.slice(0, end);
}
