// Every setting, in one schema: it validates, fills in defaults, names the environment variables and writes the reference.
import { z } from "zod";
import { channelMapSchema, CONSENT_PURPOSES } from "../domain/index.ts";
import { analysisSchema } from "./config-analysis.ts";
import { authSchema, bearerKey, hasProof, name, NO_PROOF } from "./config-auth.ts";
import { channelsSchema } from "./config-channels.ts";
import { pictureSettings } from "./config-pictures.ts";
import { rulesSchema } from "./config-rules.ts";
import { workflowsSchema } from "./config-workflows.ts";
import { checkEndpoints, endpointUrl, endpointWeight } from "./config-endpoints.ts";
import { knowledgeSchema, searchSchema } from "./config-knowledge.ts";

const recordedLeg = z.enum(["trunk", "extension"]).describe("whose line the telephone system records: trunk (the outside party is on channel 0 when inbound) or extension (the agent is on channel 0)");
const rawFormat = z
  .enum(["ulaw", "alaw", "sln", "sln16", "gsm", "g722", "s16le_stereo"])
  .describe("format of headerless recordings from here; they are never guessed");

const sourceSchema = z
  .object({
    name: name.describe("last part of the webhook address: /v1/webhooks/calls/<name>"),
    adapter: z.enum(["generic", "freeswitch", "freepbx", "3cx", "yeastar"]).default("generic"),
    auth: authSchema,
    allow_ips: z.array(z.string()).default([]).describe("addresses or networks (10.0.0.0/8) that may post; empty: any"),
    recordings_folder: z.string().optional().describe("folder on this machine below which this source's recordings lie, when it names files instead of addresses"),
    channel_map: channelMapSchema.optional().describe('who is on which channel, e.g. {"0":"customer","1":"agent"}; derived from the direction when absent'),
    recorded_leg: recordedLeg.default("trunk"),
    raw_format: rawFormat.optional(),
    name_template: z.string().optional().describe("template of config/name-templates.yaml for the names of recordings"),
    utc_offset_minutes: z.number().int().min(-840).max(840).optional().describe("of times without zone; the site's time zone when absent"),
  })
  .strict()
  .refine(hasProof, NO_PROOF);

const folderSchema = z
  .object({
    path: z.string().min(1).describe("folder to watch; files in it are read, never changed or deleted"),
    source: name.default("folder").describe("name that calls from here carry as source"),
    name_template: z.string().default("any").describe("template of config/name-templates.yaml"),
    recursive: z.boolean().default(true),
    settle_seconds: z.number().min(0.2).max(3600).default(10).describe("size, time and inode must stand still this long; 30 for network shares"),
    sweep_seconds: z.number().min(0.2).max(3600).default(30).describe("how often the whole folder is looked through; works on NFS and SMB, where no events come"),
    sidecar: z.enum(["none", "json", "xml"]).default("none").describe("wait for <name>.json or <name>.xml with the facts of the call"),
    channel_map: channelMapSchema.optional(),
    recorded_leg: recordedLeg.default("trunk"),
    raw_format: rawFormat.optional(),
  })
  .strict();

const untilSaid = z.enum(["allow", "hold"]);
const unlessSaid = z.enum(["allow", "deny"]);
const language = z.string().regex(/^[a-z]{2,3}$/, "expected a language code such as nl");

const endpointSchema = z
  .object({
    url: endpointUrl("its server (`http://gpu1:8000`), its base address (`…/v1`), or the whole address of its transcriptions"),
    key: bearerKey.optional().describe("sent as Bearer token; `speech.key` when absent"),
    model: z.string().min(1).max(200).default("whisper-1").describe("the model's name on this server; all endpoints must serve the same model"),
    weight: endpointWeight,
    parallel: z.number().int().min(1).max(64).default(4).describe("windows of 30 s that it gets at the same time"),
    fields: z.record(z.string(), z.string()).default({}).describe("further fields of every request, for servers that need them"),
  })
  .strict();

