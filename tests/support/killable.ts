import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import type { ConversationId, TenantId } from '#domain/ids.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import type { InboxItem, InboxPage } from '#projections/pages.ts';
import { connectLine, type MessageItem, must, setUpOwner } from './organisation.ts';
import { apiClient, freePort, startProcess } from './product-process.ts';
import { newDataFolder, runProduct } from './running-product.ts';
import { simulatorClient } from './simulator-client.ts';

type Thread = { readonly entries: readonly { readonly entry: string }[]; readonly earlier: string | null };
const isMessage = (entry: { readonly entry: string }): entry is MessageItem => entry.entry === 'message';

const ASK_PAUSE_MS = 1_000;

export type Killable = Awaited<ReturnType<typeof startKillable>>;

/** An organisation with one number, whose product runs as a process that may be killed and comes back on the same folder and port. */
export const startKillable = async () => {
  const dataFolder = newDataFolder();
  const simulatorServer = await startSimulator({ port: 0, host: '127.0.0.1' });
  const simulator = simulatorClient(simulatorServer.url);
  const port = await freePort();
  const inside = await runProduct({ dataFolder, port, simulatorUrl: simulatorServer.url });
  const owner = await setUpOwner(inside.application);
  const { phoneNumberId } = await connectLine(inside, owner.viewer);
  const { token } = await must(inside.application.createToken(owner.viewer, 1));
  const vkey = await inside.product.operator.vkey(owner.viewer.tenant);
  await inside.close();

  const url = `http://127.0.0.1:${String(port)}`;
  const api = apiClient(url, token);
  const start = () => startProcess(dataFolder, simulatorServer.url, { port });
  let running = await start();
  const inbox = async (): Promise<readonly InboxItem[]> => (await api<InboxPage>('GET', '/conversations?limit=100'))?.body.items ?? [];
  const messages = async (conversationId: ConversationId): Promise<readonly MessageItem[]> => {
    const found: MessageItem[] = [];
    for (let before: string | null = ''; before !== null;) {
      const path: string = `/conversations/${conversationId}?limit=100${before === '' ? '' : `&before=${encodeURIComponent(before)}`}`;
      const page: { readonly status: number; readonly body: Thread } | null = await api<Thread>('GET', path);
      if (page?.status !== 200) return [];
      for (const entry of page.body.entries) if (isMessage(entry)) found.push(entry);
      before = page.body.earlier;
    }
    return found;
  };
  return {
    dataFolder,
    simulator,
    phoneNumberId,
    tenant: owner.viewer.tenant satisfies TenantId,
    vkey,
    api,
    inbox,
    messages,
    /** Asked again and again; without the pause the API's own limit would answer before long. */
    everything: async () => {
      await wait(ASK_PAUSE_MS);
      return (await Promise.all((await inbox()).map(({ conversationId }) => messages(conversationId)))).flat();
    },
    certificate: async (erasureId: string): Promise<Uint8Array> => {
      const response = await fetch(`${url}/api/v1/erasures/${erasureId}/certificate`, { headers: { authorization: `Bearer ${token}` } });
      return new Uint8Array(await response.arrayBuffer());
    },
    kill: () => running.kill(),
    restart: async () => {
      running = await start();
    },
    close: async () => {
      await running.kill();
      await simulatorServer.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
};

const ask = <T>(folder: string, use: (log: DatabaseSync) => T): T => {
  const log = new DatabaseSync(join(folder, 'events.db'));
  const answer = use(log);
  log.close();
  return answer;
};

/** The log itself: positions dense, revisions dense in each stream, no event twice. */
export const soundness = (folder: string) =>
  ask(folder, (log) => {
    const number = (sql: string): number => Number(Object.values(log.prepare(sql).get() ?? {})[0]);
    return {
      gaps: number('SELECT MAX(position) - COUNT(*) FROM events'),
      revisionGaps: number(
        'SELECT COUNT(*) FROM (SELECT 1 FROM events GROUP BY stream HAVING MAX(revision) <> COUNT(*) - 1 OR MIN(revision) <> 0)',
      ),
      twice: number('SELECT COUNT(*) - COUNT(DISTINCT id) FROM events'),
    };
  });
export const SOUND = { gaps: 0, revisionGaps: 0, twice: 0 };

/** The last event of the newest erasure that is not complete, or null: read from the log of a dead process. */
export const cutOffAt = (folder: string): string | null =>
  ask(folder, (log) => {
    const last = log
      .prepare(
        "SELECT e.type AS type FROM events e JOIN streams s ON s.key = e.stream WHERE s.name LIKE '%.erasure-%' ORDER BY e.position DESC LIMIT 1",
      )
      .get();
    const type = last === undefined ? null : String(last['type']);
    return type === 'ErasureCompleted' ? null : type;
  });
