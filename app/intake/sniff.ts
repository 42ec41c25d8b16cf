// What a file is by its name and its first bytes. Pure. What is really in it, the media room finds out.
import { extname } from "node:path";

/** Extensions that telephone systems give to recordings, in lower case. `.WAV` is GSM 6.10 where `.wav` is PCM: the case is kept elsewhere. */
const AUDIO_EXTENSIONS = new Set(
  "wav wav49 yswav mp3 ogg oga opus flac m4a mp4 aac amr awb gsm g722 g729 au ulaw ul mu pcm alaw al sln slin sln16 raw wma webm".split(" "),
);

/** Names of files that are still being written or copied, and of what hides. */
const UNFINISHED = /\.(part|partial|tmp|temp|filepart|crdownload|unfinished|swp)$|^\.|~$/i;

/** @returns true for the name of a recording that is finished as far as its name goes */
export function isAudioName(name: string): boolean {
  return !UNFINISHED.test(name) && AUDIO_EXTENSIONS.has(extname(name).slice(1).toLowerCase());
}

/**
 * A login page, an error in JSON or plain text instead of sound.
 * @param head first bytes, 512 are plenty
 */
export function looksLikeErrorPage(head: Buffer, contentType: string | undefined): boolean {
  const text = asText(head.subarray(0, 512));
  if (text === undefined || text === "") return false;
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (/^(text\/|application\/(json|xml|xhtml|problem))/.test(type)) return true;
  return /^\s*(<(!doctype|html|head|body|\?xml|error)\b|[{[]\s*(["{[\]}]|$))/i.test(text);
}

/** UTF-8 without control characters from the first byte to the last: sound never is that for long. */
function asText(head: Buffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
