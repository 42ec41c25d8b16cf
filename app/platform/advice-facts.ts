// What advice about models rests on: this machine, the models, and what the settings say of speech.
import type { Config } from "./config-schema.ts";
import { inspectMachine } from "./machine.ts";
import type { AdviceFacts } from "./model-advice.ts";
import type { ListedModel } from "./models.ts";

/** Looks at the machine. */
export async function adviceFacts(config: Config, models: readonly ListedModel[]): Promise<AdviceFacts> {
  const machine = await inspectMachine(config.data_dir);
  return {
    machine, models,
    language: config.speech.language,
    speechThreads: config.speech.threads ?? Math.max(1, Math.ceil(machine.cores / 2)), // as the appliance does
    usesGpu: machine.gpu !== undefined && config.speech.engine_dir !== undefined,
  };
}
