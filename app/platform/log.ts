// One JSON line per event on stderr (stdout belongs to answers). Never transcript text, names, numbers or tokens.
import { pino, type Logger } from "pino";

export type Log = Logger;

/** Fields that must never be printed, wherever an object that carries them is logged by mistake. */
const SECRET_PATHS = ["authorization", "secret", "password", "token", "text", "transcript", "headers", "body", "from", "to"];

/** @param level pino level: fatal, error, warn, info, debug, trace or silent */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: "[removed]" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A log that says nothing, for tests. */
export const silentLog: Log = pino({ level: "silent" });
