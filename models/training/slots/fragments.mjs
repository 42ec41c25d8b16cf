// Reads fragments: `labels<TAB>A: … | C: …` with marks `[words](role)`, as turns of plain text, sentences and marked words.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { wordsOfText } from "../../../dist/app/analysis/workflows/message.js";
import { readHouse } from "../../../dist/app/analysis/workflows/house.js";

const MARK = /\[([^\]]+)\]\(([a-z_]+)\)/g;
/** Which workflow a fragment is of: by the roles and labels that stand in it, else by that of the fragments around it. */
const SIGNS = { returns: ["item", "reason", "resolution", "bought"], appointment: ["service", "request", "appointment", "old_appointment"], card_blocking: ["incident=lost", "incident=stolen", "incident=misused", "incident=swallowed", "replacement"], complaint: ["desired"], sales_lead: ["product"], address_change: ["valid_from"] };

/** @returns fragments `{writer, workflow, labels, turns: [{isHouse, read, marks, asked}]}`; marks and sentences by words */
export function readFragments(file, workflows, reader) {
  const writer = basename(file, ".tsv");
  let last = "returns";
  return readFileSync(file, "utf8").split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")).map((line, at) => {
    const [labelText, text] = line.split("\t");
    const labels = labelText === "-" ? {} : Object.fromEntries(labelText.split(",").map((one) => one.trim().split("=")));
    const roles = [...text.matchAll(MARK)].map((match) => match[2]);
    const said = [...roles, ...Object.entries(labels).flatMap(([name, value]) => [name, `${name}=${value}`])];
    const workflow = Object.keys(SIGNS).find((name) => SIGNS[name].some((sign) => said.includes(sign) && !(sign === "replacement" && labels.replacement === undefined))) ?? last;
    last = workflow;
    let house;
    const turns = text.split(/ \| (?=[AC]: )/).map((turn, number) => {
      const isHouse = turn.startsWith("A:");
      const { plain, marks } = unmarked(turn.slice(2).trim());
      const read = reader.read({ id: `${writer}-${at}-${number}`, speaker: isHouse ? "agent" : "customer", text: plain, atMs: Date.UTC(2026, 5, 10, 9) });
      const made = { isHouse, read, marks: placed(plain, read.lines, marks), house };
      if (isHouse) house = { read, asked: new Map([...workflows].map(([name, one]) => [name, readHouse(read, "house", one).asked])) };
      else house = undefined;
      return made;
    });
    return { writer, workflow, labels, turns };
  });
}

function unmarked(text) {
  let plain = "", from = 0;
  const marks = [];
  for (const match of text.matchAll(MARK)) {
    plain += text.slice(from, match.index);
    marks.push({ role: match[2], start: plain.length, end: plain.length + match[1].length });
    plain += match[1];
    from = match.index + match[0].length;
  }
  return { plain: plain + text.slice(from), marks };
}

/** Marks by sentence and words. */
function placed(text, lines, marks) {
  let from = 0;
  return lines.map((line) => {
    const start = text.indexOf(line.text, from);
    if (start >= 0) from = start + line.text.length;
    return marks.flatMap(({ role, start: first, end }) => {
      if (start < 0 || first >= start + line.text.length || end <= start) return [];
      const place = wordsOfText(line, Math.max(0, first - start), end - start);
      return place.from < 0 ? [] : [{ role, ...place }];
    });
  });
}
