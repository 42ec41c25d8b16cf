// serve: the appliance in the foreground, until SIGTERM.
import { AppError } from "../domain/index.ts";
import { createServiceNotifier, loadConfig, startWatchdog, systemClock, watchdogMs, type Config } from "../platform/index.ts";
import { assemble, type AssembleOptions, type RunnableAppliance } from "../pipeline/index.ts";
import { createHttpServer } from "../http/index.ts";
import { createWebhookDoor } from "../intake/index.ts";
import { say, tell } from "./output.ts";

/** An appliance that answers on the network. */
export interface Served {
  url: string;
  appliance: RunnableAppliance;
  /** drains and closes everything; at most about 10 s */
  stop(): Promise<void>;
}

/** Starts the appliance and its web server. What was built is taken down again when a later part fails. */
export async function startServing(config: Config, options: AssembleOptions = {}): Promise<Served> {
  const appliance = await assemble(config, options);
  const server = createHttpServer(appliance, { intake: createWebhookDoor({ timeZone: config.site.timezone, templates: appliance.parts.templates }), version: appliance.version });
  try {
    await appliance.start();
    const { url } = await server.listen();
    return {
      url,
      appliance,
      async stop() {
        // Work drains while the last answers are given; the database closes after both.
        appliance.drain();
        await server.close();
        await appliance.stop();
      },
    };
  } catch (error) {
    await Promise.allSettled([server.close(), appliance.stop()]);
    throw error;
  }
}

/** The verb. Prints `ready <url>` when it accepts work. */
export async function serve(): Promise<void> {
  const served = await startServing(loadConfig());
  say(`ready ${served.url}`);
  if (served.appliance.store.people.count() === 0) tell('Nobody has an account for the dashboard yet. Make the first administrator: earshot user add --name "Ana Keller" --login ana --role admin');
  const notifier = createServiceNotifier();
  await notifier.ready(`listening on ${served.url}`);
  const endWatchdog = startWatchdog({ notifier, limitMs: watchdogMs(), isProgressing: () => served.appliance.isProgressing(), clock: systemClock });
  const endReload = reloadWhenTold(served);
  const signal = await untilToldToStop();
  endReload();
  tell(`Stopping (${signal}): nothing new is accepted, running work is finished or given back.`);
  endWatchdog();
  await notifier.stopping();
  await served.stop();
}

/**
 * SIGHUP reads the settings again; only their `speech` part counts without a restart. A mistake in them leaves everything as it was.
 * @param read replaces the reading of the settings (tests) @returns ends it
 */
export function reloadWhenTold({ appliance }: Pick<Served, "appliance">, read: () => Config = loadConfig): () => void {
  const reload = async (): Promise<void> => {
    try {
      const { engine, model, because } = await appliance.speech.reload(read());
      appliance.log.info({ event: "speech.reloaded", engine, model, because }, "the speech settings were read again");
    } catch (error) {
      appliance.log.error({ event: "speech.reload_failed", code: error instanceof AppError ? error.code : "INTERNAL", reason: error instanceof AppError ? error.message : "unknown" }, "the speech settings were not taken");
    }
  };
  const onSignal = (): void => void reload();
  process.on("SIGHUP", onSignal);
  return () => void process.off("SIGHUP", onSignal);
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once (everything durable is durable). */
export function untilToldToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.kill(process.pid, "SIGKILL"));
        resolve(signal);
      });
    }
  });
}
