// npm run eval:analysis -- [--split dev|test|forms] [--folder PATH of more conversations] [--engine extractive|llama|openai] [--model NAME|PATH] [--show] [--json]
// How much of what a careful person found the engine finds, on conversations that its rules never saw (test) or were made with (dev);
// of `forms`, 120 more that settings were chosen on, only the forms are labelled.
import { parseArgs } from "node:util";
import { join } from "node:path";
import { chooseEngine, createMessageReader, openSiteEncoder, loadSlotsModel, loadWorkflows, prepareWorkflow } from "../../../app/analysis/index.ts";
import { createLog, createNet, installationRoot, loadConfig, systemClock } from "../../../app/platform/index.ts";
import { rateOf, type Rate } from "../interval.ts";
import { scoreAnalysis, type AnalysisScore, type Count } from "./score.ts";
import { scoreSlots, slotF1, type SlotScore } from "./slots.ts";
import { inputOf, readAnalysisSet, readConversations, readFormConversations } from "./set.ts";

const { values: options } = parseArgs({
  options: { split: { type: "string", default: "test" }, folder: { type: "string" }, engine: { type: "string", default: "extractive" }, model: { type: "string" }, show: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
if (options.split !== "dev" && options.split !== "test" && options.split !== "forms") throw new Error(`There is no split ${options.split}; there are dev, test and forms`);
const { split } = options;
/** Where telephone numbers without country belong. */
const COUNTRIES: Readonly<Record<string, string>> = { "America/New_York": "US", "America/Chicago": "US", "America/Los_Angeles": "US", "America/Denver": "US", "Europe/Dublin": "IE", "Australia/Sydney": "AU", "Africa/Johannesburg": "ZA", "Africa/Lagos": "NG", "Asia/Kolkata": "IN", "Europe/Berlin": "DE", "Europe/Paris": "FR", "Europe/Madrid": "ES", "Asia/Singapore": "SG", "America/Toronto": "CA", "Australia/Melbourne": "AU", "Australia/Brisbane": "AU", "Europe/Amsterdam": "NL" };
const config = loadConfig(undefined, { EARSHOT_ANALYSIS_ENGINE: options.engine, ...(options.model === undefined ? {} : { EARSHOT_ANALYSIS_MODEL: options.model }) });
const log = createLog("warn");
const net = createNet({ log, clock: systemClock });
const encoder = openSiteEncoder(config.analysis, installationRoot(), log);
const engine = chooseEngine(config.analysis, { root: installationRoot(), dataDir: config.data_dir, net, clock: systemClock, log, encoder });

const conversations = split === "forms" ? readFormConversations() : options.folder === undefined ? readAnalysisSet(split) : readConversations(options.folder, split);
const scores: AnalysisScore[] = [];
const slots: SlotScore[] = [];
const workflows = loadWorkflows(join(installationRoot(), "config", "workflows")).map(prepareWorkflow);
const learned = loadSlotsModel(join(installationRoot(), "models", "starter-slots", "slots.json"));
let dropped = 0;
for (const one of conversations) {
  const analysis = await engine.analyse(inputOf(one));
  dropped += analysis.dropped;
  const score = "split" in one ? scoreAnalysis(one, analysis) : undefined;
  if (score !== undefined) scores.push(score);
  const country = COUNTRIES[one.time_zone] ?? "GB";
  const filled = await scoreSlots(one, analysis, workflows, { reader: createMessageReader({ country, timeZone: one.time_zone }, learned), encoder }, country);
  if (filled !== undefined) slots.push(filled);
  const misses = [...(score?.misses ?? []), ...(filled?.misses ?? []).map((miss) => `slot ${miss}`)];
  if (options.show && misses.length > 0) console.error(`${one.id}\n  ${analysis.summary.replaceAll("\n", " ")}\n  - ${misses.join("\n  - ")}`);
}

const f1 = slotF1(slots);
const filledIn = slots.reduce((sum, one) => sum + one.filled, 0);
const unsupported = slots.reduce((sum, one) => sum + one.unsupported, 0);

/** In the order of the report; `bar` as a share, undefined where none was set. */
const ROWS: readonly { name: string; of: (score: AnalysisScore) => Count; bar?: number; isWorst?: true }[] = [
  { name: "topic", of: (one) => one.topic, bar: 0.85 },
  { name: "reason", of: (one) => one.reason },
  { name: "outcome", of: (one) => one.outcome, bar: 0.8 },
  { name: "key facts in the summary", of: (one) => one.keyFacts, bar: 0.75 },
  { name: "what the customer wants", of: (one) => one.intent },
  { name: "tasks that are found", of: (one) => one.tasksFound },
  { name: "found tasks that are right", of: (one) => one.tasksRight },
  { name: "their dates", of: (one) => one.dueRight },
  { name: "promises that are found", of: (one) => one.promisesFound },
  { name: "mood at the end", of: (one) => one.moodEnd },
  { name: "trend of the mood", of: (one) => one.trend },
  { name: "risk of escalation", of: (one) => one.escalation },
  { name: "risk of leaving", of: (one) => one.churn },
  { name: "claims that nothing proves", of: (one) => one.unproved, bar: 0, isWorst: true },
];

const rows = ROWS.map((row) => ({ ...row, rate: rateOf(scores.map((score) => ({ errors: row.of(score).right, said: row.of(score).of }))) }));
if (options.json) {
  console.log(JSON.stringify({ at: new Date().toISOString(), engine: engine.name, model: engine.model, split, conversations: conversations.length, dropped, slots: { ...f1, conversations: slots.length, filled: filledIn, unsupported }, rates: Object.fromEntries(rows.map(({ name, rate }) => [name, rate ?? null])) }, null, 2));
} else {
  console.log(`${engine.name}${engine.model === null ? "" : ` (${engine.model})`} on ${conversations.length} conversations (${split}); in brackets 95 % of drawing them again`);
  for (const { name, rate, bar, isWorst } of rows) if (rate !== undefined) console.log(`  ${name.padEnd(28)} ${shown(rate)}${bar === undefined ? "" : `   bar ${isWorst ? "≤" : "≥"} ${percent(bar)}`}`);
  console.log(`  ${"slots, F1".padEnd(28)} ${percent(f1.f1).padStart(6)}  (${percent(f1.low)} – ${percent(f1.high)})  ${slots.length} conversations   bar ≥ 90.0 %`);
  console.log(`  ${"slots that nothing proves".padEnd(28)} ${percent(unsupported / Math.max(1, filledIn)).padStart(6)}  ${unsupported} of ${filledIn}   bar ≤ 1.0 %`);
  console.log(`  ${"findings dropped unproved".padEnd(28)} ${dropped}`);
}


await engine.stop?.();
await net.close();

function shown({ rate, low, high, errors, said }: Rate): string {
  return `${percent(rate).padStart(6)}  (${percent(low)} – ${percent(high)})  ${errors} of ${said}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
