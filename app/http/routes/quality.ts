// Rules, scorecards, what they found in a session, and the answers of people.
import { z } from "zod";
import { AppError, isId, toRfc3339 } from "../../domain/index.ts";
import { readJsonBody } from "../body.ts";
import { checked, checkedQuery, pathPart } from "../checked.ts";
import { sendJson } from "../problem.ts";
import { reachesContact } from "../reach.ts";
import { agreementSchema, answerBodySchema, rulesViewSchema, scorecardsViewSchema, sessionQualitySchema } from "../quality-schemas.ts";
import { NARROWED_MENDERS, NARROWED_READERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { when } from "./calls.ts";
import { by } from "../by.ts";

const DAY_MS = 86_400_000;
const MAX_BODY_BYTES = 16 * 1024;

const periodQuery = z.object({
  from: when.optional().describe("sessions that arrived at this time or later; RFC 3339 or milliseconds; 30 days before `to` when absent"),
  to: when.optional().describe("sessions that arrived before this time; now when absent"),
});
const agreementQuery = z.object({ version: z.coerce.number().int().min(1).optional().describe("of the card; the present one when absent. Versions are never mixed") });
const answered = { 200: { description: "The session's scorecards as they stand now", schema: sessionQualitySchema } };
const ANSWER_PATH = "/v1/sessions/:id/scorecards/:card/answers/:question";

export const qualityRoutes: Route[] = [
  {
    method: "get", path: "/v1/rules", access: { roles: OVERSEERS },
    docs: { id: "listRules", summary: "The site's rules, and how often each matched in a period", query: periodQuery, answers: { 200: { description: "All of them, in the order of the file", schema: rulesViewSchema } }, problems: ["REQUEST_INVALID"] },
    handle({ req, res, parts: { appliance } }) {
      const query = checkedQuery(periodQuery, req);
      const toMs = query.to ?? Math.max(appliance.clock.now(), query.from ?? 0) + 1;
      const fromMs = query.from ?? toMs - 30 * DAY_MS;
      sendJson(res, { ...appliance.quality.rules({ fromMs, toMs }), from: toRfc3339(fromMs), to: toRfc3339(toMs), next: null });
    },
  },
  {
    method: "get", path: "/v1/scorecards", access: { roles: OVERSEERS },
    docs: { id: "listScorecards", summary: "The site's scorecards with their questions", answers: { 200: { description: "All of them", schema: scorecardsViewSchema } } },
    handle: ({ res, parts }) => sendJson(res, { ...parts.appliance.quality.scorecards(), next: null }),
  },
  {
    method: "get", path: "/v1/scorecards/:card/agreement", access: { roles: OVERSEERS },
    docs: { id: "readAgreement", summary: "How often the machine and people answered alike, question by question. An answer of a person that only confirms the machine's counts too", query: agreementQuery, answers: { 200: { description: "One item per question", schema: agreementSchema } }, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle({ req, res, parts }) {
      const { version } = checkedQuery(agreementQuery, req);
      sendJson(res, parts.appliance.quality.agreement(pathPart(req, "card"), version));
    },
  },
  {
    method: "get", path: "/v1/sessions/:id/quality", access: NARROWED_READERS,
    docs: { id: "readSessionQuality", summary: "Categories, alerts and scorecards of a session of any channel", answers: { 200: { description: "What was found", schema: sessionQualitySchema } }, problems: ["NOT_FOUND"] },
    handle(exchange) {
      sendJson(exchange.res, exchange.parts.appliance.quality.ofSession(sessionId(exchange)));
    },
  },
  {
    method: "put", path: ANSWER_PATH, access: NARROWED_MENDERS,
    docs: { id: "answerQuestion", summary: "A person answers a question of a scorecard: this counts from now on, beside the machine's answer and whatever is analysed again", body: { media: "application/json", schema: answerBodySchema }, answers: answered, problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "NOT_FOUND", "TOO_LARGE", "UNSUPPORTED_TYPE", "DISK_RESERVE", "SHUTTING_DOWN"] },
    async handle(exchange) {
      const change = checked(answerBodySchema, await readJsonBody(exchange.req, MAX_BODY_BYTES), "(body)");
      const { card, question } = asked(exchange);
      sendJson(exchange.res, await exchange.parts.appliance.quality.answer(sessionId(exchange), card, question, change, by(exchange)));
    },
  },
  {
    method: "delete", path: ANSWER_PATH, access: NARROWED_MENDERS,
    docs: { id: "takeAnswerBack", summary: "Takes the newest answer of a person back; the one before, or the machine's, counts again", answers: answered, problems: ["NOT_FOUND", "CONFLICT", "DISK_RESERVE", "SHUTTING_DOWN"] },
    async handle(exchange) {
      const { card, question } = asked(exchange);
      sendJson(exchange.res, await exchange.parts.appliance.quality.takeBack(sessionId(exchange), card, question, by(exchange)));
    },
  },
];

/** An id of another shape is an id that nobody has; so is one that is not the asker's. */
function sessionId(exchange: Exchange): string {
  const id = pathPart(exchange.req, "id");
  if (!isId("ses", id) || !reachesContact(exchange, id)) throw new AppError("NOT_FOUND", "There is no session with this id; a call names its session, a conversation lists its sessions");
  return id;
}

const asked = ({ req }: Exchange): { card: string; question: string } => ({ card: pathPart(req, "card"), question: pathPart(req, "question") });
