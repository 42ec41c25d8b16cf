// English verb endings. Pure.
import { wordTable } from "../../domain/index.ts";

const IRREGULAR = wordTable<string>({ be: "is", have: "has", do: "does", go: "goes" });

/** @param verb base form @returns third person singular of the present: want → wants, try → tries, go → goes; forms that already end so stay */
export function thirdPerson(verb: string): string {
  const lower = verb.toLowerCase();
  const irregular = IRREGULAR[lower];
  if (irregular !== undefined) return irregular;
  if (/(?:s|x|z|ch|sh|o)$/.test(lower)) return `${verb}es`;
  if (/[^aeiou]y$/.test(lower)) return `${verb.slice(0, -1)}ies`;
  return `${verb}s`;
}
