import { parseId, streamName, type TenantId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { VaultFault } from '#vault/fault.ts';
import type { ClaimRequest, ClaimResult, Identifier, IdentityField, MessageClaim, MessageClaimResult } from '#vault/vault.ts';
import { createBatcher } from './batcher.ts';
import type { Claim, IdentityRows, SeenTag } from './identity-rows.ts';
import type { Keyring } from './keyring.ts';
import type { Payloads } from './payload-rows.ts';
import type { Tagged, Tags } from './tags.ts';
import { hexOf } from './values.ts';

const CALLS_PER_FLUSH = 256;

/** When known identifiers disagree, the one that belongs to the person alone decides; a number may have changed hands. */
const PREFERENCE: readonly IdentityField[] = ['bsuid', 'phone', 'email', 'phoneNumberId', 'wamid', 'conversation', 'reservation'];

type Parts = { readonly identity: IdentityRows; readonly payloads: Payloads; readonly keyring: Keyring; readonly tags: Tags };

/** Judges its input and mints keys when called, then gives what to do inside the index transaction. */
type Job<R> = () => () => R;

/** Claims of one turn of the event loop share one transaction; each answers for itself. */
export const createClaims = (parts: Parts) => {
  const { identity, tags } = parts;
  const batcher = createBatcher((jobs: readonly Job<void>[]) => {
    parts.keyring.refresh();
    const ready = jobs.map((job) => {
      try {
        return { kind: 'done' as const, value: job() };
      } catch (error) {
        return { kind: 'failed' as const, error };
      }
    });
    return identity.database.transact(() =>
      ready.map((one) => (one.kind === 'failed' ? one : { kind: 'done' as const, value: one.value() })),
    );
  }, CALLS_PER_FLUSH);

  const submit = async <R>(job: Job<R>): Promise<R> => {
    const results: R[] = [];
    await batcher.add(() => {
      const run = job();
      return () => {
        results.push(run());
      };
    });
    const [result] = results;
    if (result === undefined) throw new VaultFault('VAULT_STORE_FAILED', 'expected an answer to a claim');
    return result;
  };

  return {
    claim: (request: ClaimRequest): Promise<ClaimResult> => submit(() => prepareClaim(parts, request)),
    claimMessage: (request: MessageClaim): Promise<MessageClaimResult> => submit(() => prepareMessage(parts, request)),
    find: (tenant: TenantId, identifier: Identifier): { readonly id: string } | null => {
      parts.keyring.refresh();
      const one = tags.tag(tenant, identifier);
      const claim = one === null ? null : living(parts, tenant, one);
      return claim === null ? null : { id: claim.id };
    },
    close: batcher.close,
  };
};

const prepareClaim = (parts: Parts, request: ClaimRequest): (() => ClaimResult) => {
  const { tenant, propose, subject, identifiers, rememberAt } = request;
  needIds(tenant, propose, subject ?? propose);
  if (identifiers.length === 0) throw new VaultFault('VAULT_BAD_INPUT', 'expected a claim with at least one identifier');
  parts.tags.ensure(
    tenant,
    identifiers.map(({ field }) => field),
    rememberAt !== undefined,
  );
  const tagged = tagAll(parts, tenant, identifiers);
  return () => {
    if (subject !== null && parts.identity.fence(tenant, subject) !== null) return { kind: 'fenced', subject };
    if (rememberAt !== undefined && tagged.some((one) => wasSeen(parts, tenant, one))) return { kind: 'seen' };
    const known = knownClaim(parts, tenant, tagged);
    const claim = known ?? { id: propose, subject: subject ?? propose };
    link(parts, tenant, tagged, claim, rememberAt !== undefined);
    return { kind: 'claimed', id: claim.id, fresh: known === null };
  };
};

const prepareMessage = (parts: Parts, request: MessageClaim): (() => MessageClaimResult) => {
  const { tenant, sender, channelId, propose } = request;
  needIds(tenant, channelId, propose.contactId, propose.conversationId, propose.messageId);
  if (sender.length === 0) throw new VaultFault('VAULT_BAD_INPUT', 'expected a message with at least one identifier of its sender');
  parts.tags.ensure(tenant, [...sender.map(({ field }) => field), 'conversation', 'wamid'], true);
  const people = tagAll(parts, tenant, sender);
  const [wamid] = tagAll(parts, tenant, [{ field: 'wamid', value: request.wamid }]);
  if (wamid === undefined) throw new VaultFault('VAULT_BAD_INPUT', 'expected a message with its wamid');
  return () => {
    if (wasSeen(parts, tenant, wamid)) return { kind: 'seen' };
    const message = living(parts, tenant, wamid);
    // A message that is known stays with the contact it was first claimed for, whatever its sender's identifiers say by now.
    const contact = message === null ? claimed(parts, tenant, people, propose.contactId) : message.subject;
    const talk = tagAll(parts, tenant, [{ field: 'conversation', value: plain(`${contact}/${channelId}`) }]);
    const conversation = claimed(parts, tenant, talk, propose.conversationId, contact);
    const claim = message ?? { id: propose.messageId, subject: contact };
    link(parts, tenant, [wamid], claim, true);
    return {
      kind: 'claimed',
      contactId: idOf<'contact'>(contact),
      conversationId: idOf<'conversation'>(conversation),
      messageId: idOf<'message'>(claim.id),
      fresh: message === null,
    };
  };
};

const claimed = (parts: Parts, tenant: TenantId, tagged: readonly Tagged[], propose: string, subject: string = propose): string => {
  const claim = knownClaim(parts, tenant, tagged) ?? { id: propose, subject };
  link(parts, tenant, tagged, claim, false);
  return claim.id;
};

const knownClaim = (parts: Parts, tenant: TenantId, tagged: readonly Tagged[]): Claim | null => {
  for (const field of PREFERENCE) {
    for (const one of tagged) {
      const claim = one.field === field ? living(parts, tenant, one) : null;
      if (claim !== null) return claim;
    }
  }
  return null;
};

/** The claim of an identifier, unless its subject is fenced: then the identifier is free again. */
const living = ({ identity }: Parts, tenant: TenantId, { field, tag }: Tagged): Claim | null => {
  const claim = identity.find(tenant, field, tag);
  return claim === null || identity.fence(tenant, claim.subject) !== null ? null : claim;
};

/** Points every identifier that is free at `claim`; those known under another id stay as they are. */
const link = ({ identity, tags }: Parts, tenant: TenantId, tagged: readonly Tagged[], claim: Claim, remember: boolean): void => {
  const done = new Set<string>();
  for (const one of tagged) {
    const name = `${one.field}/${hexOf(one.tag)}`;
    const old = done.has(name) ? claim : identity.find(tenant, one.field, one.tag);
    done.add(name);
    if (old !== null && (old === claim || identity.fence(tenant, old.subject) === null)) continue;
    if (old !== null) identity.release(tenant, one.field, one.tag, old.subject);
    const seen: SeenTag | null = remember ? tags.seenNow(tenant, one) : null;
    identity.insert(tenant, one.field, one.tag, claim, seen);
  }
};

/**
 * True for what reached us before and was erased since: by the weekly tag, or by a claim whose subject is fenced. One exception: a message
 * that was claimed but not yet stored when the fence came is still in flight and must not be lost.
 */
const wasSeen = ({ identity, tags, payloads, keyring }: Parts, tenant: TenantId, tagged: Tagged): boolean => {
  const claim = identity.find(tenant, tagged.field, tagged.tag);
  if (claim === null) return tags.seenAll(tenant, tagged).some((seen) => identity.wasSeen(tenant, seen));
  if (identity.fence(tenant, claim.subject) === null) return false;
  const destroyed = keyring.find({ kind: 'subject', tenant, name: claim.subject }).kind === 'destroyed';
  return destroyed || payloads.holds(tenant, claim.subject, streamName(tenant, 'message', claim.id));
};

const tagAll = ({ tags }: Parts, tenant: TenantId, identifiers: readonly Identifier[]): readonly Tagged[] =>
  identifiers.map((identifier) => tags.tag(tenant, identifier)).filter((one) => one !== null);

const needIds = (...ids: readonly string[]): void => {
  if (ids.some((id) => parseId(id) === null)) throw new VaultFault('VAULT_BAD_INPUT', 'expected ids of 32 lower-case hexadecimal digits');
};

const idOf = <Kind extends string>(text: string) => {
  const id = parseId<Kind>(text);
  if (id === null) throw new VaultFault('VAULT_STORE_DAMAGED', 'expected a claim to hold an id: restore identity.db from a backup');
  return id;
};
