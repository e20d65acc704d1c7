// The load of the chaos run, in a process of its own that nobody kills: customers and WhatsApp on one side, agents on the other.
import { agentsWork } from './agents.ts';
import { createCarrier } from './carrier.ts';
import { startCloud } from './cloud.ts';
import { customersWrite } from './customers.ts';
import { countsOf, newJournal, recordOf } from './journal.ts';
import type { Begin, FromLoad, ToLoad } from './load-protocol.ts';
import { type Random, randomOf } from './random.ts';
import { newStage, newWorks } from './stage.ts';
import { tellStatuses } from './statuses.ts';

const COUNTS_MS = 1_000;

const tell = (message: FromLoad): void => {
  process.send?.(message);
};
const journal = newJournal();
const stage = newStage();
// A fault of the load itself is not a finding about the product: the run ends.
const works = newWorks((error) => {
  throw error;
});
let cloudRandom: Random | null = null;
let onArrival: (messageId: string, wamid: string) => void = () => undefined;
const cloud = await startCloud({
  journal,
  random: () => (stage.isOver() ? null : cloudRandom),
  onArrival: (messageId, wamid) => onArrival(messageId, wamid),
});

const begin = ({ seed, urls, channelId, agents, customers, perSecond }: Begin): void => {
  const run = Date.now().toString(36);
  const named = (name: string): Random => randomOf(seed, name);
  cloudRandom = named('cloud');
  const carrier = createCarrier({ urls, channelId, random: named('carrier'), stage, works, journal });
  const random = named('statuses');
  onArrival = (messageId, wamid) => works.begin(tellStatuses(messageId, wamid, { carrier, random, journal }));
  const shared = { run, stage, works, journal };
  works.begin(customersWrite({ ...shared, count: customers, perSecond, carrier, random: named('customers') }));
  works.begin(agentsWork({ ...shared, urls, agents, random: named('agents') }));
};

/** Replies that still wait in the product arrive after everything else has ended: the record is told when the run asks for it again. */
const drain = async (withinMs: number): Promise<void> => {
  stage.drain(withinMs);
  await works.allDone();
  tell({ kind: 'counts', counts: countsOf(journal) });
  tell({ kind: 'record', record: recordOf(journal) });
};

process.on('message', (message: ToLoad) => {
  if (message.kind === 'begin') begin(message);
  else void drain(message.withinMs);
});
process.once('disconnect', () => process.exit());
setInterval(() => tell({ kind: 'counts', counts: countsOf(journal) }), COUNTS_MS).unref();
tell({ kind: 'listening', url: cloud.url });
