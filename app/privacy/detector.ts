// The seam for everything that must not be stored: one detector per kind.
import type { Token } from "./tokens.ts";
import type { Script } from "./script.ts";

/** Kinds of secrets, as the configuration names them (`privacy.redact`). A new detector adds its kind here and in registry.ts. */
export type RedactionKind = "payment_card" | "security_code";

/** A place in the text of one turn, UTF-16 units, `to` exclusive; `digits` as likely said in it (0 when none). */
export interface Place {
  turn: number;
  from: number;
  to: number;
  digits: number;
}

/** One secret: all the places where its parts were said. */
export interface Finding {
  kind: RedactionKind;
  places: Place[];
}

/** Looks for one kind of secret. Pure; linear in the number of tokens; never throws. */
export interface Detector {
  kind: RedactionKind;
  /** what stands in the text instead, e.g. `[CARD]` */
  mark: string;
  /** @param earlier findings of the detectors before it */
  find(script: Script, earlier: readonly Finding[]): Finding[];
}

/** @returns one place per turn, from the first to the last of these tokens in it */
export function placesOf(tokens: readonly Token[]): Place[] {
  const places: Place[] = [];
  for (const token of tokens) {
    const open = places.at(-1);
    const digits = token.kind === "digits" ? token.text.length : 1;
    if (open?.turn === token.turn) Object.assign(open, { to: token.to, digits: open.digits + digits });
    else places.push({ turn: token.turn, from: token.from, to: token.to, digits });
  }
  return places;
}

/** @returns a question: does this token lie inside one of the findings? */
export function coverOf(findings: readonly Finding[]): (token: Token) => boolean {
  const byTurn = new Map<number, Place[]>();
  for (const place of findings.flatMap((finding) => finding.places)) {
    const places = byTurn.get(place.turn);
    if (places === undefined) byTurn.set(place.turn, [place]);
    else places.push(place);
  }
  return (token) => byTurn.get(token.turn)?.some((place) => place.from <= token.from && place.to >= token.to) ?? false;
}
