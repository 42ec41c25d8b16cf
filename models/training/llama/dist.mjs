// Where the compiled product lies: EARSHOT_DIST, else the dist of this checkout.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const dist = resolve(process.env.EARSHOT_DIST ?? fileURLToPath(new URL("../../../dist", import.meta.url)));
