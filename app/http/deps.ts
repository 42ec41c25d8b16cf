// What the web server needs from the rest of the house besides the appliance itself.
import type { WebhookDoor } from "../intake/index.ts";

export interface HttpDeps {
  /** first the proof, over the raw bytes; then the meaning */
  intake: WebhookDoor;
  /** version of the program, for `/openapi.json` */
  version: string;
}
