// The command line of set-up.
import { SetupProblem } from "./problem.mjs";

export const USAGE = `Usage: node scripts/setup.mjs [options]
  --dev                everything that building and testing need: as without options, and a Chromium
  --production         afterwards leave only what running needs; for installed copies
  --portable           build the speech engine for any x86-64 processor with AVX2 instead of exactly this one
  --no-system          never install system packages, only say which are missing
  --with-model NAME    also fetch a speech model of models/manifest.json, e.g. base.en (needs the internet)
  --help               this text`;

/**
 * @param {string[]} words
 * @returns {{production: boolean, browser: boolean, portable: boolean, system: boolean, model: string | undefined, help: boolean}}
 */
export function parseOptions(words) {
  /** @type {{production: boolean, browser: boolean, portable: boolean, system: boolean, model: string | undefined, help: boolean}} */
  const options = { production: false, browser: false, portable: false, system: true, model: undefined, help: false };
  for (let i = 0; i < words.length; i += 1) {
    const [word, inline] = splitAtEquals(words[i]);
    if (word === "--dev") [options.production, options.browser] = [false, true];
    else if (word === "--production") [options.production, options.browser] = [true, false];
    else if (word === "--portable") options.portable = true;
    else if (word === "--no-system") options.system = false;
    else if (word === "--help" || word === "-h") options.help = true;
    else if (word === "--with-model") options.model = modelName(inline ?? words[(i += 1)]);
    else throw new SetupProblem(`${words[i]} is not an option; run with --help to see them`, 2);
  }
  return options;
}

function splitAtEquals(word) {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function modelName(text) {
  if (text !== undefined && /^[a-z0-9][a-z0-9._-]{0,62}$/.test(text)) return text;
  throw new SetupProblem("--with-model needs the name of a model, e.g. --with-model base.en", 2);
}
