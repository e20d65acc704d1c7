/** Lets scripted customers write, at a pace, and answer what the business writes. */
import type { CustomerContent, CustomerPhone } from '../customer-writes.ts';
import type { Hub } from '../hub.ts';
import { createTimers, type Timers } from '../time.ts';
import type { BusinessNumber, ChatMessage, Customer, World } from '../world.ts';
import type { Personality, Say } from './personality.ts';
import { sampleDocument, sampleImage } from './sample-media.ts';

/** A person types about five characters a second, and reads first. */
const TYPING_MS_PER_CHARACTER = 60;
const READING_MS = 1_800;
const SHORTEST_MS = 30;
const NUDGE_AFTER_MS = 60_000;

export type ScriptRunner = {
  /** `pace` 1 is natural; 10 is ten times faster. Answers how many began. */
  readonly start: (number: BusinessNumber, customers: readonly Customer[], pace: number) => number;
  readonly stop: () => void;
  readonly running: () => readonly string[];
};

type Parts = { readonly world: World; readonly hub: Hub; readonly phone: CustomerPhone };

type Play = {
  readonly person: Personality;
  readonly customer: Customer;
  readonly number: BusinessNumber;
  readonly pace: number;
  readonly usedReplies: Set<number>;
  otherwiseUsed: number;
  answered: boolean;
  /** Her earlier messages go out before later ones. */
  busyUntil: number;
};

export function createScriptRunner({ world, hub, phone }: Parts): ScriptRunner {
  const plays = new Map<string, Play>();
  let timers: Timers = createTimers();

  const say = (play: Play, lines: readonly Say[]): void => {
    for (const line of lines) {
      const wait = Math.max(SHORTEST_MS, (READING_MS + (line.pauseMs ?? 0) + typingMs(line)) / play.pace);
      play.busyUntil = Math.max(performance.now(), play.busyUntil) + wait;
      timers.after(play.busyUntil - performance.now(), () => {
        phone.write(play.customer, play.number, contentOf(line));
      });
    }
  };

  const answer = (message: ChatMessage): void => {
    const play = plays.get(message.customerId);
    if (play === undefined || message.phoneNumberId !== play.number.phoneNumberId) return;
    play.answered = true;
    const text = message.text ?? message.filename ?? '';
    const index = play.person.replies.findIndex((reply, at) => !play.usedReplies.has(at) && reply.when.test(text));
    const reply = play.person.replies[index];
    if (reply !== undefined) {
      play.usedReplies.add(index);
      return say(play, reply.say);
    }
    const other = play.person.otherwise[play.otherwiseUsed];
    play.otherwiseUsed += 1;
    if (other !== undefined) say(play, [other]);
  };

  // A person answers what she has read, never what did not arrive.
  hub.listen((news) => {
    if (news.type !== 'message-state' || news.state !== 'read') return;
    const message = world.byWamid.get(news.wamid);
    if (message?.author === 'business') answer(message);
  });

  const begin = (play: Play): void => {
    timers.after((play.person.startsAfterS * 1_000) / play.pace, () => {
      say(play, play.person.opening);
      const { nudge } = play.person;
      if (nudge === undefined) return;
      timers.after(play.busyUntil - performance.now() + NUDGE_AFTER_MS / play.pace, () => {
        if (!play.answered) say(play, [nudge]);
      });
    });
  };

  return {
    start: (number, customers, pace) => {
      let begun = 0;
      for (const customer of customers) {
        const person = customer.personality;
        if (person === null) continue;
        const play: Play = { person, customer, number, pace, usedReplies: new Set(), otherwiseUsed: 0, answered: false, busyUntil: 0 };
        plays.set(customer.id, play);
        begin(play);
        begun += 1;
      }
      hub.tell({ type: 'changed' });
      return begun;
    },
    stop: () => {
      timers.clear();
      timers = createTimers();
      plays.clear();
      hub.tell({ type: 'changed' });
    },
    running: () => [...plays.keys()],
  };
}

function typingMs(line: Say): number {
  if ('text' in line) return line.text.length * TYPING_MS_PER_CHARACTER;
  return (line.caption ?? '').length * TYPING_MS_PER_CHARACTER + 2_000;
}

function contentOf(line: Say): CustomerContent {
  if ('text' in line) return { kind: 'text', text: line.text };
  const caption = line.caption ?? null;
  if ('image' in line) return { kind: 'image', bytes: sampleImage(line.image), mimeType: 'image/png', caption };
  const { bytes, filename } = sampleDocument(line.document);
  return { kind: 'document', bytes, filename, mimeType: 'application/pdf', caption };
}
