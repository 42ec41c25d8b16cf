// Numbers over many calls: what each means, and its statistics.
import { z } from "zod";
import { AppError, JOURNEY_GROUPINGS, NOT_COUNTED, NOT_MEASURABLE, toRfc3339 } from "../../domain/index.ts";
import { journeyDefinitions, journeyMetric, JOURNEYS_VERSION, metricDefinitions, metricSet, METRIC_VERSIONS, METRICS_VERSION, type JourneyMetric } from "../../analysis/index.ts";
import { METRIC_GROUPINGS } from "../../store/index.ts";
import { acrossChannelsSchema, journeyStatisticsSchema } from "../issue-schemas.ts";
import { checkedQuery, pathPart } from "../checked.ts";
import { sendJson } from "../problem.ts";
import { OVERSEERS, type Exchange, type Route } from "../route.ts";
import { metricDefinitionsSchema, metricStatisticsSchema } from "../schemas.ts";
import { when } from "./calls.ts";

const DAY_MS = 86_400_000;
/** A year with its leap day: what one question may cover. */
const MAX_DAYS = 366;

const definitionsQuery = z.object({ version: z.string().min(1).max(40).default(METRICS_VERSION).describe("earlier versions explain stored numbers") });
const statisticsQuery = z.object({
  from: when.optional().describe("calls and contacts that began at this time or later; RFC 3339 or milliseconds; 30 days before `to` when absent"),
  to: when.optional().describe("calls that began before this time; now when absent"),
  by: z.enum([...new Set([...METRIC_GROUPINGS, ...JOURNEY_GROUPINGS])]).default("day").describe("one group for each; days begin at midnight at the site, weeks on Monday. Numbers of calls: day, agent, queue, direction; numbers over channels: as their definition says"),
});

export const analyticsRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/analytics/definitions",
    access: { roles: OVERSEERS },
    docs: { id: "readMetricDefinitions", summary: "What each number means: formula, thresholds, denominator, and when it is not measurable", query: definitionsQuery, answers: { 200: { description: "The definitions", schema: metricDefinitionsSchema.extend({ across_channels: acrossChannelsSchema }) } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle({ req, res }) {
      const { version } = checkedQuery(definitionsQuery, req);
      const set = metricSet(version);
      if (set === undefined) throw new AppError("NOT_FOUND", `There are no such definitions here; there are ${METRIC_VERSIONS.join(" and ")}`);
      sendJson(res, { version, current: METRICS_VERSION, versions: METRIC_VERSIONS, notation: set.notation, items: metricDefinitions(version), reasons: NOT_MEASURABLE, across_channels: { version: JOURNEYS_VERSION, items: journeyDefinitions(), reasons: NOT_COUNTED } });
    },
  },
  {
    method: "get",
    path: "/v1/analytics/:metric",
    access: { roles: OVERSEERS },
    docs: { id: "readMetric", summary: "One number over the calls, or over the contacts of all channels, of a period, by the current definitions", query: statisticsQuery, answers: { 200: { description: "One item per group", schema: z.union([metricStatisticsSchema, journeyStatisticsSchema]) } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    async handle(exchange) {
      const { req, res, parts: { appliance } } = exchange;
      const overChannels = journeyMetric(pathPart(req, "metric"));
      if (overChannels !== undefined) return answerOverChannels(overChannels, exchange);
      const definition = metricDefinitions().find((one) => one.name === pathPart(req, "metric"));
      if (definition === undefined) throw new AppError("NOT_FOUND", "There is no such number; /v1/analytics/definitions lists all");
      const { by: asked, fromMs, toMs } = periodOf(checkedQuery(statisticsQuery, req), appliance.clock.now());
      const by = oneOf(METRIC_GROUPINGS, asked);
      const { name, label, party, unit, version } = definition;
      const items = appliance.store.reads.metricGroups({ metric: name, definitions: version, by, fromMs, toMs, timeZone: appliance.config.site.timezone });
      sendJson(res, { metric: name, label, party, unit, definitions: version, by, from: toRfc3339(fromMs), to: toRfc3339(toMs), items });
    },
  },
];

async function answerOverChannels(metric: JourneyMetric, { req, res, parts: { appliance } }: Exchange): Promise<void> {
  const { by: asked, fromMs, toMs } = periodOf(checkedQuery(statisticsQuery, req), appliance.clock.now());
  const by = oneOf(metric.groupings, asked);
  const gone = new AbortController();
  res.once("close", () => gone.abort());
  const items = await appliance.journeys.measure(metric, { by, fromMs, toMs }, gone.signal);
  sendJson(res, { metric: metric.name, label: metric.label, unit: metric.unit, definitions: metric.version, by, from: toRfc3339(fromMs), to: toRfc3339(toMs), items });
}

/** @throws AppError REQUEST_INVALID for a grouping that this number does not have */
function oneOf<B extends string>(groupings: readonly B[], asked: string): B {
  const by = groupings.find((one) => one === asked);
  if (by !== undefined) return by;
  const message = `expected one of ${groupings.join(", ")} for this number`;
  throw new AppError("REQUEST_INVALID", `by: ${message}; correct it and send the request again`, { details: { problems: [{ path: "by", message }] } });
}

/** @throws AppError REQUEST_INVALID for a period that ends before it begins, or is longer than a year */
function periodOf<Q extends { from?: number | undefined; to?: number | undefined }>({ from, to, ...rest }: Q, nowMs: number): Omit<Q, "from" | "to"> & { fromMs: number; toMs: number } {
  const toMs = to ?? Math.max(nowMs, from ?? 0);
  const fromMs = from ?? toMs - 30 * DAY_MS;
  const wrong = toMs < fromMs ? "expected a time before `to`" : toMs - fromMs > MAX_DAYS * DAY_MS ? `expected at most ${MAX_DAYS} days before \`to\`` : undefined;
  if (wrong !== undefined) throw new AppError("REQUEST_INVALID", `from: ${wrong}; correct it and send the request again`, { details: { problems: [{ path: "from", message: wrong }] } });
  return { ...rest, fromMs, toMs };
}
