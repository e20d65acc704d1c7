/** Customers: the dozen that come with the simulator, and those made by hand. */
import { randomUUID } from 'node:crypto';
import { PERSONALITIES } from './scripts/personalities.ts';
import type { Customer, Language, World } from './world.ts';

/** Fixed ids, so that a page can link to them and a test can name them. */
export function seedCustomers(world: World): void {
  for (const person of PERSONALITIES) {
    addCustomer(world, {
      id: person.id,
      name: person.name,
      phone: person.phone,
      phoneHidden: person.phoneHidden,
      username: person.username,
      language: person.language,
      note: person.note,
      autoRead: true,
      personality: person,
    });
  }
}

export type NewCustomer = { readonly name: string; readonly phone: string; readonly phoneHidden: boolean; readonly language: Language };

export function newCustomer(world: World, given: NewCustomer): Customer {
  const note = { en: 'made by hand', ar: 'أُنشئ يدويًا' };
  const username = given.phoneHidden ? usernameOf(given.name) : null;
  return addCustomer(world, { ...given, id: randomUUID(), username, note, autoRead: true, personality: null });
}

function addCustomer(world: World, given: Omit<Customer, 'bsuidSeed'>): Customer {
  const customer: Customer = { ...given, bsuidSeed: `${given.id}:${given.phone}` };
  world.customers.set(customer.id, customer);
  return customer;
}

function usernameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '.')
    .replaceAll(/^\.|\.$/g, '');
  return plain === '' ? `user.${randomUUID().slice(0, 6)}` : plain;
}
