// Settings of rules and scorecards, and of who is told when a rule raises an alert.
import { z } from "zod";
import { name } from "./config-auth.ts";

const webhookSchema = z
  .object({
    name: name.describe("name by which rules call it: `alert: {webhook: <name>}`"),
    url: z.url({ protocol: /^https?$/ }).describe("address that receives one POST per alert"),
    secret: z.string().min(1).optional().describe("whsec_… (Standard Webhooks); alerts are signed with it"),
    timeout_seconds: z.number().min(1).max(120).default(15),
    headers: z.record(z.string(), z.string()).default({}).describe("further headers, e.g. an API key of the receiver"),
  })
  .strict();

export const rulesSchema = z
  .object({
    file: z.string().min(1).optional().describe("YAML file with the rules; config/rules.yaml when absent"),
    scorecards: z.string().min(1).optional().describe("YAML file with the scorecards; config/scorecards.yaml when absent"),
    webhooks: z.array(webhookSchema).max(50).default([]).refine((all) => new Set(all.map((one) => one.name)).size === all.length, "expected a name for each that no other has"),
  })
  .strict()
  .prefault({});

export type AlertWebhook = z.output<typeof webhookSchema>;
