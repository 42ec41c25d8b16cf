// The site's workflows as the pipeline works with them: definitions ready for reading, and what waits to be folded before the transaction ends.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createFormFolder, createMessageReader, loadSlotsModel, loadWorkflows, modelSlotReader, prepareWorkflow, type Encoder, type FormFolder, type LanguageModel, type MessageReader, type PreparedWorkflow, type SlotReader, type SlotsModel, type Workflow } from "../../analysis/index.ts";
import type { DestinationConfig } from "../../delivery/index.ts";
import { installationRoot, type Config, type Log } from "../../platform/index.ts";

export interface WorkflowWork {
  prepared: readonly PreparedWorkflow[];
  folder: FormFolder;
  reader: MessageReader;
  /** reads what patterns cannot; undefined without a language model */
  slots: SlotReader | undefined;
  /** reads whole messages of a form that is under way; undefined where the site does without */
  encoder: Encoder | undefined;
  /** whose forms must be folded again before the present transaction ends */
  unfolded: { sessions: Set<string>; conversations: Set<string> };
  /** something was put into the outbox outside of an arrival; set by whoever empties it */
  onPosted: () => void;
}

/** @throws AppError CONFIG_INVALID naming every mistake in every file, MODEL_INVALID for weights that are none */
export function openWorkflows(config: Config, log: Log, { model, encoder }: { model?: LanguageModel | undefined; encoder?: Encoder | undefined } = {}): WorkflowWork {
  const weights = join(installationRoot(), "models", "starter-slots", "slots.json");
  const isWhole = existsSync(weights);
  if (!isWhole) log.warn({ event: "workflows.weights_missing" }, "the weights of the slots (models/starter-slots) are missing, so forms are filled by patterns alone; install Earshot again");
  return workOn(loadWorkflows(config.workflows.folder ?? join(installationRoot(), "config", "workflows")), config, { model, encoder, learned: isWhole ? loadSlotsModel(weights) : undefined });
}

/** @param workflows none: nothing is ever begun */
export function workOn(workflows: readonly Workflow[], { site }: Config, { model, encoder, learned }: { model?: LanguageModel | undefined; encoder?: Encoder | undefined; learned?: SlotsModel | undefined } = {}): WorkflowWork {
  const reader = createMessageReader({ country: site.country, timeZone: site.timezone }, learned);
  return {
    prepared: workflows.map(prepareWorkflow),
    folder: createFormFolder(reader),
    reader,
    slots: model === undefined ? undefined : modelSlotReader(model),
    encoder,
    unfolded: { sessions: new Set(), conversations: new Set() },
    onPosted: () => undefined,
  };
}

/** Name of a workflow's receiver in the outbox. */
export function destinationOf(workflow: string): string {
  return `workflow:${workflow}`;
}

/** @returns one receiver for each workflow that has an endpoint */
export function workflowDestinations({ prepared }: WorkflowWork): DestinationConfig[] {
  return prepared.flatMap(({ workflow: { name, endpoint } }) =>
    endpoint === undefined ? [] : [{
      name: destinationOf(name), kind: "generic", url: endpoint.url, headers: endpoint.headers, timeoutMs: endpoint.timeout_seconds * 1000, called: `The receiver of the workflow ${name}`, settings: `endpoint of the workflow ${name}:`, ...(endpoint.secret === undefined ? {} : { secret: endpoint.secret }),
    }],
  );
}
