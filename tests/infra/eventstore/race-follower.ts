// A process that follows the log from a position and prints each event: `<position> <id>`. Killed and started again by its test.
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';

const [file = '', after = '0'] = process.argv.slice(2);
const reader = openSqliteLogReader({ file, catalogueOf });
for await (const events of reader.subscribe(BigInt(after), { batch: 50, signal: new AbortController().signal })) {
  for (const event of events) process.stdout.write(`${String(event.position)} ${event.id}\n`);
}
