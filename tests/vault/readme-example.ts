import { randomBytes } from 'node:crypto';
import { type EventId, type Id, parseId, streamName } from '#domain/ids.ts';
import { openEnvelope, sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { deriveDek, keyCommitment, keyObject, SECRET_BYTES } from '#vault/keys.ts';
import { checkedRandom } from '#vault/random.ts';
import { openSecret, type SecretName, wrapSecret } from '#vault/wrap.ts';

const random = checkedRandom(randomBytes);
const newId = <Kind extends string>(): Id<Kind> => {
  const id = parseId<Kind>(Buffer.from(random(16)).toString('hex'));
  if (id === null) throw new Error('expected 32 hexadecimal digits');
  return id;
};

// One random secret per person and one per class and month. Kept: wrapped, beside the commitment that refuses its return.
const tenantKey = keyObject(random(SECRET_BYTES));
const [tenant, nour, kidS, kidB] = [newId<'tenant'>(), newId<'subject'>(), newId<'key'>(), newId<'key'>()];
const name: SecretName = { kind: 'subject', tenant, name: nour, keyId: kidS, shares: 1 };
const subjectSecret = random(SECRET_BYTES);
const bucketSecret = random(SECRET_BYTES);
const row = { wrapped: wrapSecret(tenantKey, name, subjectSecret, random(24)), commitment: keyCommitment(subjectSecret) };

// One value, bound to the one place where it belongs.
const event: EventId = newId();
const place = {
  tenant,
  subject: nour,
  class: 'message',
  period: '2026-11',
  stream: streamName(tenant, 'message', event),
  event,
  field: 'body',
} as const;
const context = sealContextBytes({ ...place, schema: 'MessageReceived/v1' }, { subject: kidS, bucket: kidB });
const sealed = sealEnvelope(deriveDek(keyObject(subjectSecret), bucketSecret), context, Buffer.from('Hello'), random(24));

// Later: unwrap, derive, open. Nothing in the row or the envelope chooses the key or the place.
const secret = openSecret(tenantKey, name, row.wrapped, row.commitment);
if (secret.kind === 'tampered') throw new Error(`the row does not hold this secret: ${secret.reason}`);
const opened = openEnvelope(deriveDek(keyObject(secret.bytes), bucketSecret), context, sealed);
export const text = opened.kind === 'opened' ? Buffer.from(opened.bytes).toString() : opened.reason;

// To erase Nour: overwrite `row.wrapped`, keep `row.commitment`. Whatever copy of `sealed` is left is noise.
row.wrapped.fill(0);
export const after = openSecret(tenantKey, name, row.wrapped, row.commitment).kind;
