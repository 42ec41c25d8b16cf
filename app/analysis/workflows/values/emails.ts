// Mail addresses in a sentence, typed or spoken: "jane dot doe at example dot com". Pure.
import { normaliseEmail } from "../../../domain/index.ts";
import { findContacts } from "../../facts/contacts.ts";
import { wordsAt } from "../message.ts";
import { apart, type Reading, type ValueReader } from "./value.ts";

/** Asked for, any ending is one: new ones are given out every year. */
const ANY_ENDING = /\b((?:[\p{L}\d]{1,30} (?:dot|underscore|dash|hyphen) ){0,4}[\p{L}\d]{1,30}) at ((?:[\p{L}\d]{1,30} (?:dot|dash|hyphen) ){1,4}[\p{L}]{2,15})\b/gu;

export const readEmails: ValueReader = (line, _slot, _around, asked) => {
  const found = findContacts({ index: 0, turn: 0, turnIds: [], speaker: "customer", text: line.text, tokens: [...line.tokens], plain: [...line.plain], line: line.line, stems: [], confidence: 1, weight: 1, position: 0 }, undefined).flatMap(({ kind, value, start, end }): Reading[] => {
    const address = kind === "email" ? normaliseEmail(value ?? "") : undefined;
    return address === undefined ? [] : [{ value: address, ...wordsAt(line, start, end) }];
  });
  const spoken = asked ? [...line.line.matchAll(ANY_ENDING)].flatMap((match): Reading[] => {
    const address = normaliseEmail(`${written(match[1] ?? "")}@${written(match[2] ?? "")}`);
    return address === undefined ? [] : [{ value: address, ...wordsAt(line, match.index, match.index + match[0].length) }];
  }) : [];
  return apart([...found, ...spoken.filter((one) => !found.some((other) => one.from < other.to && one.to > other.from))]);
};

function written(spoken: string): string {
  return spoken.replace(/ dot /g, ".").replace(/ underscore /g, "_").replace(/ (?:dash|hyphen) /g, "-").replaceAll(" ", "");
}
