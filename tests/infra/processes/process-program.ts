// One process of a data folder, for tests that kill and freeze it. Told what to do over IPC; says what happened.
import { parseTime } from '#domain/ids.ts';
import type { Held } from '#infra/processes/lease.ts';
import { openProcesses } from '#infra/processes/processes.ts';

const [folder = ''] = process.argv.slice(2);
const now = () => {
  const time = parseTime(new Date().toISOString());
  if (time === null) throw new Error('expected a time');
  return time;
};
const processes = openProcesses({ folder, roles: ['worker'], holdsKeys: true, clock: { now } });
const say = (said: string, more: object = {}): void => void process.send?.({ said, ...more });
const ending = new AbortController();
const running: Promise<void>[] = [];
let held: Held | null = null;

const hold = async (name: string): Promise<void> => {
  await processes.lease(name).whileHeld(ending.signal, async (tenure) => {
    held = tenure;
    say('held', { token: String(tenure.token) });
    await new Promise<void>((resolve) => tenure.signal.addEventListener('abort', () => resolve(), { once: true }));
    say('let-go');
  });
};

process.on('message', (message: { readonly order: string; readonly name?: string }) => {
  switch (message.order) {
    case 'hold':
      running.push(hold(message.name ?? ''));
      break;
    case 'still-held':
      say('still-held', { answer: held?.stillHeld() ?? false });
      break;
    case 'answer':
      processes.onForget(async (_tenant, subject) => {
        say('forgot', { subject });
        return true;
      });
      break;
    case 'stop':
      ending.abort();
      void Promise.all(running).then(() => {
        processes.close();
        process.disconnect();
      });
      break;
  }
});
say('ready', { id: processes.id });
