// The real command line, run by tests as a child process; only the pages are left out, so that nothing needs to be built.
import { dispatch } from '#infra/cli/dispatch.ts';
import { terminal } from '#infra/cli/io.ts';
import { endOnUncaught } from '#infra/cli/last-resort.ts';
import { realParts } from '#infra/cli/parts.ts';
import { verbs } from '#infra/cli/verbs.ts';
import { createLog } from '#infra/log.ts';

process.umask(0o077);
endOnUncaught(createLog('error'));
const parts = {
  ...realParts,
  webHandler: () => Promise.resolve((_request: unknown, response: { end: (text: string) => void }) => response.end('page')),
};
process.exitCode = await dispatch(verbs, process.argv.slice(2), parts, terminal());
