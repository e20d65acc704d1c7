/** What an erasure gives to the officer once. Held in this page's memory between two pages, and gone when taken or reloaded. */
export type Salt = Readonly<{ erasureId: string; contactId: string; certificate: string; salt: string }>;

let held: Salt | undefined;

export function handOver(salt: Salt): void {
  held = salt;
}

export function takeOver(erasureId: string): Salt | undefined {
  const taken = held?.erasureId === erasureId ? held : undefined;
  held = undefined;
  return taken;
}

/** The file that goes to the person: a random id and the salt, no personal value. */
export function saltFile({ certificate, contactId, salt }: Salt): { readonly name: string; readonly text: string } {
  return { name: `subject-salt-${certificate}.json`, text: `${JSON.stringify({ certificate, contactId, salt }, null, 2)}\n` };
}
