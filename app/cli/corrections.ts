// corrections: what people wrote down as truly said, for whoever measures or trains speech models on a site's own calls.
import type { Command } from "commander";
import { loadConfig } from "../platform/index.ts";
import { say, tell } from "./output.ts";

/** Lines read from the store at a time: a few milliseconds. */
const AT_A_TIME = 500;

export function addCorrectionVerbs(program: Command): void {
  program
    .command("corrections")
    .description("what people corrected in calls")
    .command("export")
    .description("print each line whose words a person corrected or confirmed, as JSON lines: where it is in the sound, what the machine heard, what was said. Works beside a running Earshot; goes to the audit trail")
    .action(exportLines);
}

/** `machine` is what was heard when the person looked, by `model`; `machine_now` what is heard since the call was last heard, null where the turn is gone. */
async function exportLines(): Promise<void> {
  const [{ checkedWords }, { openStore }] = await Promise.all([import("../analysis/index.ts"), import("./open-store.ts")]);
  const { store, close } = await openStore(loadConfig(), true);
  const checked: { truth: string; heard: string }[] = [];
  try {
    for (let after = 0; ; ) {
      const lines = store.writes.corrections.truthLines(after, AT_A_TIME);
      for (const { callId, source, sessionId, place, machine, machineNow, truth, model, atMs } of lines) {
        say(JSON.stringify({ call_id: callId, source, session_id: sessionId, party: place.party, start_ms: place.startMs, end_ms: place.endMs, machine, machine_now: machineNow, truth, model, at: new Date(atMs).toISOString() }));
        checked.push({ truth, heard: machine });
      }
      const last = lines.at(-1);
      if (last === undefined) break;
      after = last.seq;
    }
    const { lines, words, errors, rate } = checkedWords(checked);
    store.audit.append({ actor: { kind: "system", id: "command line", ip: null }, action: "corrections.exported", object: { kind: "corrections", id: null }, outcome: "ok", reason: `${lines} lines` });
    tell(`${lines} lines, ${words} words${rate === null ? "" : `: ${(rate * 100).toFixed(1)} % heard wrong (${errors}). People pick the lines that they correct: this is no figure for all calls`}`);
  } finally {
    close();
  }
}
