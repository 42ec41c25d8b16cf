// Settings of the site's own servers that do a part of the work: speech and language models.
import { z } from "zod";
import { isAddress, isOwnNetwork } from "./net-addresses.ts";

/** @param what describes it in the reference */
export function endpointUrl(what: string): z.ZodType<string> {
  return z
    .url({ protocol: /^https?$/ })
    .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === "", "expected an address without user name and password; a key goes into key")
    .describe(what);
}

export const endpointWeight = z.number().min(0.1).max(100).default(1).describe("its share of the work compared with the others");

/**
 * Addresses written as numbers are known already here; names are looked up, and checked again, at every connection.
 * @param place `speech` or `analysis`, for messages
 */
export function checkEndpoints(place: string, settings: { engine: string; allow_public: boolean; endpoints: readonly { url: string }[] }, context: z.RefinementCtx): void {
  if (settings.engine === "openai" && settings.endpoints.length === 0) context.addIssue({ code: "custom", path: ["endpoints"], message: `expected at least one endpoint, because ${place}.engine is openai` });
  settings.endpoints.forEach(({ url }, i) => {
    const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : "";
    if (settings.allow_public || !isAddress(host) || isOwnNetwork(host)) return;
    context.addIssue({ code: "custom", path: ["endpoints", i, "url"], message: `${host} is not in your own network, and nothing may leave it; set ${place}.allow_public if that is meant` });
  });
}
