// Holds the engine that hears, and can be aimed at another one while calls are heard: the new one proves itself before the old one goes.
import { AppError, toAppError } from "../domain/index.ts";
import { within, type Clock, type Log } from "../platform/index.ts";
import type { EngineState, EngineStatus, SpeechEngine, SpeechIdentity } from "./speech-engine.ts";
import { testWindow } from "./test-window.ts";
import type { WindowLimits } from "./windows.ts";

/** An engine with what its model wants. */
export interface Aim {
  engine: SpeechEngine;
  limits: WindowLimits;
  /** two aims with the same one would hear the same */
  fingerprint: string;
}

/** One call's hold on an engine: all of its windows are heard by it, whatever is chosen meanwhile. */
export interface Hearing extends Aim {
  release(): void;
}

/** Start and test window together; the connection of the person who asked lasts two minutes. */
const SWITCH_LIMIT_MS = 90_000;

export class SpeechHolder {
  private readonly log: Log;
  private readonly clock: Clock;
  private current: Aim;
  private candidate: Aim | undefined;
  private readonly holds = new Map<Aim, number>();
  private readonly ending = new Set<Promise<void>>();
  private isStopped = false;

  constructor({ first, log, clock }: { first: Aim; log: Log; clock: Clock }) {
    this.current = first;
    this.log = log;
    this.clock = clock;
  }

  start(): Promise<void> {
    return this.current.engine.start();
  }

  /** Stops every engine, those that still finish calls and the one that is being tried out included. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const engines = [this.current, ...this.holds.keys(), ...(this.candidate === undefined ? [] : [this.candidate])].map((aim) => aim.engine);
    await Promise.all([...new Set(engines)].map((engine) => engine.stop()));
    await Promise.all(this.ending);
  }

  /** The engine of now, for a whole call. It is stopped only when every call that holds it has released it. */
  lease(): Hearing {
    const aim = this.current;
    this.holds.set(aim, (this.holds.get(aim) ?? 0) + 1);
    let isHeld = true;
    return {
      ...aim,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        const left = (this.holds.get(aim) ?? 1) - 1;
        if (left > 0) this.holds.set(aim, left);
        else this.holds.delete(aim);
        this.retire(aim);
      },
    };
  }

  /**
   * Starts the new engine beside the old one and lets it hear a test window; only then new calls get it. Calls that have begun finish with the old one.
   * @throws AppError CONFLICT while another change is under way, SPEECH_SWITCH_FAILED when the new one does not hear: the old one goes on
   */
  async aim(next: Aim): Promise<void> {
    if (this.candidate !== undefined) throw new AppError("CONFLICT", "The speech model is being changed already; try again when that is done");
    this.candidate = next;
    try {
      await this.prove(next.engine);
      const before = this.current;
      this.current = next;
      this.log.info({ event: "speech.switched", ...next.engine.identity }, "another speech model hears from now on");
      this.retire(before);
    } catch (thrown) {
      await next.engine.stop();
      throw switchFailed(next.engine.identity.model, this.identity.model, thrown);
    } finally {
      this.candidate = undefined;
    }
  }

  get identity(): SpeechIdentity {
    return this.current.engine.identity;
  }

  get fingerprint(): string {
    return this.current.fingerprint;
  }

  state(): EngineState {
    return this.current.engine.state();
  }

  status(): EngineStatus {
    return this.current.engine.status();
  }

  canHear(): boolean {
    return this.current.engine.canHear();
  }

  private async prove(engine: SpeechEngine): Promise<void> {
    const limit = new AbortController();
    const over = new AbortController();
    this.clock.sleep(SWITCH_LIMIT_MS, over.signal).then(() => limit.abort(new AppError("SPEECH_TIMEOUT", `it was not ready within ${SWITCH_LIMIT_MS / 1000} s`)), () => undefined);
    try {
      await within(engine.start(), limit.signal);
      await engine.transcribeWindow(testWindow(), { language: "en", signal: limit.signal });
    } finally {
      over.abort();
    }
    const { lastError, endpoints } = engine.status();
    // whisper-cli would do the work too, but a server that does not stay up is no model to change to
    if (endpoints.length === 0 && engine.state() !== "ready") throw new AppError("SPEECH_ENGINE_FAILED", lastError?.message ?? "it does not stay up");
    if (this.isStopped) throw new AppError("SHUTTING_DOWN", "Earshot is stopping");
  }

  private retire(aim: Aim): void {
    if (aim === this.current || this.holds.has(aim)) return;
    const end = aim.engine.stop().finally(() => this.ending.delete(end));
    this.ending.add(end);
  }
}

/** @param wanted name of the model that was asked for @param present name of the one that goes on */
export function switchFailed(wanted: string, present: string, thrown: unknown): AppError {
  const reason = toAppError(thrown, "SPEECH_ENGINE_FAILED");
  if (reason.code === "SHUTTING_DOWN") return reason;
  return new AppError("SPEECH_SWITCH_FAILED", `The speech model ${wanted} was not taken, ${present} goes on: ${reason.message}`, { details: { reason: reason.code }, cause: thrown });
}
