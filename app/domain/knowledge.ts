// What the business's own documents say: passages with their source, as the API and prompts have them.
import { z } from "zod";

/** `words`: no embedding model is installed, or it did not answer. */
export const FOUND_BY = ["words", "words+meaning"] as const;
export type FoundBy = (typeof FOUND_BY)[number];

export const knowledgePassageSchema = z.object({
  text: z.string(),
  document: z.string().describe("path of the file below knowledge.folder"),
  document_id: z.string(),
  page: z.int().describe("from 1; documents without pages of their own are cut between paragraphs"),
  title: z.string().describe("title of the document and the headings above the passage"),
  score: z.number().describe("reciprocal ranks of the passage by words and by meaning, added; comparable within one answer only"),
});
export type KnowledgePassage = z.infer<typeof knowledgePassageSchema>;

/** Part of a text with the places that were looked for; no markup, so that each reader marks them in its own way. */
export const snippetSchema = z.object({ text: z.string(), marks: z.array(z.tuple([z.int(), z.int()])).describe("where the words stand in `text`: start and end in UTF-16 units") });
export type Snippet = z.infer<typeof snippetSchema>;
