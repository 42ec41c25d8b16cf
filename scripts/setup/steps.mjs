// The steps in their order. Each looks first and works only when something is missing; it answers what it did.
import { compile, compilerIsHere, programIsFresh } from "./compile.mjs";
import { buildSpeechEngine } from "./speech-engine.mjs";
import { fetchModel } from "./model.mjs";
import { buildNativePackages, installPackages, packagesAreHere, removeBallast, removeDevelopmentPackages } from "./packages.mjs";
import { installBrowser, installSystemPackages } from "./system-packages.mjs";

/**
 * @param {{production: boolean, browser: boolean, portable: boolean, system: boolean, model: string | undefined}} options
 * @returns {Promise<string[]>} what was done, in words; empty when everything was in place
 */
export async function setUp(options) {
  const done = [];
  const note = (words) => words !== undefined && done.push(words);

  note(await installSystemPackages(options.system));
  if (options.browser) note(await installBrowser(options.system));
  const mustCompile = !programIsFresh(!options.production);
  const withDev = !options.production || (mustCompile && !compilerIsHere());
  if (!packagesAreHere(withDev)) note(await installPackages(withDev));
  // Independent of each other, and none of them keeps two cores busy all the time.
  const built = await Promise.allSettled([buildNativePackages(), buildSpeechEngine(options.portable), mustCompile ? compile() : undefined]);
  for (const result of built) {
    if (result.status === "rejected") throw result.reason;
    note(result.value);
  }
  if (options.production) note(await removeDevelopmentPackages());
  note(removeBallast());
  if (options.model !== undefined) note(await fetchModel(options.model));
  return done;
}
