// The way into the settings: what each part holds and how it is, or for people of single agents where their own account is. Pure.
import { html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { settingsTabs, type SettingTab } from "./settings-frame.ts";

export interface SettingsIndexView {
  frame: Frame;
  parts: readonly { tab: SettingTab | "people"; name: string; state: string; ok: boolean }[];
}

export function renderSettingsIndex({ frame, parts }: SettingsIndexView): string {
  return page(
    frame,
    "Settings",
    html`<header class="head"><div><h1>Settings</h1><p class="quiet">What is configured and how it is. The file on the server is what counts; here you see what it does, and try out what a change would do.</p></div></header>${settingsTabs(frame, null)}
<ul class="card settings-index">${parts.map((part) => html`<li><a class="strong" href="/settings/${part.tab}">${part.name}</a><span class="quiet">${part.state}</span>${!part.ok && html`<span class="chip warn">look at this</span>`}</li>`)}</ul>`,
    { styles: ["settings.css"] },
  );
}

/** For people who see the contacts of some agents only: what is configured for the house is not theirs. */
export function renderOwnSettings(frame: Frame): string {
  return page(frame, "Settings", html`<header class="head"><div><h1>Settings</h1></div></header><p class="card in">Your password and where you are logged in are in <a class="proof" href="/account">your account</a>. How the house is set up is shown to its administrators, supervisors and analysts.</p>`);
}
