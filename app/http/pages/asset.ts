// Style sheets, scripts and the icon.
import { z } from "zod";
import { pathPart } from "../checked.ts";
import { encodingFor } from "../compression.ts";
import type { Route } from "../route.ts";

export const assetRoutes: Route[] = [
  {
    method: "get", path: "/assets/:name", access: "public", isPage: true,
    docs: { id: "asset", summary: "Dashboard: style, script, icon", query: z.object({ v: z.string().optional() }), answers: { 200: { description: "The file", media: "*/*" }, 304: { description: "Not changed" } }, problems: ["NOT_FOUND"] },
    handle({ req, res, parts }) {
      const encoding = encodingFor(req);
      const asset = parts.assets.find(pathPart(req, "name"), encoding);
      if (asset === undefined) return void res.status(404).set("Cache-Control", "no-store").type("text").send("There is no such file\n");
      const isExact = req.query["v"] === parts.assets.find(pathPart(req, "name"))?.etag.replaceAll('"', "");
      res.set({ ...(encoding === undefined ? {} : { "Content-Encoding": encoding }), Vary: "Accept-Encoding", ETag: asset.etag, "Cache-Control": isExact ? "public, max-age=31536000, immutable" : "public, no-cache", "Content-Type": asset.mediaType });
      if (req.fresh) res.status(304).end();
      else res.send(asset.body);
    },
  },
];
