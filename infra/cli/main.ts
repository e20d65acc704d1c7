// The command line. `bin.mjs` and `npm start` import this file to run it; everything that can be tested stands in dispatch.ts.
import { dispatch } from './dispatch.ts';
import { createLog } from '../log.ts';
import { terminal } from './io.ts';
import { endOnUncaught } from './last-resort.ts';
import { realParts } from './parts.ts';
import { verbs } from './verbs.ts';

/** What a verb left open (a timer of a library, a keep-alive connection) must not keep a finished process. */
const LINGER_MS = 1_000;

// What this process writes is for its user alone: databases, sockets, certificates.
process.umask(0o077);
endOnUncaught(createLog('error'));
process.exitCode = await dispatch(verbs, process.argv.slice(2), realParts, terminal());
setTimeout(() => process.exit(), LINGER_MS).unref();