/** The schema of `config/earshot.yaml`. An empty file is valid. */
export const configSchema = z
  .object({
    data_dir: z.string().min(1).default("./var").describe("database, recordings and everything else that must be kept; on a local disk"),
    data_key_file: z.string().optional().describe("file with the key that encrypts the database at rest; made once with: openssl rand -base64 48"),
    log_level: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    site: z
      .object({
        name: z.string().max(80).default("Earshot"),
        country: z.string().regex(/^[A-Z]{2}$/, "expected an ISO 3166 code such as US").default("US").describe("country of telephone numbers written without one"),
        timezone: z
          .string()
          .default("UTC")
          .refine(isTimeZone, "expected an IANA time zone such as Europe/Berlin")
          .describe("time zone of local times from the telephone system and of the dashboard"),
      })
      .strict()
      .prefault({}),
    http: z
      .object({
        host: z.string().default("127.0.0.1").describe("address to listen on; 0.0.0.0 for all"),
        port: z.number().int().min(0).max(65535).default(8090).describe("0 takes any free port"),
        public_url: z.url().optional().describe("address under which people reach the dashboard; links in results start with it"),
        max_body_kb: z.number().int().min(16).max(16384).default(1024).describe("largest webhook body"),
        max_upload_mb: z.number().int().min(1).max(4096).default(500),
        requests_per_minute: z.number().int().min(10).max(1_000_000).default(60_000).describe("per address, over all endpoints"),
        trusted_proxies: z.array(z.string()).default([]).describe("addresses of reverse proxies whose X-Forwarded-For is believed"),
      })
      .strict()
      .prefault({}),
    intake: z
      .object({
        sources: z.array(sourceSchema).default([]),
        folders: z.array(folderSchema).default([]),
        allow_http: z.boolean().default(false).describe("fetch recordings over plain http too"),
        recording_hosts: z.array(z.string()).default([]).describe("host names or networks that recordings may be fetched from; private hosts must be listed, public ones too"),
        max_recording_mb: z.number().int().min(1).max(4096).default(500),
        max_recording_hours: z.number().min(0.01).max(24).default(6),
        download_seconds: z.number().int().min(1).max(7200).default(600),
        recording_wait_hours: z.number().min(0.001).max(720).default(24).describe("how long a call may wait for its recording before it is reported as missing"),
        disk_reserve_mb: z.number().int().min(0).default(1024).describe("free space below which nothing new is accepted"),
      })
      .strict()
      .prefault({}),
    channels: channelsSchema,
    workflows: workflowsSchema,
    knowledge: knowledgeSchema,
    search: searchSchema,
    documents: z
      .object({
        max_mb: z.number().int().min(1).max(1024).default(50).describe("largest document or picture that is fetched, taken in and read"),
        max_pages: z.number().int().min(1).max(10_000).default(200).describe("pages that are read of one document; the rest is left out and said so"),
        max_pixels: z.number().int().min(100_000).max(500_000_000).default(40_000_000).describe("largest picture, in pixels"),
        max_archive_ratio: z.number().min(2).max(1000).default(100).describe("how much larger a DOCX may become when it is unpacked"),
        seconds: z.number().min(1).max(3600).default(120).describe("longest time for one document; what was read by then is kept"),
        memory_mb: z.number().int().min(256).max(16_384).default(768).describe("memory of the process that reads documents"),
        ocr_languages: z.array(z.string().regex(/^[a-z]{3}(_[a-z]+)?$/, "expected a language of Tesseract such as eng or deu")).min(1).max(4).default(["eng"]).describe("languages of writing on pictures, the likeliest first; each needs its package `@tesseract.js-data/<language>`"),
        ...pictureSettings,
        keep_with_secrets: z.boolean().default(false).describe("keep the file of a document or picture in which a card number or security code was found; only its redacted text is kept otherwise"),
      })
      .strict()
      .prefault({}),
    queue: z
      .object({
        cpu_lanes: z.number().int().min(1).max(64).default(1).describe("calls prepared at the same time"),
        model_lanes: z.number().int().min(1).max(16).default(1).describe("calls heard at the same time; more than 1 is for remote endpoints that one call does not keep busy"),
        net_lanes: z.number().int().min(1).max(64).default(4).describe("downloads at the same time"),
        max_attempts: z.number().int().min(1).max(50).default(6),
        drain_seconds: z.number().min(0).max(60).default(8).describe("how long running work may finish when Earshot stops"),
      })
      .strict()
      .prefault({}),
    speech: z
      .object({
        engine: z.enum(["whisper", "openai"]).default("whisper").describe("whisper: whisper.cpp on this machine; openai: the site's own servers in `speech.endpoints`"),
        endpoints: z.array(endpointSchema).max(64).default([]).describe("OpenAI-compatible servers in your own network; recordings go there"),
        key: bearerKey.optional().describe("key of all endpoints that name none"),
        allow_public: z.boolean().default(false).describe("let endpoints be outside of your own network: **recordings then leave the building**"),
        timeout_seconds: z.number().min(1).max(3600).default(60).describe("longest time that an endpoint may take for one window"),
        engine_dir: z.string().optional().describe("folder with whisper-server and whisper-cli; the ones that set-up built when absent"),
        model: z.string().default("starter-en").describe("name in models/manifest.json or path of a ggml file"),
        language: z.string().regex(/^(auto|[a-z]{2,3})$/, "expected a language code such as en, or auto").default("en"),
        threads: z.number().int().min(1).max(64).optional().describe("processor threads of the speech engine; half of the cores, at least 1, when absent"),
        detector: z.enum(["auto", "telephony", "silero"]).default("auto").describe("what finds speech: Earshot's own detector (telephony) or Silero; auto takes Silero when a model of the kind vad is installed"),
        worst_speed: z.number().min(0.1).max(100).default(10).describe("slowest acceptable speed in seconds of work per second of sound; beyond it the engine is restarted"),
        separation: z
          .object({
            program: z.string().describe("sherpa-onnx-offline-speaker-diarization, or a program that takes the same arguments and prints the same lines"),
            segmentation_model: z.string().describe("pyannote segmentation model: name of an installed model of the kind speaker, or path of an ONNX file"),
            embedding_model: z.string().describe("speaker embedding model: name of an installed model of the kind speaker, or path of an ONNX file"),
          })
          .strict()
          .optional()
          .describe("tells two voices of one channel apart with speaker models; Earshot does it without any when absent"),
      })
      .strict()
      .superRefine((speech, context) => checkEndpoints("speech", speech, context))
      .prefault({}),
    models: z
      .object({
        mirror: z.url({ protocol: /^https?$/ }).optional().describe("address of your own mirror to fetch models from, with the publisher's paths below it; the publisher itself when absent"),
      })
      .strict()
      .prefault({}),
    privacy: z
      .object({
        redact: z.array(z.enum(["payment_card", "security_code"])).default(["payment_card", "security_code"]),
      })
      .strict()
      .prefault({}),
    consent: z
      .object({
        default: z
          .object({
            recording: untilSaid.default("allow").describe("hold: a call waits unheard until somebody agrees to the recording"),
            analysis: untilSaid.default("allow").describe("hold: calls and chats are kept and not analysed until somebody agrees"),
            outbound_messaging: unlessSaid.default("deny").describe("may the customer be written to"),
            marketing: unlessSaid.default("deny").describe("may the customer get advertising"),
          })
          .strict()
          .prefault({})
          .describe("what holds while a customer has said nothing"),
        countries: z
          .record(z.string().regex(/^[A-Z]{2}$/, "expected an ISO 3166 code such as DE"), z.object({ recording: untilSaid.optional(), analysis: untilSaid.optional(), outbound_messaging: unlessSaid.optional(), marketing: unlessSaid.optional() }).strict())
          .default({})
          .describe("what is different for customers whose number is of this country, e.g. `DE: {recording: hold}`; there is no built-in list"),
        call_covers: z.array(z.enum(CONSENT_PURPOSES).extract(["recording", "analysis"])).min(1).default(["recording"]).describe("what the `consent` of a notification is about; add analysis when your announcement names it"),
        hold_days: z.number().int().min(1).max(3650).default(30).describe("days that a held call waits for consent; then its sound is removed"),
        stop_words: z.record(language, z.array(z.string().trim().min(2).max(60)).max(100)).default({}).describe("further whole messages that withdraw, by language, e.g. `nl: [afmelden]`"),
        start_words: z.record(language, z.array(z.string().trim().min(2).max(60)).max(100)).default({}).describe("further whole messages that take a withdrawal back"),
      })
      .strict()
      .prefault({}),
    analysis: analysisSchema,
    rules: rulesSchema,
    crm: z
      .object({
        url: z.url({ protocol: /^https?$/ }).optional().describe("address that receives one POST per analysed call; nothing is sent when absent"),
        secret: z.string().min(1).optional().describe("whsec_… (Standard Webhooks); results are signed with it"),
        kind: z.enum(["generic"]).default("generic").describe("how results are worded for it; generic is the only way so far"),
        timeout_seconds: z.number().min(1).max(120).default(15).describe("longest time that it may take to answer"),
        headers: z.record(z.string(), z.string()).default({}).describe("further headers, e.g. an API key of the CRM"),
      })
      .strict()
      .prefault({}),
  })
  .strict();

/** All settings, defaults filled in. */
export type Config = z.output<typeof configSchema>;
export type SourceConfig = z.output<typeof sourceSchema>;
export type FolderConfig = z.output<typeof folderSchema>;
export type RawFormat = z.output<typeof rawFormat>;

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
