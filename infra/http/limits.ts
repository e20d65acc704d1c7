// The bounds of the server, each with its unit and its reason.
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Meta's stated limit of one webhook delivery; the same number as `MAX_WEBHOOK_BYTES` of infra/whatsapp (a test holds them together). */
export const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024;
/** WhatsApp's largest media that an agent sends (16 MB) and the rest of the form around it. */
export const MAX_UPLOAD_BYTES = 16 * 1024 * 1024;
export const MAX_FORM_BYTES = 17 * 1024 * 1024;
/** A reply is at most 4,096 characters; nothing else that JSON carries here is longer. */
export const MAX_JSON_BYTES = 256 * 1024;
export const MAX_HEADER_BYTES = 16 * 1024;

/** A client that has not sent its headers or its whole request by then holds a connection for nothing. */
export const HEADERS_TIMEOUT_MS = 15 * SECOND_MS;
export const REQUEST_TIMEOUT_MS = 2 * MINUTE_MS;
/** Longer than the 60 s of common proxies, so that the proxy closes first and never meets a closed connection. */
export const KEEP_ALIVE_MS = 65 * SECOND_MS;
/** What is under way at the end may take this long; then its connections are cut. */
export const CLOSE_TIMEOUT_MS = 5 * SECOND_MS;

/** When Meta should come again after a delivery that could not be made durable. */
export const RETRY_AFTER_SECONDS = 5;

/** Sign-ins of one address: enough for an office behind one address, too few to guess (argon2id takes 0.1 s besides). */
export const SIGN_IN_PER_MINUTE = 20;
/** Everything else of one address: a script that pages through an archive stays below it. */
export const REQUESTS_PER_MINUTE = 3_000;
export const RATE_WINDOW_MS = MINUTE_MS;
/** Addresses that the limiter remembers, in memory only. */
export const RATE_ADDRESSES = 10_000;

/** One tab holds one stream; a session with more open tabs than this loses the newest. */
export const STREAMS_PER_SESSION = 8;
export const STREAMS_IN_ALL = 2_000;
/** Below the 30 s of strict proxies; also how soon a stream notices that its session has ended. */
export const HEARTBEAT_MS = 15 * SECOND_MS;
/** A reader that falls behind by this much is cut off and loads anew: changes are hints, not data. */
export const STREAM_BACKLOG_BYTES = 256 * 1024;

/** Documents per page of a list. */
export const PAGE_LIMIT = 100;
