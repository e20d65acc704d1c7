// Builds generation after generation and makes each live, until it is killed. Says each number once the switch is durable.
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { list, put, write } from './samples.ts';

const [folder = ''] = process.argv.slice(2);
const { generations } = openViewGenerations({ folder, projections: [list] });
for (;;) {
  const generation = await generations.begin(list.name, list.version);
  const views = await generations.open(generation);
  const v = generation.number;
  await write(
    views,
    Array.from({ length: 20 }, (_, n) => put('rows', `r${String(n)}`, { tenant: 't', at: n, v })),
  );
  await generations.markReady(generation);
  await generations.switchTo(generation);
  await views.close();
  process.stdout.write(`${String(v)}\n`);
}
