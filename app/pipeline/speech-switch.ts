// Changing the speech model while the appliance runs: by a person's choice, which is kept, or because the settings were read again.
import { AppError } from "../domain/index.ts";
import type { Config } from "../platform/index.ts";
import { switchFailed } from "../speech/index.ts";
import type { SpeechSwitch, SpeechView } from "./appliance.ts";
import { openSpeech } from "./open-speech.ts";
import type { Parts } from "./parts.ts";
import { readChoice, writeChoice } from "./speech-choice.ts";

export function createSpeechSwitch(parts: Parts): SpeechSwitch {
  let config = parts.config;

  const aimAt = async (chosen: string | undefined, settings: Config): Promise<void> => {
    const { model: present } = parts.speech.identity;
    const next = await openSpeech(chosen, { ...parts, config: settings }).catch((error: unknown) => {
      throw switchFailed(chosen ?? settings.speech.model, present, error);
    });
    if (next.fingerprint !== parts.speech.fingerprint) await parts.speech.aim(next);
  };

  const view = async (): Promise<SpeechView> => {
    const { engine, model, sha256 } = parts.speech.identity;
    const { state, endpoints } = parts.speech.status();
    const isChosen = engine === "whisper.cpp" && (await readChoice(config.data_dir)) !== undefined;
    return {
      engine, model, sha256: sha256 ?? null, because: isChosen ? "choice" : "setting", state,
      endpoints: endpoints.map(({ host, state, busy, windows, lastError }) => ({ host, state, busy, windows, error: lastError?.message ?? null })),
    };
  };

  return {
    get identity() {
      return parts.speech.identity;
    },
    view,
    async use(model) {
      if (config.speech.engine === "openai") throw new AppError("CONFLICT", "The model belongs to the endpoints here (speech.engine is openai); change model in speech.endpoints, then reload Earshot");
      await aimAt(model ?? undefined, config);
      await writeChoice(config.data_dir, model ?? undefined);
      return view();
    },
    async reload(settings) {
      await aimAt(await readChoice(config.data_dir), { ...config, speech: settings.speech });
      config = { ...config, speech: settings.speech };
      return view();
    },
  };
}

/** A model that loads, restarts or is away delays work, it does not lose any: never a reason to be "not ready". */
export function describeSpeech({ speech }: Pick<Parts, "speech">): string {
  const { engine, model } = speech.identity;
  const { state, endpoints, lastError } = speech.status();
  const open = endpoints.filter((one) => one.state === "open").length;
  const where = endpoints.length === 0 ? "" : `, ${open} of ${endpoints.length} endpoints hear`;
  return `The speech engine (${engine}, ${model}) is ${state}${where}${state === "down" && lastError !== undefined ? `: ${lastError.code}; calls wait` : ""}`;
}
