// The verbs of the command line and their help; each verb's work is in a file of its own, which is loaded when the verb is said: all of them take a second.
import { Command, CommanderError } from "commander";
import { AppError } from "../domain/index.ts";
import { addCorrectionVerbs } from "./corrections.ts";
import { addIssueVerbs } from "./issues.ts";
import { addMetricVerbs } from "./metrics.ts";
import { addModelVerbs } from "./models.ts";
import { EXIT, tell } from "./output.ts";
import { addPeopleVerbs } from "./people.ts";
import { addRuleVerbs } from "./rules.ts";

/**
 * Runs one command line.
 * @param argv arguments after the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong use, 78 bad configuration
 */
export async function runCommandLine(argv: readonly string[], version: string): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram(version, (ok) => {
    if (!ok) code = EXIT.failed;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return explain(error);
  }
}

function createProgram(version: string, finish: (ok: boolean) => void): Command {
  const program = new Command("earshot").description("On-premise call analytics: finished calls become analysed conversations, and nothing leaves the building.").version(version).exitOverride();
  program.configureHelp({ sortSubcommands: false, showGlobalOptions: false });
  program.command("serve").description("run the appliance in the foreground; prints `ready <url>` when it accepts work; SIGTERM drains and ends it").action(async () => (await import("./serve.ts")).serve());
  program
    .command("demo")
    .description("run it on a throw-away data folder with sample calls, a sample telephone system and a sample CRM")
    .option("--exit", "end when the sample calls are finished instead of serving on", false)
    .option("--keep", "keep the data folder afterwards", false)
    .action(async (options: { exit: boolean; keep: boolean }) => finish(await (await import("./demo/index.ts")).demo(options)));
  program
    .command("import <path...>")
    .description("take recordings, or folders of recordings, in")
    .option("--wait", "return when all are finished; exit 1 if any failed", false)
    .option("--json", "answer as JSON", false)
    .option("--template <name>", "template of config/name-templates.yaml for the file names", "any")
    .action(async (paths: string[], options: { wait: boolean; json: boolean; template: string }) => finish(await (await import("./import.ts")).importRecordings(paths, options)));
  program
    .command("call <call_id>")
    .description("show one call")
    .option("--json", "as the API shows it", false)
    .option("--source <name>", "when two sources use the same id")
    .action(async (callId: string, options: { json: boolean; source?: string }) => (await import("./look.ts")).showCall(callId, options));
  program.command("status").description("queue, disk, versions and what waits for a person").option("--json", "answer as JSON", false).action(async (options: { json: boolean }) => (await import("./look.ts")).showStatus(options));
  program.command("doctor").description("check everything; exit 1 if something must be mended").option("--json", "answer as JSON", false).action(async (options: { json: boolean }) => finish(await (await import("./doctor.ts")).doctor(options)));
  addModelVerbs(program, finish);
  addMetricVerbs(program);
  addRuleVerbs(program);
  addIssueVerbs(program);
  addCorrectionVerbs(program);
  addPeopleVerbs(program);
  program.command("backup <file>").description("write an online backup: database and recordings in one tar file").action(async (file: string) => (await import("./keep.ts")).backup(file));
  program.command("restore <file>").description("put a backup into an empty data folder").action(async (file: string) => (await import("./keep.ts")).restore(file));
  program.command("verify").description("prove database, index, audit trail and recordings intact").action(async () => finish(await (await import("./keep.ts")).verify()));
  return program;
}

/** One sentence for a person; a stack only when nobody foresaw the error. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  if (error instanceof AppError) {
    tell(`earshot: ${error.message} (${error.code})`);
    return error.code === "CONFIG_INVALID" ? EXIT.badConfiguration : EXIT.failed;
  }
  tell(`earshot: an unexpected fault; please report it with these lines:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.failed;
}
