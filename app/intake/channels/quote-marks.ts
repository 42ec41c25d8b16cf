// How mail programs announce what they quote, in seven languages. Pure; every pattern is linear in the line, and long lines are no marks.

const MAX_MARK = 300;

/** What Outlook and others write over a quoted mail: four names of header lines, in the order From, Sent, To, Subject. */
const LABELS: readonly (readonly [from: string, sent: string, to: string, subject: string])[] = [
  ["from", "sent|date", "to", "subject"],
  ["von", "gesendet|datum", "an", "betreff"],
  ["de", "envoyé|envoye|date", "à|a", "objet"],
  ["de", "enviado|enviado el|enviada em|fecha|data", "para", "asunto|assunto"],
  ["van", "verzonden|datum", "aan", "onderwerp"],
  ["da", "inviato|data", "a", "oggetto"],
];

const REPLY_VERBS = ["wrote", "writes", "schrieb", "schrieben", "a écrit", "a ecrit", "escribió", "escribio", "escreveu", "schreef", "ha scritto"];
/** `On … wrote:`, `Am … schrieb …:`, `Le … a écrit :`; the verb may stand before the name (German, Dutch) or at the end. */
const ATTRIBUTION = new RegExp(String.raw`^\s{0,3}(on|am|le|el|em|op|il|il giorno)\b.{5,${MAX_MARK}}\b(${REPLY_VERBS.join("|")})(?!\p{L}).{0,160}:\s*$`, "iu");
/** `2026-11-03 14:15 GMT+01:00 Ana Lima <ana@example.com>:` */
const DATED_ADDRESS = /^\s{0,3}\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.{0,80}<[^<>\s]{1,100}@[^<>\s]{1,100}>:\s*$/u;
/** A day and a year or a time of day: without one, `He wrote:` is somebody's own words. */
const DATE = /\b\d{1,2}(st|nd|rd|th|er|\.)?\b.{0,40}\b((19|20)\d{2}|\d{1,2}[:.h]\d{2})\b/iu;

/**
 * @returns number of lines, from `start` on, that are the sentence before a quotation, 0 when there is none. Programs break it over as many as three lines.
 */
export function findAttribution(lines: readonly string[], start: number): number {
  const first = lines[start] ?? "";
  if (!/^\s{0,3}(on|am|le|el|em|op|il|\d{4}[-/.])/iu.test(first)) return 0;
  for (let span = 1; span <= 3 && start + span <= lines.length; span++) {
    const parts = lines.slice(start, start + span);
    if (span > 1 && parts.at(-1)?.trim() === "") return 0;
    const sentence = parts.map((line) => line.trim()).join(" ");
    if (sentence.length > MAX_MARK) return 0;
    if ((ATTRIBUTION.test(sentence) && DATE.test(sentence)) || DATED_ADDRESS.test(sentence)) return span;
  }
  return 0;
}

/** `-----Original Message-----` */
export function isOriginalMark(line: string): boolean {
  return line.length <= MAX_MARK && /^\s*-{2,}\s*(original message|original appointment|ursprüngliche nachricht|originalnachricht|message d'origine|message original|mensaje original|mensagem original|oorspronkelijk bericht|messaggio originale)\s*-{2,}\s*$/iu.test(line);
}

/** What follows was handed on, not answered: it is what the sender wants to show. */
export function isForwardMark(line: string): boolean {
  return (
    line.length <= MAX_MARK &&
    /^\s*(-{2,}\s*(forwarded message|weitergeleitete nachricht|message transféré|message transmis|mensaje reenviado|mensagem encaminhada|doorgestuurd bericht|messaggio inoltrato).{0,80}|begin forwarded message:|anfang der weitergeleiteten (e-mail|nachricht):|début du message transféré\s?:|inicio del mensaje reenviado:)\s*$/iu.test(line)
  );
}

/** `##- Please type your reply above this line -##`, which ticket systems send along. */
export function isReplyLine(line: string): boolean {
  return line.length <= MAX_MARK && /^[\s>#\-=_*]*(please )?(type|write|enter|reply|antworten sie|schreiben sie|répondez|veuillez répondre|responda)\b.{0,60}\b(above|oberhalb|über|au-dessus|encima)\b.{0,60}(line|zeile|linie|ligne|línea).{0,20}$/iu.test(line);
}

/** True when a block of quoted header lines begins here: From first, and at least three of From, Sent, To and Subject within the next seven lines. */
export function isHeaderBlock(lines: readonly string[], start: number): boolean {
  const label = labelOf(lines[start]);
  if (label === undefined) return false;
  const block = lines.slice(start, start + 7).map(labelOf);
  return LABELS.some(([from, ...others]) => {
    const isOneOf = (names: string, text: string | undefined): boolean => text !== undefined && names.split("|").includes(text);
    return isOneOf(from, label) && others.filter((names) => block.some((text) => isOneOf(names, text))).length >= 2;
  });
}

/** The word before the colon; `*From:*` is what becomes of bold text. */
function labelOf(line: string | undefined): string | undefined {
  if (line === undefined || line.length > 1000) return undefined;
  return /^\s{0,3}\*{0,2}([\p{L} ]{1,12}?)\s?:\*{0,2}(\s|$)/u.exec(line)?.[1]?.toLowerCase();
}
