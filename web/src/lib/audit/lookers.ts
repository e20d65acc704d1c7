import type { AuditItem } from '#projections/pages.ts';
import type { Person } from '#projections/shown.ts';
import { classesOf, type ClassCode } from './classes.ts';

export type Look = 'full' | 'masked' | 'refused';
export type Looker = Readonly<{
  person: Person;
  purposes: readonly string[];
  seen: Readonly<Partial<Record<ClassCode, Look>>>;
  lastAt: string;
  events: number;
}>;

const rank = { refused: 1, masked: 2, full: 3 } as const satisfies Record<Look, number>;

/** Each person once, with the strongest look at each class; who looked last stands first. */
export function lookersOf(items: readonly AuditItem[]): readonly Looker[] {
  const byPerson = new Map<string, Looker>();
  for (const item of items) {
    // A search and a reached limit stand in the trail beside the looks, and are none.
    if ((item.type !== 'ValuesRevealed' && item.type !== 'RevealDenied') || item.actor.kind !== 'person') continue;
    const { person } = item.actor;
    byPerson.set(
      person.accountId,
      withLook(byPerson.get(person.accountId) ?? { person, purposes: [], seen: {}, lastAt: item.at, events: 0 }, item),
    );
  }
  return [...byPerson.values()].toSorted((a, b) => b.lastAt.localeCompare(a.lastAt));
}

function withLook(looker: Looker, item: AuditItem): Looker {
  const look = lookOf(item);
  const seen = { ...looker.seen };
  for (const one of classesOf(item.facts)) {
    const known = seen[one];
    if (known === undefined || rank[look] > rank[known]) seen[one] = look;
  }
  const purpose = String(item.facts['purpose'] ?? '');
  const purposes =
    look === 'full' && purpose !== '' && !looker.purposes.includes(purpose) ? [...looker.purposes, purpose] : looker.purposes;
  return { ...looker, seen, purposes, lastAt: item.at > looker.lastAt ? item.at : looker.lastAt, events: looker.events + 1 };
}

function lookOf(item: AuditItem): Look {
  if (item.type === 'RevealDenied') return 'refused';
  return item.facts['level'] === 'masked' ? 'masked' : 'full';
}

export function sawFull(looker: Looker): boolean {
  return Object.values(looker.seen).includes('full');
}
