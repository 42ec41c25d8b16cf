// A problem, for people: what is wrong, what to do, and the number to quote. Pure.
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

export function renderProblem({ frame, title, detail, code, instance }: ProblemView): string {
  return plainPage(frame, title, html`<section class="card"><h1>${title}</h1><p>${detail}</p><p class="tiny quiet">${code} · ${instance.replace("urn:uuid:", "request ")}</p><p><a class="button" href="/">To the calls</a></p></section>`);
}
