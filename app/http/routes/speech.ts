// The speech model: which one hears, and another one without a restart.
import { z } from "zod";
import { readJsonBody } from "../body.ts";
import { checked } from "../checked.ts";
import { actorOf } from "../principal.ts";
import { asAppError, sendJson } from "../problem.ts";
import { OVERSEERS, type Exchange, type Route } from "../route.ts";
import { speechViewSchema } from "../schemas.ts";

const MAX_BYTES = 10_000;
const useSchema = z.object({ model: z.string().min(1).max(500).nullable().describe("name of an installed model or path of a ggml file; null for what speech.model says") }).strict();

export const speechRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/models/speech",
    access: { roles: OVERSEERS },
    docs: { id: "readSpeechModel", summary: "Which model hears new calls, and how it fares", answers: { 200: { description: "The speech model", schema: speechViewSchema } } },
    handle: async ({ res, parts }) => sendJson(res, await parts.appliance.speech.view()),
  },
  {
    method: "post",
    path: "/v1/models/speech",
    access: { roles: ["admin"] },
    docs: {
      id: "useSpeechModel",
      summary: "Let another model hear new calls, without a restart. It must hear a test window first, else the present one goes on; calls that have begun finish with the present one. The choice survives a restart",
      body: { media: "application/json", schema: useSchema },
      answers: { 200: { description: "It hears", schema: speechViewSchema } },
      problems: ["REQUEST_MALFORMED", "REQUEST_INVALID", "TOO_LARGE", "UNSUPPORTED_TYPE", "CONFLICT", "SPEECH_SWITCH_FAILED"],
    },
    async handle(exchange) {
      const { model } = checked(useSchema, await readJsonBody(exchange.req, MAX_BYTES), "body");
      try {
        const view = await exchange.parts.appliance.speech.use(model);
        audit(exchange, view.model, "ok");
        sendJson(exchange.res, view);
      } catch (thrown) {
        audit(exchange, model, "failed", asAppError(thrown).code);
        throw thrown;
      }
    },
  },
];

function audit({ context, parts }: Exchange, model: string | null, outcome: "ok" | "failed", reason?: string): void {
  parts.appliance.audit({
    actor: actorOf(context.principal, context.remoteIp), action: "speech.model_changed", object: { kind: "model", id: model }, outcome, requestId: context.id, ...(reason === undefined ? {} : { reason }),
  });
}
