import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** The terminal as verbs see it: results and talk apart, so that a pipe gets results alone. */
export type Io = {
  /** Results, on stdout. */
  readonly out: (line: string) => void;
  /** Talk, on stderr. */
  readonly say: (line: string) => void;
  /** Draws over the present line; only when `live`. */
  readonly draw: (text: string) => void;
  /** True when a person watches stderr. */
  readonly live: boolean;
  /** True when a person can answer. */
  readonly canAsk: boolean;
  readonly ask: (question: string) => Promise<string>;
  /** As `ask`, without showing what is typed. */
  readonly askHidden: (question: string) => Promise<string>;
  readonly readStdin: () => Promise<string>;
  /** Resolves with the name of the signal that asks the process to end. */
  readonly untilStopped: () => Promise<string>;
};

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const terminal = (): Io => {
  process.stdout.on('error', unlessReaderLeft);
  process.stderr.on('error', unlessReaderLeft);
  return io;
};

/** `vconnect … | head` closes the pipe early. That is no failure, and a server must not end because nobody reads its first line. */
const unlessReaderLeft = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

const io: Io = {
  out: (line) => void process.stdout.write(`${line}\n`),
  say: (line) => void process.stderr.write(`${line}\n`),
  draw: (drawn) => void process.stderr.write(`\r${drawn}\u001b[K`),
  live: process.stderr.isTTY,
  canAsk: process.stdin.isTTY && process.stderr.isTTY,
  ask: (question) => prompt(question, process.stderr),
  askHidden: async (question) => {
    process.stderr.write(question);
    const answer = await prompt('', new Writable({ write: (_chunk, _encoding, done) => done() }));
    process.stderr.write('\n');
    return answer;
  },
  readStdin: async () => (await text(process.stdin)).replace(/\r?\n$/, ''),
  untilStopped: () =>
    new Promise((resolve) => {
      for (const signal of STOP_SIGNALS) process.once(signal, () => resolve(signal));
    }),
};

const prompt = async (question: string, output: NodeJS.WritableStream): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
};
