// What doctor says about understanding: which engine it is, and whether its models really answer.
import { chooseEngine, openLanguageModel, openSiteEncoder, type Encoder } from "../analysis/index.ts";
import { AppError } from "../domain/index.ts";
import { createNet, installationRoot, silentLog, systemClock, type Config } from "../platform/index.ts";
import type { Finding } from "../pipeline/index.ts";

const LONGEST_MS = 300_000;

/** Lets the encoder read one line; loads a local model, or asks the servers, for one small choice. */
export async function examineAnalysis(config: Config): Promise<Finding> {
  const check = "Analysis engine";
  const net = createNet({ log: silentLog, clock: systemClock });
  const ground = { root: installationRoot(), dataDir: config.data_dir, net, clock: systemClock, log: silentLog };
  let encoder: Encoder | undefined;
  try {
    encoder = openSiteEncoder(config.analysis, ground.root, silentLog);
    chooseEngine(config.analysis, { ...ground, encoder }); // the taxonomy, too
    await encoder?.read([{ isHouse: false, text: "Where is my order?" }], AbortSignal.timeout(LONGEST_MS));
    const beside = encoder === undefined ? "without an encoder" : "with the encoder that ships";
    const model = openLanguageModel(config.analysis, ground);
    if (model === undefined) return { check, ok: true, detail: `extractive, ${beside}; English without a language model. earshot models recommend says whether this machine can carry one` };
    try {
      const options = [{ value: "yes", meaning: "Yes" }, { value: "no", meaning: "No" }];
      await model.choose({ system: "You answer with yes or no.", document: "The sky is blue." }, [{ name: "doctor", instruction: "Is the sky blue?", options }], AbortSignal.timeout(LONGEST_MS));
      const { gpu } = model.status();
      return { check, ok: true, detail: `${model.engine}, ${model.name} answers${model.engine === "llama" ? ` on ${gpu ?? "the processor"}` : ""}, reads ${model.contextTokens} tokens at once; ${beside}` };
    } finally {
      await model.stop();
    }
  } catch (error) {
    if (error instanceof AppError) return { check, ok: false, detail: error.message };
    throw error;
  } finally {
    await encoder?.stop();
    await net.close();
  }
}
