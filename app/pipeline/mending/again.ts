// One call, or one job, set going again because a person asked for it.
import { AppError } from "../../domain/index.ts";
import { restart } from "../accept.ts";
import type { Appliance } from "../appliance.ts";
import { requireConsent } from "../consent-gate.ts";
import type { Parts } from "../parts.ts";
import { stageNamed } from "../stages.ts";

/** The ways in which single things are set going again, and how a write of theirs becomes durable. */
export type Again = Pick<Appliance, "reprocess" | "retryJob">;
export type TakeIn = <T>(work: () => T) => Promise<T>;

export function createAgain(parts: Parts, takeIn: TakeIn): Again {
  return {
    async reprocess(callId, source) {
      const { sessions, recordings } = parts.store.writes;
      const session = source === undefined ? sessions.newestByCallId(callId) : sessions.byCallId(source, callId);
      if (session === undefined) throw new AppError("NOT_FOUND", "No call has this id; look it up in the ledger");
      if (parts.queue.activeOf(session.id).some((job) => job.state === "running")) throw new AppError("CONFLICT", "This call is being worked on; try again when it is finished");
      requireConsent(session, "prepare", parts);
      const recording = recordings.ofSession(session.id);
      if (recording !== undefined && recording.purge_reason !== null) throw new AppError("CONFLICT", `The recording of this call was removed: ${recording.purge_reason}`);
      if ((recording?.file ?? null) === null) throw new AppError("CONFLICT", "The recording of this call has not arrived; retry its fetch job instead");
      await takeIn(() => restart(session, parts, "A person asked for it again"));
      return { call_id: session.call_id, status: "received" };
    },
    async retryJob(jobId) {
      const job = parts.queue.byId(jobId);
      if (job === undefined) throw new AppError("NOT_FOUND", "No job has this id");
      if (job.state !== "failed" && job.state !== "parked") throw new AppError("CONFLICT", `This job is ${job.state}; only failed and parked jobs can be retried`);
      if (parts.queue.activeOf(job.sessionId).some((one) => one.attachmentId === job.attachmentId)) throw new AppError("CONFLICT", "This call is already being worked on again");
      const session = parts.store.writes.sessions.byId(job.sessionId);
      if (session !== undefined) requireConsent(session, job.stage, parts);
      await takeIn(() => {
        parts.queue.revive(jobId);
        if (job.attachmentId !== null) parts.store.writes.attachments.revive(job.attachmentId);
        else if (stageNamed(job.stage)?.isAfterwards !== true) parts.store.writes.sessions.setStatus(job.sessionId, "processing", null, parts.clock.now());
      });
    },
  };
}
