// Workflows: a conversation fills forms.
export { SLOT_TYPES, type Slot, type SlotType, type Workflow } from "./definition.ts";
export { encodeMessage, proposeEncoded } from "./learned/encode.ts";
export { loadSlotsModel, type SlotsModel } from "./learned/slots-model.ts";
export { loadWorkflows } from "./load.ts";
export type { SaidMessage } from "./message.ts";
export { createMessageReader, prepareWorkflow, type MessageReader, type PreparedWorkflow, type Site } from "./reader.ts";
export { foldForm, isBegun, type FoldInput } from "./fold.ts";
export { createFormFolder, type FormFolder } from "./folder.ts";
export { contentOf, missingSlots, wantedSlots, type FilledSlot, type Form, type SlotSource } from "./form.ts";
export { canonicalJson, digestOf } from "./freeze.ts";
export { modelSlotReader, type SlotReader } from "./model-slots.ts";
export { addProposals, checkProposals, type ProposedSlot } from "./proposals.ts";
