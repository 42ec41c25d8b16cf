// Numbers for Prometheus: one prefix, base units, no personal data in labels.
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ErrorCode, Stage } from "../domain/index.ts";
import type { EngineStatus, SpeechIdentity } from "../speech/index.ts";

export interface Meters {
  registry: Registry;
  arrived(source: string, outcome: "accepted" | "repeated" | "ignored"): void;
  stageDone(stage: Stage, ms: number): void;
  stageFailed(stage: Stage, code: ErrorCode, again: boolean): void;
  /** time between due and begun */
  jobStarted(waitedMs: number): void;
  audioHeard(seconds: number): void;
  delivered(destination: string, outcome: string): void;
  /** a rule raised an alert */
  alerted(rule: string, severity: string): void;
  /** who hears and how it fares, at scrape time */
  speech(identity: SpeechIdentity, status: EngineStatus, canHear: boolean): void;
  /** read at scrape time */
  gauges: { jobs: Gauge<"state">; diskFree: Gauge; outboxWaiting: Gauge; outboxOldest: Gauge; lastRecording: Gauge<"source"> };
}

export function createMeters(version: string): Meters {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: "earshot_build_info", help: "Version of Earshot that runs", labelNames: ["version"], registers }).set({ version }, 1);
  const arrivals = new Counter({ name: "earshot_calls_received_total", help: "Notifications and files that arrived", labelNames: ["source", "outcome"], registers });
  const stages = new Histogram({ name: "earshot_stage_duration_seconds", help: "Time a stage took", labelNames: ["stage"], buckets: [0.05, 0.2, 1, 5, 20, 60, 300, 1800], registers });
  const failures = new Counter({ name: "earshot_stage_failures_total", help: "Stages that failed", labelNames: ["stage", "code", "final"], registers });
  const waits = new Histogram({ name: "earshot_job_wait_seconds", help: "Time between a job being due and begun", buckets: [0.001, 0.005, 0.02, 0.1, 1, 10, 60, 600], registers });
  const audio = new Counter({ name: "earshot_audio_processed_seconds_total", help: "Recorded time that was transcribed", registers });
  const deliveries = new Counter({ name: "earshot_webhook_deliveries_total", help: "Attempts to hand a result to the CRM", labelNames: ["destination", "result"], registers });
  const alerts = new Counter({ name: "earshot_rule_alerts_total", help: "Alerts that rules raised", labelNames: ["rule", "severity"], registers });
  const lastRecording = new Gauge({ name: "earshot_last_recording_seen_timestamp_seconds", help: "When the last recording of a source arrived", labelNames: ["source"], registers });
  const speechModel = new Gauge({ name: "earshot_speech_model_info", help: "The speech model that hears new calls", labelNames: ["engine", "model"], registers });
  const speechUp = new Gauge({ name: "earshot_speech_up", help: "1 when new windows of speech would be heard", registers });
  const speechWindows = new Gauge({ name: "earshot_speech_windows_pending", help: "Windows of speech that wait or are being heard", registers });
  const endpointUp = new Gauge({ name: "earshot_speech_endpoint_up", help: "1 when a remote endpoint gets windows", labelNames: ["endpoint"], registers });
  const endpointWindows = new Gauge({ name: "earshot_speech_endpoint_windows", help: "Windows that a remote endpoint has heard since the start", labelNames: ["endpoint"], registers });
  return {
    registry,
    speech({ engine, model }, { pending, endpoints }, canHear) {
      for (const gauge of [speechModel, endpointUp, endpointWindows]) gauge.reset(); // another model may hear since the last look
      speechModel.set({ engine, model }, 1);
      speechUp.set(canHear ? 1 : 0);
      speechWindows.set(pending);
      for (const { host, state, windows } of endpoints) {
        endpointUp.set({ endpoint: host }, state === "open" ? 1 : 0);
        endpointWindows.set({ endpoint: host }, windows);
      }
    },
    arrived(source, outcome) {
      arrivals.inc({ source, outcome });
      if (outcome === "accepted") lastRecording.setToCurrentTime({ source });
    },
    stageDone: (stage, ms) => stages.observe({ stage }, ms / 1000),
    stageFailed: (stage, code, again) => failures.inc({ stage, code, final: again ? "no" : "yes" }),
    jobStarted: (waitedMs) => waits.observe(Math.max(0, waitedMs) / 1000),
    audioHeard: (seconds) => audio.inc(seconds),
    delivered: (destination, result) => deliveries.inc({ destination, result }),
    alerted: (rule, severity) => alerts.inc({ rule, severity }),
    gauges: {
      jobs: new Gauge({ name: "earshot_jobs", help: "Jobs by state", labelNames: ["state"], registers }),
      diskFree: new Gauge({ name: "earshot_disk_free_bytes", help: "Free space of the data folder", registers }),
      outboxWaiting: new Gauge({ name: "earshot_outbox_waiting", help: "Results that wait for the CRM", registers }),
      outboxOldest: new Gauge({ name: "earshot_outbox_oldest_pending_timestamp_seconds", help: "When the oldest waiting result was made; 0 when none waits", registers }),
      lastRecording,
    },
  };
}
