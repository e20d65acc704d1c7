import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ContactId } from '#domain/ids.ts';
import { places } from '#infra/data-map/places.ts';
import { type Canary, type Find, phoneForms, searchFolder, searchText } from '#tests/support/canaries.ts';
import { handleCanaries, type Heard, ofCustomer, phone, planted } from '#tests/support/canary-workload.ts';
import { placesIn } from '#tests/support/data-places.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { conversationOf, must } from '#tests/support/organisation.ts';
import { newDataFolder, type RunningProduct, runProduct } from '#tests/support/running-product.ts';

describe('values that identify people', () => {
  // A folder for temporary files that nobody else writes to, so that all of it can be read.
  const folder = newDataFolder();
  const [dataFolder, temporary] = [join(folder, 'data'), join(folder, 'tmp')];
  const canaries: Canary[] = [...Object.values(planted), ...phoneForms('phone', phone)];
  const heard: Heard[] = [];
  let running: RunningProduct;
  let owner: Awaited<ReturnType<typeof handleCanaries>>['owner'];
  let contactId: ContactId;

  /** Asks every door that says something without a person's right to see it. */
  const listen = async () => {
    const { url } = running;
    const bearer = { authorization: `Bearer ${owner.token}` };
    const json = { ...bearer, 'content-type': 'application/json' };
    const ask = async (place: string, path: string, init: RequestInit = {}) => {
      const response = await fetch(`${url}${path}`, init);
      heard.push({ place, text: `${JSON.stringify([...response.headers])} ${await response.text()}` });
    };
    await ask('metrics', '/metrics');
    await ask('health', '/health/ready');
    await ask('live', '/health/live');
    await ask('open api', '/api/openapi.json');
    await ask('unknown route', `/api/v1/${planted.body.value}`, { headers: bearer });
    await ask('bad id', `/api/v1/conversations/${planted.body.value}`, { headers: bearer });
    await ask('bad body', '/api/v1/people', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ [planted.body.value]: planted.reply.value, role: planted.note.value }),
    });
    await ask('broken body', '/api/v1/people', { method: 'POST', headers: json, body: `{"name": "${planted.body.value}` });
    await ask('bad query', `/api/v1/conversations?filter=${planted.body.value}`, { headers: bearer });
    await ask('bad cursor', `/api/v1/conversations?after=${planted.body.value}`, { headers: bearer });
    await ask('wrong sign-in', '/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${planted.ownerEmail.value}@x.example`, password: planted.wrongPassword.value }),
    });
    await ask('wrong token', '/api/v1/session', { headers: { authorization: `Bearer ${planted.accessToken.value}` } });
    await ask('audit facts', '/api/v1/audit?limit=100', { headers: bearer });
  };

  const stream = { text: '', end: new AbortController() };
  beforeAll(async () => {
    mkdirSync(temporary);
    for (const name of ['TMPDIR', 'SQLITE_TMPDIR']) vi.stubEnv(name, temporary);
    running = await runProduct({ dataFolder, logLevel: 'debug' });
    ({ owner, contactId } = await handleCanaries(running, canaries, heard));
    const response = await fetch(`${running.url}/api/v1/stream`, {
      headers: { authorization: `Bearer ${owner.token}` },
      signal: stream.end.signal,
    });
    void (async () => {
      for await (const chunk of response.body ?? []) stream.text += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await listen();
  });
  afterAll(async () => {
    stream.end.abort();
    await running.close();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The trail's answer names people to who may see them; every other door must be silent. */
  const said = (): readonly Find[] =>
    heard.filter(({ place }) => place !== 'audit facts').flatMap(({ place, text }) => searchText(canaries, place, text));
  const report = (): string => JSON.stringify(process.report.getReport());
  /** Everything that this run wrote: the data folder and the temporary one. */
  const written = () => searchFolder(canaries, folder);

  it('stand in no file, log line, answer, frame or report', () => {
    const { finds, files, bytes } = written();
    expect(finds).toEqual([]);
    expect(files).toBeGreaterThanOrEqual(6);
    expect(bytes).toBeGreaterThan(100_000);
    expect(searchText(canaries, 'log', running.lines.join('\n'))).toEqual([]);
    expect(running.lines.length).toBeGreaterThan(0);
    expect(said()).toEqual([]);
    // The report holds the process's own memory of names only as far as code has them: no header, no environment.
    expect(searchText(canaries, 'report', report())).toEqual([]);
  });

  it('stand only in places that the data map names, and each place of it is there', () => {
    const found = placesIn(dataFolder);
    expect(found.filter((each) => each.places.length !== 1)).toEqual([]);
    const kept = Object.entries(places).filter(([, { files }]) => files.length > 0);
    expect([...new Set(found.flatMap((each) => each.places))].sort()).toEqual(kept.map(([name]) => name).sort());
    writeFileSync(join(dataFolder, 'notes.txt'), 'a file that nobody named');
    expect(placesIn(dataFolder).filter((each) => each.places.length === 0)).toEqual([{ what: 'notes.txt', places: [] }]);
    rmSync(join(dataFolder, 'notes.txt'));
  });

  it('would be found in a write-ahead log, in a free page of a database, and in a temporary file', () => {
    const foundIn = () => [...new Set(written().finds.map(({ place }) => place))];
    const file = join(temporary, 'planted.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(x TEXT)');
    database.prepare('INSERT INTO t VALUES (?)').run(planted.note.value);
    expect(foundIn()).toEqual(['tmp/planted.db-wal']);
    database.exec('DELETE FROM t; PRAGMA wal_checkpoint(TRUNCATE); DROP TABLE t; PRAGMA wal_checkpoint(TRUNCATE)');
    expect(foundIn()).toEqual(['tmp/planted.db']);
    database.close();
    for (const name of readdirSync(temporary)) if (name.startsWith('planted')) rmSync(join(temporary, name));
    expect(written().finds).toEqual([]);
  });

  it('would be found by this search in every form', () => {
    const folder = join(dataFolder, 'planted');
    mkdirSync(folder);
    const value = planted.body.value;
    const arabic = planted.arabic.value;
    const forms: Readonly<Record<string, Buffer>> = {
      plain: Buffer.from(`xx${value}xx`),
      hex: Buffer.from(Buffer.from(value).toString('hex')),
      utf16: Buffer.from(`é${value}`, 'utf16le'),
      arabic: Buffer.from(`…${arabic}`),
      phone: Buffer.from(`+${phone}`),
      spaced: Buffer.from(`+${phone.slice(0, 2)} ${phone.slice(2, 5)} ${phone.slice(5)}`),
      base64a: Buffer.from(Buffer.from(`${value}z`).toString('base64')),
      base64b: Buffer.from(Buffer.from(`a${value}z`).toString('base64')),
      base64c: Buffer.from(Buffer.from(`ab${value}zz`).toString('base64url')),
    };
    for (const [name, bytes] of Object.entries(forms))
      writeFileSync(join(folder, name), Buffer.concat([randomBytes(5_000), bytes, randomBytes(5_000)]));
    const found = new Set(searchFolder(canaries, folder).finds.map(({ place }) => place));
    rmSync(folder, { recursive: true });
    expect([...found].sort()).toEqual(Object.keys(forms).sort());
  });

  it("stay found nowhere after the erasure, open nowhere, and the organisation's own values stay", async () => {
    const { application: app } = running;
    const before = await must(app.audit(owner.viewer, { limit: 200 }));
    expect(JSON.stringify(before.items)).toContain(planted.ownerName.value);
    const { erasure } = await eraseCustomer(app, owner.viewer, contactId);
    expect(erasure.verified).toMatchObject({ opened: 0, hits: 0 });
    expect(erasure.verified?.tried).toBeGreaterThan(15);
    expect(written().finds).toEqual([]);
    expect(searchText(canaries, 'log', running.lines.join('\n'))).toEqual([]);
    expect(searchText(canaries, 'frames', stream.text)).toEqual([]);
    expect(stream.text).toContain('event: changed');
    const own = canaries.filter(
      ({ name }) => name.startsWith('phone,') || name === 'phone' || ofCustomer.some((key) => planted[key].name === name),
    );
    const item = (await must(app.contact(owner.viewer, contactId))).contact;
    const shown = JSON.stringify([
      item,
      ...(await Promise.all(item.conversations.map(({ conversationId }) => conversationOf(app, owner.viewer, conversationId)))),
      await app.inbox(owner.viewer, { filter: 'open' }),
      await app.audit(owner.viewer, { limit: 200 }),
      await app.erasures(owner.viewer),
    ]);
    expect(searchText(own, 'pages', shown)).toEqual([]);
    expect(shown).toContain('"erased"');
    expect(
      (await must(app.people(owner.viewer))).people.some(({ name }) => name.state === 'value' && name.text === planted.agentName.value),
    ).toBe(true);
  });
});
