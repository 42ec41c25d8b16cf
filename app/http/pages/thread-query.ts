// What the address of a thread's page may say.
import { z } from "zod";
import { channelSchema } from "../../domain/index.ts";

const cursor = z.string().min(1).max(500).optional();
const id = z.string().min(1).max(64).optional();
const empty = z.literal("").transform(() => undefined);

/** Where in the thread, and what of it. */
export const threadQuery = z.object({
  before: cursor.describe("cursor: what lies before it"),
  after: cursor.describe("cursor: what lies after it"),
  around: id.describe("id of a message or session: the stretch around it, its call open"),
  session: id.describe("id of a session: the same"),
  open: id.describe("id of an entry that stands open, whole"),
  channel: channelSchema.or(empty).optional(),
  conversation: id.describe("only this conversation, with its state"),
  date: z.iso.date().or(empty).optional().describe("from this day on, at the site"),
  q: z.string().trim().max(200).optional().describe("search in this thread"),
  more: cursor.describe("cursor of the search"),
  matters: cursor.describe("cursor of the list of conversations"),
  note: z.union([z.enum(["changed", "moved", "consent", "linked"]), z.string().regex(/^mrg_\w{26}$/)]).optional().describe("what was just done here"),
});

export type ThreadQuery = z.output<typeof threadQuery>;
