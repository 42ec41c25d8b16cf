// A problem, for people: what is wrong, what to do, and the number to quote. Pure.
import { wordTable } from "../../domain/index.ts";
import { html } from "./html.ts";
import { plainPage, type Frame } from "./layout.ts";

export interface ProblemView {
  frame: Frame;
  title: string;
  detail: string;
  code: string;
  /** `urn:uuid:…` */
  instance: string;
}

/** What is the same for people and for machines is said once, in the catalogue of errors; these titles there speak of keys, requests and shapes. */
const TITLES = wordTable<string>({
  NOT_FOUND: "Nothing is here",
  FORBIDDEN: "Your login does not open this",
  UNAUTHENTICATED: "Log in first",
  REQUEST_INVALID: "Something in the address or the form is not right",
  REQUEST_MALFORMED: "The address or the form cannot be read",
  METHOD_NOT_ALLOWED: "This address shows nothing by itself",
  TOO_MANY_REQUESTS: "That was a little fast",
});

export function renderProblem({ frame, title: kind, detail, code, instance }: ProblemView): string {
  const title = TITLES[code] ?? kind;
  const words = detail.includes("/openapi.json") ? "The address may be mistyped, or what stood here is gone." : detail.replace(/; correct it and send the request again$/, "; go back and try again");
  return plainPage(frame, title, html`<section class="card"><h1>${title}</h1><p>${/[.?!]$/.test(words) ? words : `${words}.`}</p><p><a class="button" href="/">To the overview</a></p><p class="tiny quiet">When you ask for help, quote ${code}, ${instance.replace("urn:uuid:", "request ")}</p></section>`);
}
