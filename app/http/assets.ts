// Style sheet, script and icon of the dashboard: read once, served from memory under an address that changes with the content.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { installationRoot } from "../platform/index.ts";
import { compress, type Encoding } from "./compression.ts";

/** What is served: files of these kinds in the folder, read at the start; nothing else can be asked for. */
const MEDIA_TYPES: Record<string, string> = { ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml" };

export interface Asset {
  body: Buffer;
  mediaType: string;
  /** strong, with quotes */
  etag: string;
}

export interface Assets {
  /** @param encoding compresses when it is first asked for, and is kept; other bytes have another etag */
  find(name: string, encoding?: Encoding): Asset | undefined;
  /** `/assets/app.css?v=<hash>`: may be kept for a year, since other content has another address */
  address(name: string): string;
}

/** @param folder `app/ui/assets` of the installation */
export function loadAssets(folder = join(installationRoot(), "app", "ui", "assets")): Assets {
  const loaded = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const mediaType = MEDIA_TYPES[extname(name)];
    if (mediaType === undefined) continue;
    const body = readFileSync(join(folder, name));
    loaded.set(name, { body, mediaType, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"` });
  }
  const compressed = new Map<string, Asset>();
  return {
    find(name, encoding) {
      const asset = loaded.get(name);
      if (asset === undefined || encoding === undefined) return asset;
      const key = `${name} ${encoding}`;
      const known = compressed.get(key) ?? { ...asset, body: compress(asset.body, encoding, "asset"), etag: asset.etag.replace(/"$/, `-${encoding}"`) };
      compressed.set(key, known);
      return known;
    },
    address: (name) => `/assets/${name}?v=${loaded.get(name)?.etag.replaceAll('"', "")}`,
  };
}
