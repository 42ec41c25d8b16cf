// Every way in which Earshot says no. The codes are API: they are listed here and nowhere else.

/** What to do about an error: nothing will help · the same again later · the same again once somebody mended the cause. */
export type Retry = "never" | "later" | "after_fix";

interface Kind {
  /** advice to a machine */
  readonly retry: Retry;
  /** HTTP status when the error reaches a client */
  readonly status: number;
  /** RFC 9457 title: the kind of error, without particulars */
  readonly title: string;
}

/** code → advice, HTTP status and title. Messages with particulars are written where the error is thrown. */
export const ERROR_CATALOGUE = {
  // configuration and set-up
  CONFIG_INVALID: { retry: "after_fix", status: 500, title: "The configuration has mistakes" },
  SETUP_INCOMPLETE: { retry: "after_fix", status: 500, title: "A program or file that Earshot needs is missing" },
  DATA_DIR_LOCKED: { retry: "later", status: 503, title: "Another Earshot works on this data folder" },
  // requests
  REQUEST_MALFORMED: { retry: "never", status: 400, title: "The request cannot be read" },
  REQUEST_INVALID: { retry: "never", status: 422, title: "The request has a value of the wrong shape" },
  UNAUTHENTICATED: { retry: "never", status: 401, title: "Proof of identity is missing or wrong" },
  SIGNATURE_INVALID: { retry: "never", status: 401, title: "The signature is missing or wrong" },
  SIGNATURE_EXPIRED: { retry: "never", status: 401, title: "The signature is too old or from the future" },
  SIGNATURE_REPLAYED: { retry: "never", status: 401, title: "This signed message was used before with other content" },
  FORBIDDEN: { retry: "never", status: 403, title: "This key or login may not do that" },
  NOT_FOUND: { retry: "never", status: 404, title: "There is no such thing" },
  SOURCE_UNKNOWN: { retry: "after_fix", status: 404, title: "This source is not configured" },
  METHOD_NOT_ALLOWED: { retry: "never", status: 405, title: "This address does not take that method" },
  CONFLICT: { retry: "never", status: 409, title: "This contradicts what is already known" },
  TOO_LARGE: { retry: "never", status: 413, title: "The request is too large" },
  UNSUPPORTED_TYPE: { retry: "never", status: 415, title: "This content type is not accepted here" },
  RANGE_INVALID: { retry: "never", status: 416, title: "The requested range is outside the recording" },
  TOO_MANY_REQUESTS: { retry: "later", status: 429, title: "Too many requests" },
  DISK_RESERVE: { retry: "later", status: 503, title: "The disk is almost full" },
  SHUTTING_DOWN: { retry: "later", status: 503, title: "Earshot is stopping" },
  INTERNAL: { retry: "later", status: 500, title: "Something went wrong inside Earshot" },
  // fetching a recording
  FETCH_URL_REFUSED: { retry: "after_fix", status: 422, title: "The address of the recording is not allowed" },
  FETCH_UNREACHABLE: { retry: "later", status: 502, title: "The recording could not be reached" },
  FETCH_REFUSED: { retry: "after_fix", status: 502, title: "The server refused to hand out the recording" },
  FETCH_TOO_LARGE: { retry: "after_fix", status: 502, title: "The recording is larger than allowed" },
  FETCH_INCOMPLETE: { retry: "later", status: 502, title: "The download of the recording broke off" },
  FETCH_EXPIRED: { retry: "never", status: 502, title: "The file is no longer handed out" },
  FETCH_THROTTLED: { retry: "later", status: 502, title: "The server wants fewer requests" },
  FETCH_UNAUTHORISED: { retry: "after_fix", status: 502, title: "The server does not accept our token" },
  RECORDING_MISSING: { retry: "after_fix", status: 422, title: "The recording never arrived" },
  // mail
  MAIL_UNREACHABLE: { retry: "later", status: 502, title: "The mail server could not be reached" },
  MAIL_REFUSED: { retry: "after_fix", status: 502, title: "The mail server refused the login or the folder" },
  MAIL_UNREADABLE: { retry: "after_fix", status: 422, title: "The mail cannot be read" },
  // audio
  MEDIA_EMPTY: { retry: "after_fix", status: 422, title: "The recording is empty" },
  MEDIA_HEADER_ONLY: { retry: "after_fix", status: 422, title: "The recording has a header and no sound" },
  MEDIA_STILL_RECORDING: { retry: "later", status: 422, title: "The recording is still being written" },
  MEDIA_FORMAT_REFUSED: { retry: "after_fix", status: 422, title: "The recording is not an accepted audio format" },
  MEDIA_NO_AUDIO: { retry: "after_fix", status: 422, title: "The recording has no audio stream" },
  MEDIA_UNREADABLE: { retry: "after_fix", status: 422, title: "The recording cannot be decoded" },
  MEDIA_TOO_LONG: { retry: "after_fix", status: 422, title: "The recording is longer than allowed" },
  MEDIA_SILENT: { retry: "after_fix", status: 422, title: "The recording holds no speech" },
  FFMPEG_MISSING: { retry: "after_fix", status: 500, title: "ffmpeg is not installed" },
  FFMPEG_TIMEOUT: { retry: "later", status: 500, title: "ffmpeg took too long" },
  FFMPEG_FAILED: { retry: "later", status: 500, title: "ffmpeg stopped with an error" },
  // attachments
  DOCUMENT_ENCRYPTED: { retry: "after_fix", status: 422, title: "The document is protected by a password" },
  DOCUMENT_UNREADABLE: { retry: "after_fix", status: 422, title: "The document cannot be read" },
  DOCUMENT_TOO_LARGE: { retry: "after_fix", status: 422, title: "The document is larger than allowed" },
  DOCUMENT_TIMEOUT: { retry: "after_fix", status: 422, title: "Reading the document took too long" },
  DOCUMENT_MEMORY: { retry: "after_fix", status: 422, title: "Reading the document took too much memory" },
  DOCUMENT_UNSUPPORTED: { retry: "never", status: 422, title: "This kind of file is not read" },
  // speech
  SPEECH_ENGINE_MISSING: { retry: "after_fix", status: 500, title: "The speech engine is not built" },
  SPEECH_MODEL_MISSING: { retry: "after_fix", status: 500, title: "The speech model is not installed" },
  MODEL_INVALID: { retry: "after_fix", status: 500, title: "A model file is not what it should be" },
  SPEECH_ENGINE_FAILED: { retry: "later", status: 500, title: "The speech engine stopped" },
  SPEECH_TIMEOUT: { retry: "later", status: 500, title: "The speech engine took too long" },
  SPEECH_ENDPOINTS_DOWN: { retry: "later", status: 503, title: "No speech endpoint answers" },
  SPEECH_ENDPOINT_FAILED: { retry: "later", status: 502, title: "A speech endpoint failed" },
  SPEECH_ENDPOINT_REFUSED: { retry: "after_fix", status: 502, title: "A speech endpoint refused to work" },
  SPEECH_SWITCH_FAILED: { retry: "after_fix", status: 409, title: "The speech model was not changed" },
  SPEECH_OUTPUT_INVALID: { retry: "later", status: 500, title: "The speech engine answered something unreadable" },
  // privacy and analysis
  REDACTION_FAILED: { retry: "later", status: 500, title: "Redaction did not finish, so nothing was stored" },
  ANALYSIS_FAILED: { retry: "later", status: 500, title: "The analysis did not finish" },
  ANALYSIS_MODEL_MISSING: { retry: "after_fix", status: 500, title: "The language model is not installed" },
  ANALYSIS_TIMEOUT: { retry: "later", status: 500, title: "The language model took too long" },
  ANALYSIS_ENDPOINT_FAILED: { retry: "later", status: 502, title: "A server with a language model failed" },
  ANALYSIS_OUTPUT_INVALID: { retry: "later", status: 500, title: "The language model answered something unreadable" },
  ENCODING_FAILED: { retry: "later", status: 500, title: "The model that reads conversations as a whole does not work" },
  EMBEDDING_FAILED: { retry: "later", status: 500, title: "The model that turns texts into vectors does not work" },
  PICTURE_UNDESCRIBED: { retry: "later", status: 500, title: "The model that describes pictures does not work" },
  CONSENT_MISSING: { retry: "after_fix", status: 409, title: "Nobody agreed to this, or the agreement was withdrawn" },
  // delivery
  DELIVERY_REFUSED: { retry: "after_fix", status: 502, title: "The CRM refused the result" },
  DELIVERY_UNREACHABLE: { retry: "later", status: 502, title: "The CRM could not be reached" },
  DELIVERY_DISABLED: { retry: "after_fix", status: 502, title: "The CRM asked for no more results" },
  DELIVERY_EXHAUSTED: { retry: "after_fix", status: 502, title: "The CRM did not take the result in three days" },
  // queue and store
  JOB_POISONED: { retry: "after_fix", status: 500, title: "The job ended the process three times" },
  JOB_EXHAUSTED: { retry: "after_fix", status: 500, title: "The job failed too often" },
  STORE_FROM_FUTURE: { retry: "after_fix", status: 500, title: "The database was written by a newer Earshot" },
  STORE_KEY_WRONG: { retry: "after_fix", status: 500, title: "The database key does not fit" },
  STORE_CORRUPT: { retry: "after_fix", status: 500, title: "The database is damaged" },
} as const satisfies Record<string, Kind>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Facts about an error for machines; never transcript text, names, numbers or secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined | readonly { path: string; message: string }[]>>;

/**
 * The one error class. `message` says what happened, to which thing, and what to do next, in one sentence for a person.
 * @example throw new AppError("MEDIA_NO_AUDIO", `No audio stream in ${name}; check that the telephone system exports audio`, { cause });
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { retry?: Retry; details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.retry = options.retry ?? ERROR_CATALOGUE[code].retry;
    this.details = options.details ?? {};
  }

  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }
}

/** Anything thrown, as an AppError: itself, or `code` with the original as cause. The text of foreign errors is kept out of `message`. */
export function toAppError(thrown: unknown, code: ErrorCode = "INTERNAL", message: string = ERROR_CATALOGUE[code].title): AppError {
  return thrown instanceof AppError ? thrown : new AppError(code, message, { cause: thrown });
}

/** The shape of `error` in the API. */
export interface ErrorView {
  code: string;
  message: string;
  retry: Retry;
}

/** @returns what a client sees of an error */
export function errorView(error: AppError): ErrorView {
  return { code: error.code, message: error.message, retry: error.retry };
}
