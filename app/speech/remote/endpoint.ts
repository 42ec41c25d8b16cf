// One remote speech endpoint: how it is written in the settings and shown. How endpoints share work is in platform/endpoint.ts.
import { newEndpoint, openAiAddress, type Endpoint as AnyEndpoint } from "../../platform/index.ts";
import type { EndpointStatus } from "../speech-engine.ts";

/** As written in the settings. */
export interface EndpointSettings {
  /** `http://host:8000`, `http://host:8000/v1` or the whole address of the transcriptions */
  url: string;
  key?: string | undefined;
  /** name of the model as this server knows it */
  model: string;
  /** share of the work compared with the others */
  weight: number;
  /** windows at the same time */
  parallel: number;
  /** further fields of every request */
  fields: Readonly<Record<string, string>>;
}

export type Endpoint = AnyEndpoint<EndpointSettings>;

export function createEndpoint(settings: EndpointSettings): Endpoint {
  return newEndpoint(settings, transcriptionsAddress(settings.url));
}

/** @see openAiAddress */
export function transcriptionsAddress(text: string): string {
  return openAiAddress(text, "/audio/transcriptions");
}

export function statusOf({ host, state, busy, answered, lastError }: Endpoint): EndpointStatus {
  return { host, state, busy, windows: answered, lastError: lastError && { code: lastError.code, message: lastError.message } };
}
