// Fetches a speech model, only when asked for by name. The program itself does it: it has the one guarded way to the outside.
import { at } from "./places.mjs";
import { run } from "./run.mjs";

/** @param {string} name of models/manifest.json @returns {Promise<string>} */
export async function fetchModel(name) {
  await run(`Fetching the model ${name}`, process.execPath, ["--enable-source-maps", at("dist", "app", "main.js"), "models", "fetch", name], {
    show: true,
    hint: "Earshot works with its starter model meanwhile; on a machine without internet use: earshot models install <file>",
  });
  return `model ${name}`;
}
