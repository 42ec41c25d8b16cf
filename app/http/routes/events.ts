// What just happened, as server-sent events.
import { AppError } from "../../domain/index.ts";
import { streamEvents } from "../event-stream.ts";
import { scopeOf } from "../principal.ts";
import { NARROWED_READERS, type Route } from "../route.ts";
import { visibleEvents } from "../visible-events.ts";

const access = NARROWED_READERS;

export const eventRoutes: Route[] = [
  {
    method: "get",
    path: "/v1/events",
    access,
    docs: {
      id: "followEvents",
      summary: "Server-sent events: ids and states of what just happened. `call.started` carries the context of who calls, for a screen pop; nothing else holds what was said. `rule.alert`: a rule of the site matched. Whoever is bound to agents gets the events of their contacts only. `Last-Event-ID` resumes",
      answers: { 200: { description: "A stream of events; a comment every 15 s keeps it open", media: "text/event-stream" } },
      problems: ["TOO_MANY_REQUESTS", "SHUTTING_DOWN"],
    },
    async handle({ req, res, context, parts }) {
      const connection = parts.live.open();
      if (connection === undefined) throw new AppError("TOO_MANY_REQUESTS", "Too many event streams are open; close one, or try again later", { details: { retryAfterSeconds: 30 } });
      req.once("close", connection.close);
      const lastId = /^\d{1,15}$/.exec(req.get("Last-Event-ID") ?? "")?.[0];
      const events = parts.appliance.events(lastId === undefined ? undefined : Number(lastId), connection.signal);
      await streamEvents(res, visibleEvents(events, scopeOf(context.principal), (id) => parts.appliance.store.reads.agentOf(id)), connection, () => parts.guard.isStillAdmitted(req, access));
    },
  },
];
