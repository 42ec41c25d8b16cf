// Reads the site's workflows from their folder; all mistakes of all files are said at once.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../domain/index.ts";
import { parseWorkflow, type Problem, type Workflow } from "./definition.ts";

/**
 * @param folder with one workflow per `.yaml` file
 * @returns the workflows in the order of their files' names
 * @throws AppError CONFIG_INVALID whose `details.problems` names every mistake as `file: path`
 */
export function loadWorkflows(folder: string): Workflow[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name) && !name.startsWith(".")).sort();
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `The folder of workflows ${folder} cannot be read; check workflows.folder and the permissions`, { cause });
  }
  const problems: Problem[] = [];
  const workflows = new Map<string, Workflow>();
  for (const file of files) {
    const parsed = parseWorkflow(readFileSync(join(folder, file), "utf8"));
    if ("problems" in parsed) problems.push(...parsed.problems.map(({ path, message }) => ({ path: `${file}: ${path}`, message })));
    else if (workflows.has(parsed.workflow.name)) problems.push({ path: `${file}: name`, message: `another file describes ${parsed.workflow.name} already` });
    else workflows.set(parsed.workflow.name, parsed.workflow);
  }
  if (problems.length > 0) throw new AppError("CONFIG_INVALID", `The workflows in ${folder} must be mended:\n${problems.map(({ path, message }) => `  ${path}: ${message}`).join("\n")}`, { details: { problems } });
  return [...workflows.values()];
}
