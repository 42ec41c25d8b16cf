// Who did what to what: one event of the audit trail.

/** Never holds transcript text, names, numbers or secrets. */
export interface AuditEvent {
  actor: { kind: "key" | "user" | "source" | "system" | "anonymous"; id: string | null; ip: string | null };
  /** verb with a dot, e.g. `recording.read`, `webhook.refused`, `job.retried` */
  action: string;
  object: { kind: string; id: string | null };
  outcome: "ok" | "refused" | "failed";
  reason?: string;
  requestId?: string;
}
