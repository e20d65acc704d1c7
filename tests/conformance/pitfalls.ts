/**
 * The twenty-one ways in which erasure by destroying keys has gone wrong elsewhere, and what this product does about each. `here`: planted in
 * `pitfalls.contract.test.ts`. `elsewhere`: planted in a suite that has what it needs (a whole product, processes, a browser); its title must
 * be found there. `not-yet`: the part that could fail is not in the product; the suite says so each time it runs.
 */
export type Answer =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly file: string; readonly title: string }
  | { readonly kind: 'not-yet'; readonly because: string };

export type Pitfall = { readonly number: number; readonly says: string; readonly answer: Answer };

const here: Answer = { kind: 'here' };
const elsewhere = (file: string, title: string): Answer => ({ kind: 'elsewhere', file, title });

export const pitfalls: readonly Pitfall[] = [
  {
    number: 1,
    says: 'a backup of the keys brings an erased person back',
    answer: elsewhere('tests/integration/restored-erasure.integration.test.ts', 'an older file put back under the log of now'),
  },
  { number: 2, says: 'a destroyed key looks like one that never was, and is minted again', answer: here },
  {
    number: 3,
    says: 'keys stay in a cache without end',
    answer: elsewhere('tests/infra/vaultstore/parts.unit.test.ts', 'forgets after its time, counted from the first use'),
  },
  { number: 4, says: 'a key that derives from its parent is computed again after it was destroyed', answer: here },
  { number: 5, says: 'every value has a key of its own, and their number breaks the keyring', answer: here },
  { number: 6, says: 'the destruction is a request to a key service, which can be revoked', answer: here },
  {
    number: 7,
    says: 'the plain text stands in views, search, logs, exports or a crash report',
    answer: elsewhere('tests/integration/canaries.integration.test.ts', 'stand in no file, log line, answer, frame or report'),
  },
  { number: 8, says: 'others who got the data keep their copies, and nobody is told', answer: here },
  { number: 9, says: 'the blind index links a person across organisations and fields', answer: here },
  { number: 10, says: 'the destroyed secret is still in a free page or the write-ahead log', answer: here },
  {
    number: 11,
    says: 'the database’s oplog, journal or pre-images keep what was removed',
    answer: { kind: 'not-yet', because: 'this release stores nothing in MongoDB' },
  },
  {
    number: 12,
    says: 'a nonce is used twice',
    answer: elsewhere('tests/vault/random.unit.test.ts', 'a source that repeats itself is refused'),
  },
  { number: 13, says: 'names of streams, ids or addresses identify the person', answer: here },
  { number: 14, says: 'a message belongs to two people, and the erasure of one takes it from the other', answer: here },
  { number: 15, says: 'a text about one person names another', answer: here },
  { number: 16, says: 'data is deleted on a way that destroys no key', answer: here },
  { number: 17, says: 'what cannot be opened is shown as blank', answer: here },
  { number: 18, says: 'the destruction itself is recorded nowhere', answer: here },
  { number: 19, says: 'the record of the erasure holds personal data', answer: here },
  { number: 20, says: 'secrets at rest are wrapped by an algorithm that a quantum computer opens', answer: here },
  { number: 21, says: 'the ciphertext stays for whoever finds the key later', answer: here },
];
