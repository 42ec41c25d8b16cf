// The queue and the outbox, and the forms that set things going again.
import { z } from "zod";
import { AppError, isId, toRfc3339 } from "../../domain/index.ts";
import { JOB_TABS, renderJobs, type JobsView } from "../../ui/index.ts";
import { checked, checkedQuery, pageQuery, pathPart, present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { actorOf } from "../principal.ts";
import { asAppError } from "../problem.ts";
import { MENDERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { ledgerAddress, ledgerQuery, parkedIn } from "./ledger.ts";
import { goTo, nextAddress, PAGE_ANSWERS, PAGE_SIZE, sendPage } from "./send-page.ts";
import { readFields } from "../form.ts";

const HOUR_MS = 3_600_000;
const jobsQuery = pageQuery.pick({ cursor: true }).extend({ state: z.enum(JOB_TABS).default("parked") });
const backQuery = ledgerQuery.extend({ back: z.enum(["jobs"]).optional(), state: z.enum(JOB_TABS).optional() });
const retryForm = z.object({ session: z.array(z.string().refine((text) => isId("ses", text), "expected the id of a contact")).min(1).max(PAGE_SIZE) });
const BACK = { 303: { description: "Back to the list" } };

export const jobPages: Route[] = [
  {
    method: "get", path: "/ledger/jobs", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "jobsPage", summary: "Dashboard: the queue and the outbox", query: jobsQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle: (exchange) => sendPage(exchange, renderJobs(viewOf(exchange))),
  },
  {
    method: "post", path: "/ledger/retry", access: { roles: MENDERS }, isPage: true,
    docs: { id: "retryForm", summary: "Dashboard: set failed contacts going again", query: backQuery, body: { media: "application/x-www-form-urlencoded", schema: retryForm }, answers: BACK, problems: ["REQUEST_INVALID", "TOO_LARGE"] },
    async handle(exchange) {
      const { req, res, context, parts } = exchange;
      const query = checkedQuery(backQuery, req);
      const { session } = checked(retryForm, { session: (await readFields(req)).getAll("session") }, "form");
      const { again, refused } = await parts.appliance.mending.mend([...new Set(session)], { actor: actorOf(context.principal, context.remoteIp), requestId: context.id });
      const result = new URLSearchParams({ again: String(again), ...(refused.length === 0 ? {} : { refused: String(refused.length), why: refused[0]?.code ?? "CONFLICT" }) }).toString();
      goTo({ res }, query.back === "jobs" ? `/ledger/jobs?state=${query.state ?? "parked"}` : `/ledger?${ledgerAddress({ ...query, cursor: undefined })}&${result}`);
    },
  },
  {
    method: "post", path: "/ledger/jobs/:id/retry", access: { roles: MENDERS }, isPage: true,
    docs: { id: "retryJobForm", summary: "Dashboard: put a job back into the queue", query: jobsQuery, answers: BACK, problems: ["NOT_FOUND", "CONFLICT", "CONSENT_MISSING"] },
    async handle({ req, res, context, parts }) {
      const id = pathPart(req, "id");
      if (!isId("job", id)) throw new AppError("NOT_FOUND", "There is no job with this id");
      const audit = (outcome: "ok" | "failed", reason?: string): void => parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "job.retried", object: { kind: "job", id }, outcome, requestId: context.id, ...(reason === undefined ? {} : { reason }) });
      await parts.appliance.retryJob(id).catch((thrown: unknown) => {
        audit("failed", asAppError(thrown).code);
        throw thrown;
      });
      audit("ok");
      goTo({ res }, `/ledger/jobs?state=${checkedQuery(jobsQuery, req).state}`);
    },
  },
];

function viewOf(exchange: Exchange): JobsView {
  const { appliance } = exchange.parts;
  const { queue, ledger } = appliance.store.reads;
  const { state, cursor } = checkedQuery(jobsQuery, exchange.req);
  const now = appliance.clock.now();
  const { items, next } = queue.jobs(state, { limit: PAGE_SIZE, ...present({ cursor }) });
  return {
    frame: frameOf(exchange, "ledger"),
    state,
    tabAddress: (tab) => `/ledger?tab=${tab}`,
    counts: ledger.counts({}, appliance.mending.lateRules(), now),
    parked: parkedIn(exchange),
    lanes: lanesOf(exchange, now),
    lastHour: queue.doneSince(now - HOUR_MS),
    jobs: items.map(({ createdAtMs, runAfterMs, ...job }) => ({ ...job, createdAt: toRfc3339(createdAtMs), runAfter: toRfc3339(runAfterMs), isDue: runAfterMs <= now })),
    next: nextAddress("/ledger/jobs", next, { state }),
    receivers: queue.outbox().map(({ oldestMs, nextMs, ...one }) => ({ ...one, oldestMs: oldestMs === null ? null : now - oldestMs, nextAt: nextMs === null ? null : toRfc3339(nextMs) })),
    undelivered: queue.undelivered(PAGE_SIZE).map(({ createdAtMs, nextAttemptMs, ...one }) => ({ ...one, createdAt: toRfc3339(createdAtMs), nextAttemptAt: toRfc3339(nextAttemptMs) })),
  };
}

function lanesOf({ parts }: Exchange, now: number): JobsView["lanes"] {
  const groups = parts.appliance.store.reads.queue.groups();
  return ["net", "cpu", "model"].flatMap((lane) => {
    const here = groups.filter((one) => one.lane === lane && one.state !== "failed");
    const sum = (state: string): number => here.reduce((all, one) => all + (one.state === state ? one.count : 0), 0);
    const waiting = here.filter((one) => one.state === "queued");
    const oldest = waiting.length === 0 ? null : Math.max(0, now - Math.min(...waiting.map((one) => one.oldestMs)));
    return here.length === 0 ? [] : [{ lane, queued: sum("queued"), running: sum("running"), parked: sum("parked"), oldestMs: oldest, stages: [...new Set(here.map((one) => one.stage))].join(", ") }];
  });
}
