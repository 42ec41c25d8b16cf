// How whisper.cpp is asked: the arguments of whisper-server and whisper-cli and the fields of a request. Pure.
// Both are set to the same decoding: greedy, temperature 0, no fall-back to higher temperatures, no text of earlier windows, tokens with times.
import { randomBytes } from "node:crypto";
import { SPEECH_RATE_HZ, wavHeader } from "../domain/index.ts";

/** What one model wants beyond the common request, in the words of both programs. */
export interface ModelSettings {
  /** fields of whisper-server, e.g. `{ audio_ctx: "512" }` */
  fields?: Readonly<Record<string, string>>;
  /** arguments of whisper-cli that mean the same, e.g. `["-ac", "512"]` */
  cliArguments?: readonly string[];
}

/** Where one whisper-server listens. The path is random: it stands for a password, because the server knows none. */
export interface ServerAddress {
  port: number;
  /** 64 hex characters after a slash, in front of every route */
  requestPath: string;
}

/**
 * @param publicDir empty folder; the server would otherwise hand out `examples/server/public` below its working folder
 * `-p 1` always: with more, a window without speech is answered with the text of the window before it (whisper.cpp #3250, #3595).
 */
export function serverArguments(options: { modelPath: string; threads: number; publicDir: string; address: ServerAddress }): string[] {
  const { modelPath, threads, publicDir, address } = options;
  return [
    ...["-m", modelPath, "-t", String(threads), "-p", "1", "-l", "en", "-nlp"],
    ...["--host", "127.0.0.1", "--port", String(address.port), "--request-path", address.requestPath, "--public", publicDir],
  ];
}

/**
 * @param outBase path without `.json`
 * Beam and candidates of 1, no fall-back, no context: the same decoding as {@link requestFields}, so that both give the same words.
 */
export function cliArguments(options: { modelPath: string; threads: number; wavPath: string; outBase: string; language: string; settings?: ModelSettings | undefined }): string[] {
  const { modelPath, threads, wavPath, outBase, language } = options;
  return [
    ...["-m", modelPath, "-f", wavPath, "-l", language, "-t", String(threads), "-p", "1"],
    ...["-ojf", "-of", outBase, "-np", "-bs", "1", "-bo", "1", "-nf", "-mc", "0", "-sns"],
    ...(options.settings?.cliArguments ?? []),
  ];
}

/**
 * Fields of one request.
 * - `max_len=4096`: unset means 60, which breaks segments in the middle of words.
 * - `temperature_inc=0`: the server parses `--no-fallback` and ignores it.
 * - `max_context=0`: text before this window is never fed back, which ends most repetition loops.
 * - `no_language_probabilities=true`: otherwise every request pays a second encoder pass, and crashes on silence.
 */
export function requestFields(language: string, settings: ModelSettings = {}): Record<string, string> {
  return {
    response_format: "verbose_json",
    language,
    temperature: "0.0",
    temperature_inc: "0.0",
    best_of: "1",
    max_context: "0",
    max_len: "4096",
    token_timestamps: "true",
    no_timestamps: "false",
    no_language_probabilities: "true",
    suppress_nst: "true",
    detect_language: "false",
    translate: "false",
    vad: "false",
    ...settings.fields,
  };
}

/** Samples with a WAV header before them, as both programs read them. */
export function toWav(pcm: Buffer): Buffer[] {
  return [wavHeader(pcm.length, SPEECH_RATE_HZ, 1), pcm];
}

/** The only body that speech servers read: multipart/form-data. @param fields names with values; a name may come twice */
export function multipart(fields: readonly (readonly [string, string])[], pcm: Buffer): { contentType: string; body: Buffer } {
  const boundary = `window-${randomBytes(16).toString("hex")}`;
  const parts = fields.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="window.wav"\r\nContent-Type: audio/wav\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(parts.join("") + file), ...toWav(pcm), Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
