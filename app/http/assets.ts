// Style sheet, script and icon of the dashboard: read once, served from memory under an address that changes with the content.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installationRoot } from "../platform/index.ts";

/** The only files that are served; nothing else can be asked for. */
const FILES = {
  "tokens.css": "text/css; charset=utf-8",
  "app.css": "text/css; charset=utf-8",
  "app.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const;

export type AssetName = keyof typeof FILES;

export interface Asset {
  body: Buffer;
  mediaType: string;
  /** strong, with quotes */
  etag: string;
}

export interface Assets {
  find(name: string): Asset | undefined;
  /** `/assets/app.css?v=<hash>`: may be kept for a year, since other content has another address */
  address(name: AssetName): string;
}

/** @param folder `app/ui/assets` of the installation */
export function loadAssets(folder = join(installationRoot(), "app", "ui", "assets")): Assets {
  const loaded = new Map<string, Asset>();
  for (const [name, mediaType] of Object.entries(FILES)) {
    const body = readFileSync(join(folder, name));
    loaded.set(name, { body, mediaType, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"` });
  }
  return {
    find: (name) => loaded.get(name),
    address: (name) => `/assets/${name}?v=${loaded.get(name)?.etag.replaceAll('"', "")}`,
  };
}
