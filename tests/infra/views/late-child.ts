// Reads where a generation stands, says so, and commits on top of it when it is told to: late, if it was stopped in between.
import { once } from 'node:events';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { list, put } from './samples.ts';

const [folder = ''] = process.argv.slice(2);
const { generations, close } = openViewGenerations({ folder, projections: [list] });
const live = (await generations.list()).find(({ state }) => state === 'live');
if (live === undefined) throw new Error('expected a live generation');
const views = await generations.open(live);
const { commits, checkpoint } = await views.progress();
process.stdout.write('read\n');
await once(process.stdin, 'data');
const done = await views.commit({ after: commits, checkpoint: checkpoint + 1n, writes: [put('others', 'a', { by: 'late' })] });
process.stdout.write(`${String(done)}\n`);
await views.close();
await close();
process.exit();
