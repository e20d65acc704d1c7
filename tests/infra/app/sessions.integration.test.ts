import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#tests/support/eventually.ts';
import { hire, type Member, must, PASSWORD, setUpOwner } from '#tests/support/organisation.ts';
import { type RunningProduct, runProduct } from '#tests/support/running-product.ts';

describe('sessions and passwords', () => {
  let running: RunningProduct;
  let owner: Member;
  beforeAll(async () => {
    running = await runProduct({ heartbeatMs: 50 });
    owner = await setUpOwner(running.application);
  });
  afterAll(() => running.close());

  const signIn = (email: string, password = PASSWORD) =>
    running.application.signIn({ email, password, address: '203.0.113.7', device: 'test' });
  const asks = async (token: string): Promise<number> =>
    (await fetch(`${running.url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } })).status;
  const openStream = async (token: string) => {
    const stream = await fetch(`${running.url}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
    let text = '';
    const ended = (async () => {
      for await (const chunk of stream.body ?? []) text += Buffer.from(chunk).toString('utf8');
      return text;
    })();
    return { status: stream.status, ended };
  };

  it('lets one set-up win, however many press the button', async () => {
    const again = await running.application.setUp({
      organisation: 'Second',
      name: 'B',
      email: 'b@x.example',
      password: PASSWORD,
      address: null,
      device: null,
    });
    expect(again).toEqual({ ok: false, status: 409, code: 'already-set-up' });
    const fresh = await runProduct();
    const setUps = await Promise.all(
      [1, 2, 3].map((n) =>
        fresh.application.setUp({
          organisation: `House ${String(n)}`,
          name: 'N',
          email: `n${String(n)}@x.example`,
          password: PASSWORD,
          address: null,
          device: null,
        }),
      ),
    );
    expect((await fresh.product.operator.organisations()).length).toBe(1);
    expect(setUps.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1);
    const tenants = new Set(setUps.flatMap((answer) => (answer.ok ? [answer.viewer.tenant] : [])));
    expect(tenants.size).toBe(1);
    await fresh.close();
  });

  it('locks the account after five wrong passwords, and tells nobody whether an address is known', async () => {
    const person = await hire(running.application, owner.viewer, 'agent');
    const wrong: unknown[] = [];
    for (let n = 0; n < 5; n += 1) wrong.push(await signIn(person.email, 'not the password'));
    expect(wrong).toEqual(wrong.map(() => ({ ok: false, status: 401, code: 'wrong-credentials' })));
    expect(await signIn(person.email)).toEqual({ ok: false, status: 429, code: 'account-locked' });
    const unknown: unknown[] = [];
    for (let n = 0; n < 5; n += 1) unknown.push(await signIn(n % 2 === 0 ? 'nobody@x.example' : ' Nobody@X.example', 'not the password'));
    expect(unknown).toEqual(wrong);
    expect(await signIn('nobody@x.example')).toEqual({ ok: false, status: 429, code: 'account-locked' });
    expect(await signIn('another@x.example')).toEqual({ ok: false, status: 401, code: 'wrong-credentials' });
    // Whoever is in stays in.
    expect(await asks(person.token)).toBe(200);
  });

  it('ends a session that expired, and one that was revoked', async () => {
    const person = await hire(running.application, owner.viewer, 'agent');
    const second = await must(signIn(person.email));
    expect((await running.application.sessions(person.viewer)).length).toBe(2);
    await must(running.application.revokeSession(person.viewer, second.viewer.sessionId));
    expect([await asks(person.token), await asks(second.token)]).toEqual([200, 401]);
    const database = new DatabaseSync(join(running.dataFolder, 'sessions.db'));
    database
      .prepare('UPDATE session SET expires_at = ? WHERE session_id = ?')
      .run(new Date(Date.now() - 1).toISOString(), person.viewer.sessionId);
    database.close();
    expect(await asks(person.token)).toBe(401);
    expect(await running.application.session(person.token)).toBeNull();
  });

  it("takes a removed person's sessions, tokens and open streams at once", async () => {
    const person = await hire(running.application, owner.viewer, 'admin');
    const { token } = await must(running.application.createToken(person.viewer, 30));
    const stream = await openStream(person.token);
    expect([await asks(person.token), await asks(token), stream.status]).toEqual([200, 200, 200]);
    await must(running.application.removePerson(owner.viewer, person.viewer.accountId));
    expect([await asks(person.token), await asks(token)]).toEqual([401, 401]);
    expect(await stream.ended).toContain('event: ended');
    expect(await signIn(person.email)).toEqual({ ok: false, status: 401, code: 'wrong-credentials' });
  });

  it('lets a changed role count at once', async () => {
    const person = await hire(running.application, owner.viewer, 'admin');
    await must(running.application.changeRole(owner.viewer, person.viewer.accountId, 'auditor'));
    const response = await fetch(`${running.url}/api/v1/conversations`, { headers: { authorization: `Bearer ${person.token}` } });
    expect(response.status).toBe(403);
  });

  it('keeps the last owner', async () => {
    expect(await running.application.removePerson(owner.viewer, owner.viewer.accountId)).toMatchObject({ ok: false, status: 409 });
    expect(await running.application.changeRole(owner.viewer, owner.viewer.accountId, 'agent')).toMatchObject({ ok: false, status: 409 });
  });

  it('ends every session when the password changes', async () => {
    const person = await hire(running.application, owner.viewer, 'agent');
    await must(running.product.operator.setPassword(person.email, 'another long password'));
    expect(await asks(person.token)).toBe(401);
    expect(await signIn(person.email)).toMatchObject({ ok: false, status: 401 });
    expect((await signIn(person.email, 'another long password')).ok).toBe(true);
    await eventually('the trail says so', async () => {
      const { items } = await must(running.application.audit(owner.viewer, { kind: 'access', limit: 200 }));
      return items.some(({ type, facts }) => type === 'SessionEnded' && facts['reason'] === 'password-changed');
    });
  });
});
