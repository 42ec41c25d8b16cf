// The forms of the page of a call: what a person says instead of the machine. The same deeds as the API's, for pages without scripts.
import { z } from "zod";
import { AppError, CALL_FIELDS, TURN_FIELDS } from "../../domain/index.ts";
import { checked, sourceQuery } from "../checked.ts";
import { answerBodySchema } from "../quality-schemas.ts";
import type { Exchange, Route } from "../route.ts";
import { callChangeSchema, CORRECTORS, turnChangeSchema, turnId } from "../routes/corrections.ts";
import { visibleCall } from "../visible-call.ts";
import { backToCall } from "./call.ts";
import { readFields } from "../form.ts";
import { by } from "../by.ts";

const MAX_FORM_BYTES = 32 * 1024;
const docs = (id: string, summary: string, schema: z.ZodType): Route["docs"] => ({
  id, summary: `Dashboard: ${summary}`, query: sourceQuery, body: { media: "application/x-www-form-urlencoded", schema },
  answers: { 303: { description: "Back to the call" } }, problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "TOO_LARGE", "REDACTION_FAILED", "DISK_RESERVE", "SHUTTING_DOWN"],
});
const turnUndoSchema = z.object({ field: z.enum(TURN_FIELDS).optional() });
const callUndoSchema = z.object({ field: z.enum(CALL_FIELDS) });
const answerFormSchema = z.object({ card: z.string().min(1).max(200), question: z.string().min(1).max(200), undo: z.string().optional() });

export const callFormPages: Route[] = [
  {
    method: "post", path: "/calls/:call_id/turns/:turn", access: CORRECTORS, isPage: true, docs: docs("turnForm", "correct a line", turnChangeSchema),
    async handle(exchange) {
      const call = visibleCall(exchange);
      const id = turnId(exchange);
      await exchange.parts.appliance.corrections.turn(call.session_id, id, checked(turnChangeSchema, await formOf(exchange), "(form)"), by(exchange));
      backToCall(exchange, call, id);
    },
  },
  {
    method: "post", path: "/calls/:call_id/turns/:turn/undo", access: CORRECTORS, isPage: true, docs: docs("turnUndoForm", "take the correction of a line back", turnUndoSchema),
    async handle(exchange) {
      const call = visibleCall(exchange);
      const id = turnId(exchange);
      await exchange.parts.appliance.corrections.takeTurnBack(call.session_id, id, checked(turnUndoSchema, await formOf(exchange), "(form)").field, by(exchange));
      backToCall(exchange, call, id);
    },
  },
  {
    method: "post", path: "/calls/:call_id/correct", access: CORRECTORS, isPage: true, docs: docs("callForm", "correct topic, reason or outcome", callChangeSchema),
    async handle(exchange) {
      const call = visibleCall(exchange);
      const form = await formOf(exchange);
      const orNothing = (name: "topic" | "reason"): object => (form[name] === undefined ? {} : { [name]: form[name].trim() === "" ? null : form[name].trim() });
      await exchange.parts.appliance.corrections.call(call.session_id, checked(callChangeSchema, { ...form, ...orNothing("topic"), ...orNothing("reason") }, "(form)"), by(exchange));
      backToCall(exchange, call, "about");
    },
  },
  {
    method: "post", path: "/calls/:call_id/undo", access: CORRECTORS, isPage: true, docs: docs("callUndoForm", "take the correction of topic, reason or outcome back", callUndoSchema),
    async handle(exchange) {
      const call = visibleCall(exchange);
      await exchange.parts.appliance.corrections.takeCallBack(call.session_id, checked(callUndoSchema, await formOf(exchange), "(form)").field, by(exchange));
      backToCall(exchange, call, "about");
    },
  },
  {
    method: "post", path: "/calls/:call_id/answers", access: CORRECTORS, isPage: true, docs: docs("answerForm", "answer a question of a scorecard, or take the answer back", answerFormSchema),
    async handle(exchange) {
      const call = visibleCall(exchange);
      const form = await formOf(exchange);
      const { card, question, undo } = checked(answerFormSchema, form, "(form)");
      const { quality } = exchange.parts.appliance;
      if (undo !== undefined) await quality.takeBack(call.session_id, card, question, by(exchange));
      else await quality.answer(call.session_id, card, question, checked(answerBodySchema, { answer: form["answer"], comment: (form["comment"] ?? "").trim() || null }, "(form)"), by(exchange));
      backToCall(exchange, call, `card-${card}`);
    },
  },
];

/** Line ends as browsers send them become one kind, so that a text that nobody touched is the same text. */
async function formOf({ req }: Exchange): Promise<Record<string, string>> {
  const type = req.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new AppError("UNSUPPORTED_TYPE", "The form must be sent as application/x-www-form-urlencoded");
  const form = await readFields(req, MAX_FORM_BYTES);
  return Object.fromEntries([...form].map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]));
}
