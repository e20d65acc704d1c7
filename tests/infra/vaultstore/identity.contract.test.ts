import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChannelId, type ContactId, type SubjectId, subjectOf } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { ClaimRequest, Identifier, MessageClaim, MessageClaimResult, Vault } from '#vault/vault.ts';
import { context, fixedClock, folder, id, mark, NOUR, OMAR, openVault, OTHER_TENANT, request, START, TENANT, unique } from './support.ts';

let place = folder();
let clock = fixedClock();
let vault: Vault;

beforeEach(async () => {
  place = folder();
  clock = fixedClock();
  vault = await openVault(place.path, { clock });
});
afterEach(async () => {
  await vault.close();
  place.remove();
});

const phone = (value: string): Identifier => ({ field: 'phone', value: plain(value) });
const bsuid = (value: string): Identifier => ({ field: 'bsuid', value: plain(value) });
const claim = (identifiers: readonly Identifier[], propose: string, over: Partial<ClaimRequest> = {}) =>
  vault.claim({ tenant: TENANT, identifiers, propose, subject: null, ...over });

const CHANNEL: ChannelId = id('channel');
const message = (
  wamid: string,
  sender: readonly Identifier[] = [phone('20100')],
  over: Partial<MessageClaim> = {},
): Promise<MessageClaimResult> =>
  vault.claimMessage({
    tenant: TENANT,
    sender,
    channelId: CHANNEL,
    wamid: plain(wamid),
    propose: { contactId: id(unique()), conversationId: id(unique()), messageId: id(unique()) },
    at: clock.now(),
    ...over,
  });

const claimed = (result: MessageClaimResult) => {
  if (result.kind !== 'claimed') throw new Error('expected a claimed message');
  return result;
};

/** Seals a body for a claimed message, as the way in does next. */
const store = async ({ contactId, messageId }: { readonly contactId: ContactId; readonly messageId: string }): Promise<string> => {
  const stream = context({ event: id('x') }).stream.replace(/-.*/, `-${messageId}`) as ReturnType<typeof context>['stream'];
  return (await vault.seal([request('body', { subject: subjectOf(contactId), stream })])).kind;
};

const eraseContact = async (subject: SubjectId): Promise<void> => {
  await vault.fence(TENANT, subject, mark());
  await vault.destroy(TENANT, subject, START);
  await vault.remove(TENANT, subject);
};

describe('claims', () => {
  test('the first claim wins, however the number is written; others learn its id', async () => {
    expect(await claim([phone('+20 (100) 12')], NOUR)).toEqual({ kind: 'claimed', id: NOUR, fresh: true });
    expect(await claim([phone('002010012')], OMAR)).toEqual({ kind: 'claimed', id: NOUR, fresh: false });
    expect(await vault.find(TENANT, phone('٢٠١٠٠١٢'))).toEqual({ id: NOUR });
    expect(await vault.find(TENANT, phone('999'))).toBeNull();
  });

  test('fifty claims of one number at once reserve one id', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, () => claim([phone('20100')], id(unique()))));
    expect(new Set(results.map((one) => (one.kind === 'claimed' ? one.id : one.kind))).size).toBe(1);
    expect(results.filter((one) => one.kind === 'claimed' && one.fresh)).toHaveLength(1);
  });

  test('two vaults on the same files agree, as two processes would', async () => {
    const other = await openVault(place.path, { clock });
    const both = await Promise.all([
      claim([phone('1')], NOUR),
      other.claim({ tenant: TENANT, identifiers: [phone('1')], propose: OMAR, subject: null }),
    ]);
    expect(new Set(both.map((one) => (one.kind === 'claimed' ? one.id : '')))).toHaveLength(1);
    await other.close();
  });

  test('the same number in two organisations is two people, and their rows share no tag', async () => {
    await claim([phone('20100')], NOUR);
    expect(await vault.find(OTHER_TENANT, phone('20100'))).toBeNull();
    expect(await claim([phone('20100')], OMAR, { tenant: OTHER_TENANT })).toMatchObject({ id: OMAR, fresh: true });
  });

  test('an unknown identifier is linked to the known one; when two disagree the BSUID decides and the number stays where it was', async () => {
    await claim([phone('1')], NOUR);
    expect(await claim([bsuid('b'), phone('1')], OMAR)).toMatchObject({ id: NOUR });
    expect(await vault.find(TENANT, bsuid('b'))).toEqual({ id: NOUR });
    await claim([phone('2')], OMAR);
    expect(await claim([phone('2'), bsuid('b')], id('third'))).toMatchObject({ id: NOUR, fresh: false });
    expect(await vault.find(TENANT, phone('2'))).toEqual({ id: OMAR });
  });

  test('an identifier without content fails alone', async () => {
    const bad = claim([phone('none')], NOUR);
    const good = claim([phone('1')], OMAR);
    await expect(bad).rejects.toMatchObject({ code: 'VAULT_BAD_IDENTIFIER' });
    expect(await good).toMatchObject({ id: OMAR });
  });
});

