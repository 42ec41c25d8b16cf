// Settings: models in use, installed and advised, and another one for hearing without a restart.
import { z } from "zod";
import { adviceFacts, adviseModels, listModels, sizeOfModel, workFactor, type AdviceFacts, type ListedModel } from "../../../platform/index.ts";
import { renderModels, type ModelRow, type ModelsView } from "../../../ui/index.ts";
import { checked, checkedQuery } from "../../checked.ts";
import { frameOf } from "../../frame.ts";
import { actorOf } from "../../principal.ts";
import { asAppError } from "../../problem.ts";
import { OVERSEERS, type Exchange, type Route } from "../../route.ts";
import { goTo, PAGE_ANSWERS, sendPage } from "../send-page.ts";
import { isAdmin, settingsBelow } from "./parts.ts";
import { readFields } from "../../form.ts";

const MAX_FORM_BYTES = 10_000;
const modelsQuery = z.object({ try: z.string().max(63).optional().describe("a speech model that somebody thinks of using"), changed: z.string().max(1).optional() });
const useForm = z.object({ model: z.string().max(500).describe("empty: what the settings say") });

export const modelPages: Route[] = [
  {
    method: "get", path: "/settings/models", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "settingsModelsPage", summary: "Dashboard: models", query: modelsQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle: async (exchange) => sendPage(exchange, renderModels(await viewOf(exchange))),
  },
  {
    method: "post", path: "/settings/models/speech", access: { roles: ["admin"] }, isPage: true,
    docs: { id: "useSpeechModelForm", summary: "Dashboard: let another model hear", body: { media: "application/x-www-form-urlencoded", schema: useForm }, answers: { 303: { description: "Back to the models" } }, problems: ["REQUEST_INVALID", "TOO_LARGE", "CONFLICT", "SPEECH_SWITCH_FAILED"] },
    async handle({ req, res, context, parts }) {
      const { model } = checked(useForm, Object.fromEntries(await readFields(req, MAX_FORM_BYTES)), "form");
      const audit = (id: string | null, outcome: "ok" | "failed", reason?: string): void => parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "speech.model_changed", object: { kind: "model", id }, outcome, requestId: context.id, ...(reason === undefined ? {} : { reason }) });
      try {
        audit((await parts.appliance.speech.use(model === "" ? null : model)).model, "ok");
      } catch (thrown) {
        audit(model, "failed", asAppError(thrown).code);
        throw thrown;
      }
      goTo({ res }, "/settings/models?changed=1");
    },
  },
];

async function viewOf(exchange: Exchange): Promise<ModelsView> {
  const { appliance } = exchange.parts;
  const { config } = appliance;
  const query = checkedQuery(modelsQuery, exchange.req);
  const all = listModels({ dataDir: config.data_dir });
  const [speech, facts, { checks }] = await Promise.all([appliance.speech.view(), adviceFacts(config, all), appliance.readiness()]);
  const named = [speech.model, config.analysis.model, config.knowledge.embedding_model, config.documents.picture_model];
  const rows = all.map((one) => rowOf(one, facts, named, isAdmin(exchange)));
  const sumOf = (name: string | undefined): string | null => all.find((one) => one.name === name)?.sha256 ?? null;
  const advice = adviseModels(facts);
  const { cores, memoryMb, diskMb, gpu } = facts.machine;
  const onServers = speech.endpoints.length;
  return {
    frame: frameOf(exchange, "settings"),
    inUse: [
      { use: "Hearing", name: speech.model, detail: `${speech.engine}, ${speech.state}${onServers > 0 ? `, on ${onServers} server${onServers === 1 ? "" : "s"}` : ""}; ${speech.because === "choice" ? "chosen here" : "from the settings"}`, sha256: speech.sha256 },
      { use: "Understanding", name: config.analysis.model ?? (config.analysis.engine === "openai" ? "your servers" : "rules and small trained weights"), detail: checks.find((check) => check.name === "analysis")?.detail ?? config.analysis.engine, sha256: sumOf(config.analysis.model) },
      { use: "Finding by meaning", name: config.knowledge.embedding_model ?? "none", detail: config.knowledge.embedding_model === undefined ? "texts are found by their words alone" : "turns texts into vectors", sha256: sumOf(config.knowledge.embedding_model) },
      { use: "Looking at pictures", name: config.documents.picture_model ?? "none", detail: config.documents.picture_model === undefined ? "writing on pictures is read, pictures are not described" : "describes pictures in words", sha256: sumOf(config.documents.picture_model) },
    ],
    machine: `${Number(cores.toFixed(1))} core${cores === 1 ? "" : "s"}, ${Math.round(memoryMb / 1000)} GB of memory, ${Math.round(diskMb / 1000)} GB of disk free, ${gpu === undefined ? "no graphics processor" : gpu.name}`,
    advice: [advice.speech, advice.language, advice.embedding].flatMap((one) => (one === undefined ? [] : [{ kind: one.kind, name: one.name, why: one.why, isInstalled: one.isInstalled, command: one.command ?? null, setting: one.setting ?? null }])),
    warnings: advice.warnings,
    models: rows,
    preview: rows.find((one) => one.name === query.try && one.kind === "speech" && one.isInstalled && !one.isInUse) ?? null,
    speech: { name: speech.model, isChosen: speech.because === "choice", canSwitch: config.speech.engine === "whisper" },
    changed: query.changed !== undefined,
    settings: settingsBelow(exchange, "speech", "analysis", "models", "knowledge", "search", "documents"),
  };
}

function rowOf(model: ListedModel, facts: AdviceFacts, inUse: readonly (string | undefined)[], showsPlaces: boolean): ModelRow {
  const bytes = sizeOfModel(model);
  return {
    name: model.name, kind: model.kind, note: model.note, languages: model.languages.includes("*") ? "many" : model.languages.join(", "), sha256: model.sha256 ?? null,
    sizeMb: bytes === undefined ? null : Math.ceil(bytes / 1e6), memoryMb: model.memoryMb ?? null, where: showsPlaces ? (model.folder ?? null) : null, isInstalled: model.path !== undefined, isInUse: inUse.includes(model.name),
    minutesAnHour: model.coreSecondsPerMinute === undefined ? null : workFactor(model, facts) * 60,
  };
}
