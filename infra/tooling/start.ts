// `npm start`: builds the web app if needed, then becomes the CLI's `start` with the same arguments. One process, so that
// Ctrl-C and SIGTERM reach the server itself and nothing stays behind.
import { ensureWebBuilt } from './build-web.ts';

const building = new AbortController();
const stopBuilding = (): void => {
  building.abort();
};
process.once('SIGINT', stopBuilding).once('SIGTERM', stopBuilding);

try {
  await ensureWebBuilt(building.signal);
} catch (error) {
  if (!building.signal.aborted) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(building.signal.aborted ? 130 : 1);
}
process.off('SIGINT', stopBuilding).off('SIGTERM', stopBuilding);

process.argv.splice(2, 0, 'start');
await import('#infra/cli/main.ts');
