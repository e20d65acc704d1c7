import { expect } from 'vitest';
import { join } from 'node:path';
import { allCatalogues } from '#domain/catalogue.ts';
import { storedSchema } from '#domain/define-events.ts';
import { erasureDecider } from '#domain/erasure/decider.ts';
import { parseId, parseStream } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { dataMap } from '#infra/data-map/data-map.ts';
import { CERTIFICATE_LIMITS } from '#vault/verify-statement.ts';
import { erase, id, mark, NOUR, OMAR, OTHER_TENANT, sealOne, START, TENANT } from '../infra/vaultstore/support.ts';
import { nameOf, routesOfApi } from '../support/api-routes.ts';
import { deciderSpec } from '../support/decider-spec.ts';
import { sampleCertificate, sampleDigest, sampleId } from '../support/sample.ts';
import { asBuffer, bytesIn, type Stage } from './stage.ts';

/** What goes wrong with the data itself, by the number of the pitfall. */
export const plantedInData: Readonly<Record<number, (stage: Stage) => Promise<void>>> = {
  8: async () => {
    const { recipients, fields } = dataMap();
    expect(recipients.map(({ name }) => name)).toEqual(['meta']);
    expect(recipients[0]?.fields).toEqual(
      fields.filter(({ sharedWith }) => sharedWith === 'meta').map(({ event, field }) => `${event}.${field}`),
    );
    expect(CERTIFICATE_LIMITS.join(' ')).toMatch(/copies that the recipients of messages and the operator of WhatsApp keep/);
  },
  9: async (stage) => {
    const number = plain('+20 100 123 4567');
    for (const [tenant, subject] of [
      [TENANT, NOUR],
      [OTHER_TENANT, OMAR],
    ] as const)
      await stage.vault.claim({
        tenant,
        identifiers: [
          { field: 'phone', value: number },
          { field: 'wamid', value: number },
        ],
        propose: subject,
        subject: null,
      });
    const tags = stage.rows('identity.db', 'SELECT tag FROM claims').map(({ tag }) => asBuffer(tag).toString('hex'));
    expect([tags.length, new Set(tags).size]).toEqual([4, 4]);
    const own = stage.rows('identity.db', `SELECT tag FROM claims WHERE subject = x'${NOUR}'`).map(({ tag }) => asBuffer(tag));
    await sealOne(stage.vault, 'hello');
    await erase(stage.vault);
    const left = stage.bytes();
    expect(own.map((tag) => left.includes(tag))).toEqual([false, false]);
    expect(await stage.vault.find(TENANT, { field: 'phone', value: number })).toBeNull();
    expect(await stage.vault.find(OTHER_TENANT, { field: 'phone', value: number })).toEqual({ id: OMAR });
  },
  13: async (stage) => {
    const phone = '201001234567';
    expect([parseId(phone.padStart(32, '0')) === null, parseId(`+${phone}`), parseStream(`${TENANT}.contact-${phone}`)]).toEqual([
      false,
      null,
      null,
    ]);
    // An id is 32 digits of chance: a number fits in them, so that ids are made by `newId` alone, and identifiers become tags.
    const claimed = await stage.vault.claim({
      tenant: TENANT,
      identifiers: [{ field: 'phone', value: plain(phone) }],
      propose: NOUR,
      subject: null,
    });
    expect(claimed).toEqual({ kind: 'claimed', id: NOUR, fresh: true });
    expect(stage.bytes().includes(phone)).toBe(false);
    const started = allCatalogues.contact['ContactStarted'];
    if (started === undefined) throw new Error('expected ContactStarted');
    const good = { data: { contactId: NOUR, channelId: OMAR, startedAt: START }, personal: {} };
    const takes = (data: object) => storedSchema(started).safeParse({ ...good, data }).success;
    expect([takes(good.data), takes({ ...good.data, contactId: phone }), takes({ ...good.data, phone })]).toEqual([true, false, false]);
  },
  14: async (stage) => {
    // A conversation is the customer's in both directions; who answered stands in it as an id, and has a key of their own.
    const theirs = dataMap().fields.filter(({ category }) => ['contact', 'conversation', 'message'].includes(category));
    expect([...new Set(theirs.map(({ subject }) => subject))]).toEqual(['customer']);
    const written = await sealOne(stage.vault, 'our answer', { event: id('answer') });
    const name = await sealOne(stage.vault, 'Mona', {
      subject: OMAR,
      class: 'profile',
      event: id('mona'),
      field: 'name',
      schema: 'AccountRegistered/v1',
    });
    await erase(stage.vault, OMAR);
    expect([await stage.open(written), (await stage.open(name))?.kind]).toEqual([{ kind: 'value', value: 'our answer' }, 'erased']);
  },
  15: async (stage) => {
    // Nobody can tell by machine whom a free text names. It is sealed under the person that it is about and goes with them; with the other it
    // stays, and neither file nor index knows that they are named in it.
    const note = await sealOne(stage.vault, 'her brother Omar called', { class: 'note', event: id('note') });
    await sealOne(stage.vault, 'hello', { subject: OMAR, event: id('omar wrote') });
    await erase(stage.vault, OMAR);
    expect(await stage.open(note)).toEqual({ kind: 'value', value: 'her brother Omar called' });
    expect(stage.bytes().includes('Omar')).toBe(false);
    await erase(stage.vault, NOUR);
    expect((await stage.open(note))?.kind).toBe('erased');
  },
  16: async (stage) => {
    // No route deletes a person's data; the one way is the erasure, and it records no removal before the key is gone.
    const deletes = (await routesOfApi()).filter(({ method }) => method === 'DELETE').map(nameOf);
    expect(deletes.length).toBeGreaterThan(0);
    expect(deletes.filter((name) => /contacts|conversations|messages|media|erasures/.test(name))).toEqual([]);
    const ids = { erasureId: sampleId<'erasure'>(1), contactId: sampleId<'contact'>(2) };
    const counts = { message: 1, profile: 0, media: 0, note: 0, ai: 0, audit: 0, credential: 0 };
    const ordered = {
      certificate: sampleCertificate,
      reason: 'objection',
      role: 'dpo',
      accountId: sampleId<'account'>(3),
      subjectHash: sampleDigest(4),
      counts,
      conversations: [],
    } as const;
    deciderSpec(erasureDecider)
      .given(
        { type: 'ErasureRequested', data: { ...ids, ...ordered, conversations: [], requestedAt: START }, personal: {} },
        { type: 'SubjectFenced', data: { ...ids, unlinkedIdentifiers: 0, acknowledgements: [], fencedAt: START }, personal: {} },
      )
      .when(
        { type: 'RecordRemoval', payloads: 1, mediaFiles: 0, identityRows: 0, streamsClosed: 1, at: START },
        { processes: [], contactKnown: true },
      )
      .thenRefused('conflict', 'step-out-of-order');
    // Nor does the vault remove anything while the key lives.
    const one = await sealOne(stage.vault, 'hello');
    await stage.vault.fence(TENANT, NOUR, mark());
    await expect(stage.vault.remove(TENANT, NOUR)).rejects.toMatchObject({ code: 'VAULT_NOT_DESTROYED' });
    expect(await stage.open(one)).toEqual({ kind: 'value', value: 'hello' });
    await erase(stage.vault);
    expect((await stage.open(one))?.kind).toBe('erased');
  },
  17: async (stage) => {
    const [missing, altered, blank] = [
      await sealOne(stage.vault, 'one', { event: id('1') }),
      await sealOne(stage.vault, 'two', { event: id('2') }),
      await sealOne(stage.vault, '', { event: id('3') }),
    ];
    stage.change('payloads.db', (database) => {
      database.exec(`DELETE FROM payloads WHERE ref = x'${missing.ref}'`);
      database.prepare(`UPDATE payloads SET envelope = ? WHERE ref = x'${altered.ref}'`).run(Buffer.alloc(200, 1));
    });
    expect(await stage.vault.open([missing, altered, blank])).toEqual([
      { kind: 'unavailable', reason: 'payload-missing' },
      { kind: 'tampered', reason: expect.any(String) },
      { kind: 'value', value: '' },
    ]);
  },
  19: async (stage) => {
    // `data` of an event takes no free text (it would not compile); what could be personal is declared so, and here nothing is.
    const told = Object.entries(allCatalogues).flatMap(([, catalogue]) =>
      Object.entries(catalogue).filter(([type]) => /Erased$|^Erasure|Destroyed$|Removed$|Fenced$/.test(type)),
    );
    expect(told.length).toBeGreaterThan(8);
    expect(told.filter(([, spec]) => Object.keys(spec.personal).length > 0)).toEqual([]);
    await sealOne(stage.vault, 'Nour Hassan');
    await erase(stage.vault);
    expect(stage.bytes().includes('Nour')).toBe(false);
  },
  21: async (stage) => {
    const text = await sealOne(stage.vault, 'hello');
    const file = await sealOne(stage.vault, new Uint8Array(100_000).fill(7), {
      class: 'media',
      event: id('file'),
      field: 'bytes',
      schema: 'MediaStored/v1',
    });
    const envelope = asBuffer(stage.rows('payloads.db', `SELECT envelope FROM payloads WHERE ref = x'${text.ref}'`)[0]?.['envelope']);
    const chunk = bytesIn(join(stage.path, 'media')).subarray(1_000, 1_064);
    expect([stage.bytes().includes(envelope), stage.bytes().includes(chunk)]).toEqual([true, true]);
    await erase(stage.vault);
    expect([stage.bytes().includes(envelope), stage.bytes().includes(chunk)]).toEqual([false, false]);
    expect((await stage.vault.open([text, file])).map((one) => one.kind)).toEqual(['erased', 'erased']);
  },
};