describe('messages', () => {
  test('sender, conversation and message are claimed together; a redelivery finds the same three', async () => {
    const first = claimed(await message('w1'));
    expect(first.fresh).toBe(true);
    expect(claimed(await message('w1'))).toEqual({ ...first, fresh: false });
    const second = claimed(await message('w2'));
    expect(second).toMatchObject({ contactId: first.contactId, conversationId: first.conversationId, fresh: true });
    expect(second.messageId).not.toBe(first.messageId);
    expect(claimed(await message('w3', [phone('20100')], { channelId: id('another channel') })).conversationId).not.toBe(
      first.conversationId,
    );
  });

  test('twenty deliveries of one first message at once make one contact, one conversation, one message', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => message('w1', [bsuid('b'), phone('20100')])));
    const names = results.map((one) => `${claimed(one).contactId} ${claimed(one).conversationId} ${claimed(one).messageId}`);
    expect(new Set(names).size).toBe(1);
    expect(results.filter((one) => claimed(one).fresh)).toHaveLength(1);
  });

  test('a message known by its wamid stays with its contact though the sender’s number is new', async () => {
    const first = claimed(await message('w1'));
    expect(claimed(await message('w1', [phone('999')]))).toEqual({ ...first, fresh: false });
    expect(await vault.find(TENANT, phone('999'))).toBeNull();
  });
});

describe('after an erasure', () => {
  test('a redelivery is dropped and claims nothing; a new message starts a new contact', async () => {
    const first = claimed(await message('w1'));
    await store(first);
    await eraseContact(subjectOf(first.contactId));
    expect(await message('w1')).toEqual({ kind: 'seen' });
    expect(await vault.find(TENANT, phone('20100'))).toBeNull();
    const next = claimed(await message('w2'));
    expect(next.contactId).not.toBe(first.contactId);
    expect(next.fresh).toBe(true);
  });

  test('the same holds between the fence and the removal', async () => {
    const first = claimed(await message('w1'));
    await store(first);
    await vault.fence(TENANT, subjectOf(first.contactId), mark());
    expect(await message('w1')).toEqual({ kind: 'seen' });
    expect(claimed(await message('w2')).contactId).not.toBe(first.contactId);
  });

  test('a message that was claimed but not stored when the fence came is not lost: it starts the new contact', async () => {
    const first = claimed(await message('w1'));
    await vault.fence(TENANT, subjectOf(first.contactId), mark());
    expect(await store(first)).toBe('fenced');
    const again = claimed(await message('w1'));
    expect(again.contactId).not.toBe(first.contactId);
    expect(await store(again)).toBe('sealed');
  });

  test('a claim for the erased subject is refused and writes nothing', async () => {
    await claim([phone('1')], NOUR);
    await vault.fence(TENANT, NOUR, mark());
    const wamid: Identifier = { field: 'wamid', value: plain('w9') };
    expect(await claim([wamid], id('m'), { subject: NOUR, rememberAt: START })).toEqual({ kind: 'fenced', subject: NOUR });
    expect(await vault.find(TENANT, wamid)).toBeNull();
  });

  test('what was seen is forgotten when its weekly key is destroyed, 8 to 15 days later', async () => {
    const first = claimed(await message('w1'));
    await store(first);
    await eraseContact(subjectOf(first.contactId));
    clock.moveDays(8);
    expect(await vault.expireSeen(clock.now())).toBe(0);
    expect(await message('w1')).toEqual({ kind: 'seen' });
    clock.moveDays(7);
    expect(await vault.expireSeen(clock.now())).toBeGreaterThan(0);
    expect(await vault.expireSeen(clock.now())).toBe(0);
    expect(claimed(await message('w1')).fresh).toBe(true);
  });

  test('removal counts claims that new ones replaced too', async () => {
    const first = claimed(await message('w1'));
    const subject = subjectOf(first.contactId);
    await store(first);
    expect(await vault.fence(TENANT, subject, mark())).toEqual({ unlinkedIdentifiers: 2 });
    await message('w2');
    await vault.destroy(TENANT, subject, START);
    expect(await vault.remove(TENANT, subject)).toMatchObject({ identityRows: 3 });
  });
});
