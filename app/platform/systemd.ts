// Tells systemd how the service is: ready, what it does, alive, stopping. Does nothing when systemd did not start it.
import type { Clock } from "./clock.ts";
import { notifySocket, programEnvironment } from "./environment.ts";
import { runProgram } from "./subprocess.ts";

/** Messages to the service manager. None of them ever throws: the service must not fail because nobody listens. */
export interface ServiceNotifier {
  /** false when there is no service manager to talk to */
  readonly isListening: boolean;
  /** The service accepts work. */
  ready(status: string): Promise<void>;
  /** One line for `systemctl status`; holds no personal data. */
  status(text: string): Promise<void>;
  stopping(): Promise<void>;
  /** The sign of life that `WatchdogSec=` waits for. */
  alive(): Promise<void>;
}

/** Sends `NAME=value` words to the socket; a test gives its own. */
export type SendToManager = (socket: string, words: readonly string[]) => Promise<void>;

/**
 * @param socket `NOTIFY_SOCKET`
 * @param send   Node has no datagram sockets of the local kind (AF_UNIX), so the small program systemd-notify speaks for us; the unit says
 *               `NotifyAccess=all` for it. It costs some milliseconds twice a minute.
 */
export function createServiceNotifier(socket: string | undefined = notifySocket(), send: SendToManager = sendWithProgram): ServiceNotifier {
  const say = async (...words: string[]): Promise<void> => {
    if (socket !== undefined) await send(socket, words).catch(() => undefined);
  };
  return {
    isListening: socket !== undefined,
    ready: (status) => say("READY=1", `STATUS=${oneLine(status)}`),
    status: (text) => say(`STATUS=${oneLine(text)}`),
    stopping: () => say("STOPPING=1", "STATUS=stopping"),
    alive: () => say("WATCHDOG=1"),
  };
}

export interface WatchdogOptions {
  notifier: ServiceNotifier;
  /** `watchdogMs()`: systemd restarts the service after this long without a sign of life; undefined when it does not watch */
  limitMs: number | undefined;
  /** false when the work stands still although there is some: then no sign of life is given, and systemd restarts the service */
  isProgressing: () => boolean;
  clock: Clock;
  onSilent?: () => void;
}

/**
 * Gives a sign of life three times per limit. It comes from a timer of the main event loop, so a blocked loop is silent too.
 * @returns ends it
 */
export function startWatchdog(options: WatchdogOptions): () => void {
  const { notifier, limitMs, clock } = options;
  if (limitMs === undefined || !notifier.isListening) return () => undefined;
  const stop = new AbortController();
  const beat = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (options.isProgressing()) await notifier.alive();
      else options.onSilent?.();
      await clock.sleep(Math.floor(limitMs / 3), stop.signal);
    }
  };
  void beat().catch(() => undefined); // ends by abort only
  return () => stop.abort(new Error("The watchdog was stopped"));
}

async function sendWithProgram(socket: string, words: readonly string[]): Promise<void> {
  await runProgram("systemd-notify", words, { timeoutMs: 5000, env: { ...programEnvironment(), NOTIFY_SOCKET: socket } });
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").slice(0, 200);
}
