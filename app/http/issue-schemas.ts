// The shapes of answers about open problems and of the numbers over channels.
import { z } from "zod";
import { JOURNEY_GROUPINGS, JOURNEY_METRIC_NAMES, NOT_COUNTED, type JourneyDefinition, type NotCounted } from "../domain/index.ts";
import type { JourneyGroup } from "../analysis/index.ts";
import type { UnresolvedIssues } from "../pipeline/index.ts";

const time = z.iso.datetime();
const nullableText = z.string().nullable();
const counts = z.object({ customers: z.int().describe("each once in a group; whoever is not known once a conversation"), conversations: z.int() });
const end = z.object({ conversation_id: z.string(), opened_at: time }).nullable().describe("null where since was asked for");

const issueSchema = counts.extend({
  id: z.string().describe("reason:<code>, or theme:<number> for conversations without a reason that say alike"),
  label: z.string(),
  reason: nullableText,
  priority: z.number().describe("by the formula of `definition`"),
  by_channel: z.array(counts.extend({ channel: z.string() })).describe("a conversation on two channels counts on both; empty where channel or since was asked for"),
  oldest: end,
  newest: end,
  mean_age_ms: z.int(),
  sentiment: z.number().min(-1).max(1).nullable().describe("mean of the last moods shown"),
  trend: z.object({ direction: z.enum(["rising", "falling", "steady"]), last_7_days: z.int(), previous_7_days: z.int(), counts: z.enum(["all", "open"]).describe("all: opened then, resolved since or not; open: those that are open still") }),
  themes: z.array(counts.extend({ id: z.int(), label: z.string() })).describe("what is said most within the reason"),
  quotes: z.array(z.object({ text: z.string().describe("as stored, redacted"), message_id: z.string(), conversation_id: z.string(), customer_id: nullableText, channel: z.string(), at: time })).max(3).describe("customers' own words, of different customers"),
});
export const unresolvedIssuesSchema = z.object({
  at: time,
  definition: z.object({ name: z.string(), version: z.string(), formula: z.string() }),
  total: counts.describe("everything open that matches"),
  items: z.array(issueSchema),
  other: counts.describe("without a reason, and like no others"),
}) satisfies z.ZodType<UnresolvedIssues>;

const why = z.enum(Object.keys(NOT_COUNTED) as [NotCounted, ...NotCounted[]]);
export const journeyDefinitionSchema = z.object({
  name: z.enum(JOURNEY_METRIC_NAMES), label: z.string(), version: z.string(), unit: z.enum(["ratio", "ms"]), formula: z.string(), thresholds: z.record(z.string(), z.number()), denominator: z.string(),
  not_measurable: z.array(why).readonly(), groupings: z.array(z.enum(JOURNEY_GROUPINGS)).readonly(), source: z.string().describe("from which stored rows, and how it compares with what other systems call so"),
}) satisfies z.ZodType<JourneyDefinition>;

export const acrossChannelsSchema = z.object({ version: z.string(), items: z.array(journeyDefinitionSchema), reasons: z.record(z.string(), z.string()) }).describe("numbers over contacts, conversations and customers of all channels");

const journeyGroupSchema = z.object({
  key: nullableText.describe("null where it is not known"), value: z.number().nullable().describe("null: `reason` says why"), reason: why.nullable(), n: z.int().describe("counted in the denominator"),
  excluded: z.partialRecord(why, z.int()).describe("counted out, by why"), interval: z.tuple([z.number(), z.number()]).nullable().describe("95 % interval of a share (Wilson)"), shares: z.record(z.string(), z.number()).optional().describe("of channel_mix: shares of the channels within the group"),
}) satisfies z.ZodType<JourneyGroup>;
export const journeyStatisticsSchema = z.object({ metric: z.enum(JOURNEY_METRIC_NAMES), label: z.string(), unit: z.enum(["ratio", "ms"]), definitions: z.string(), by: z.enum(JOURNEY_GROUPINGS), from: time, to: time, items: z.array(journeyGroupSchema) });
