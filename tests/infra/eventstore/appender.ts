// A process of its own that appends without end and prints each acknowledged append: `<event id> <position>`. Killed by its tests.
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { newStream, statusEvent } from './sample-events.ts';

const [file = '', callers = '1', appends = 'endless'] = process.argv.slice(2);
const store = openSqliteEventStore({ file, catalogueOf });

const caller = async (): Promise<void> => {
  const stream = newStream();
  for (let count = 0; appends === 'endless' || count < Number(appends); count += 1) {
    const event = statusEvent();
    const result = await store.append(stream, count === 0 ? 'none' : BigInt(count - 1), [event]);
    if (result.kind !== 'appended') throw new Error('expected no conflict in a stream of its own');
    process.stdout.write(`${event.id} ${String(result.position)}\n`);
  }
};

await Promise.all(Array.from({ length: Number(callers) }, caller));
await store.close();
