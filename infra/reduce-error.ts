export type ReducedError = {
  readonly name: string;
  readonly code: string | null;
  /** Only of the product's own faults, whose messages hold no value by rule. */
  readonly says: string | null;
  /** Where it was thrown: functions, files and lines, without the message that a stack begins with. */
  readonly frames: readonly string[];
  readonly cause: ReducedError | null;
};

const CAUSES = 3;
const FRAMES = 12;
/** As classes of errors are called; anything else that stands there may be a value. */
const NAME = /^[A-Z]\w{0,58}(?:Error|Fault|Exception)$|^Error$/;
/** As Node, SQLite and the product call what goes wrong: `ERR_INVALID_ARG_TYPE`, `ENOSPC`, `VAULT_NOT_REMOVED`. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
/** The product's faults of HTTP are called in small letters, as their answers are. */
const OWN_CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
/** `at name (file:1:2)` or `at file:1:2`. */
const FRAME = /^\s+at [^\n]{1,300}:\d+:\d+\)?$/;

/** What may be told of an error: messages of Node, SQLite, `JSON.parse` and libraries quote what they were given, and stay out. */
export const reduceError = (error: unknown, depth = 0): ReducedError => {
  if (!(error instanceof Error)) return { name: 'NotAnError', code: null, says: null, frames: [], cause: null };
  const name = NAME.test(error.name) ? error.name : 'Error';
  const form = error.name.endsWith('Fault') ? OWN_CODE : CODE;
  const code = 'code' in error && typeof error.code === 'string' && form.test(error.code) ? error.code : null;
  return {
    name,
    code,
    says: ownSentence(error),
    frames: framesOf(error),
    cause: error.cause === undefined || depth === CAUSES ? null : reduceError(error.cause, depth + 1),
  };
};

/** The message of a fault of the product (`…Fault` with a stable code), else null. */
export const ownSentence = (error: unknown): string | null =>
  error instanceof Error && error.name.endsWith('Fault') && 'code' in error && typeof error.code === 'string' ? error.message : null;

const framesOf = ({ stack = '', message }: Error): readonly string[] =>
  // A stack begins with the message, of which a line may look like a frame.
  stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim());
