import { rmSync } from 'node:fs';
import type { ConversationId } from '#domain/ids.ts';
import { now } from '#infra/app/context.ts';
import { openProcesses } from '#infra/processes/processes.ts';
import type { StartRole } from '#infra/processes/roles.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import type { InboxItem, InboxPage } from '#projections/pages.ts';
import { eventually } from './eventually.ts';
import { connectLine, type MessageItem, must, PASSWORD, setUpOwner } from './organisation.ts';
import { apiClient, freePort, type ProductProcess, startProcess } from './product-process.ts';
import { newDataFolder, runProduct } from './running-product.ts';
import { simulatorClient } from './simulator-client.ts';

type Thread = { readonly entries: readonly { readonly entry: string }[] };
const isMessage = (entry: { readonly entry: string }): entry is MessageItem => entry.entry === 'message';

export type RoleFolder = Awaited<ReturnType<typeof openRoleFolder>>;
export type RoleProcess = ProductProcess & { readonly id: string };

/** A data folder with an organisation and one number, on which a test starts processes of any role. */
export const openRoleFolder = async () => {
  const dataFolder = newDataFolder();
  const server = await startSimulator({ port: 0, host: '127.0.0.1' });
  const inside = await runProduct({ dataFolder, simulatorUrl: server.url });
  const owner = await setUpOwner(inside.application);
  const line = await connectLine(inside, owner.viewer);
  const { token } = await must(inside.application.createToken(owner.viewer, 1));
  await inside.close();
  const simulator = simulatorClient(server.url);
  // Looks on and holds no key: no erasure waits for it.
  const watcher = openProcesses({ folder: dataFolder, roles: ['cli'], holdsKeys: false, clock: { now } });
  const started: ProductProcess[] = [];

  const messagesOf = (url: string) => async (conversationId: ConversationId) =>
    ((await apiClient(url, token)<Thread>('GET', `/conversations/${conversationId}?limit=100`))?.body.entries ?? []).filter(isMessage);
  const inboxOf = (url: string) => async (): Promise<readonly InboxItem[]> =>
    (await apiClient(url, token)<InboxPage>('GET', '/conversations?limit=100'))?.body.items ?? [];

  return {
    dataFolder,
    simulator,
    simulatorUrl: server.url,
    line,
    owner,
    password: PASSWORD,
    token,
    watcher,
    start: async (role: StartRole): Promise<RoleProcess> => {
      const running = await startProcess(dataFolder, server.url, { port: await freePort(), environment: { VCONNECT_ROLE: role } });
      started.push(running);
      const own = watcher.living().find(({ pid }) => pid === running.pid);
      if (own === undefined) throw new Error('expected the process to be registered');
      return { ...running, id: own.id };
    },
    /** Which of these processes holds the lease; waits until one does. */
    holderOf: (lease: string, among: readonly RoleProcess[], timeoutMs?: number): Promise<RoleProcess> =>
      eventually(
        `one of them holds ${lease}`,
        () => {
          const holder = watcher.lease(lease).holder();
          return among.find(({ id }) => id === holder) ?? null;
        },
        timeoutMs,
      ),
    api: (url: string) => apiClient(url, token),
    inboxOf,
    messagesOf,
    everything: async (url: string): Promise<readonly MessageItem[]> => {
      const inbox = await inboxOf(url)();
      return (await Promise.all(inbox.map(({ conversationId }) => messagesOf(url)(conversationId)))).flat();
    },
    close: async () => {
      for (const each of started) {
        each.wake();
        await each.kill();
      }
      watcher.close();
      await server.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
};
