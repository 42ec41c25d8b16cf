// Settings: trying a change out. Nothing is written; the file belongs to whoever keeps the server.
import { z } from "zod";
import { join } from "node:path";
import { installationRoot, originsOf, previewSettings, settingLeaves } from "../../../platform/index.ts";
import { renderChange, type ChangeView } from "../../../ui/index.ts";
import { checked } from "../../checked.ts";
import { frameOf } from "../../frame.ts";
import type { Exchange, Route } from "../../route.ts";
import { PAGE_ANSWERS, sendPage } from "../send-page.ts";
import { readFields } from "../../form.ts";

const MAX_FORM_BYTES = 65_536;
const changeForm = z.object({ text: z.string().max(20_000) });

export const changePages: Route[] = [
  {
    method: "get", path: "/settings/change", access: { roles: ["admin"] }, isPage: true,
    docs: { id: "settingsChangePage", summary: "Dashboard: try a change of the settings out", answers: PAGE_ANSWERS },
    handle: (exchange) => sendPage(exchange, renderChange(viewOf(exchange, "", null))),
  },
  {
    method: "post", path: "/settings/change", access: { roles: ["admin"] }, isPage: true,
    docs: { id: "previewSettingsForm", summary: "Dashboard: what a change of the settings would do; changes nothing", body: { media: "application/x-www-form-urlencoded", schema: changeForm }, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "TOO_LARGE"] },
    async handle(exchange) {
      const { text } = checked(changeForm, Object.fromEntries(await readFields(exchange.req, MAX_FORM_BYTES)), "form");
      sendPage(exchange, renderChange(viewOf(exchange, text, previewSettings(exchange.parts.appliance.config, text))));
    },
  },
];

function viewOf(exchange: Exchange, text: string, preview: ChangeView["preview"]): ChangeView {
  const file = originsOf(exchange.parts.appliance.config)?.file ?? join(installationRoot(), "config", "earshot.yaml");
  return { frame: frameOf(exchange, "settings"), file, text, preview, all: settingLeaves().map(({ path, allowed }) => ({ path, allowed })) };
}
