import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type StreamName, streamName } from '#domain/ids.ts';
import { parkedOf, parkedWrite } from '#infra/projector/parked.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import { eventually } from '#tests/support/eventually.ts';
import { NOW } from '#tests/support/fake-values.ts';
import { type Desk, hire, inboxOf, type Member, must, openDesk } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { addNeighbour, type Neighbour } from '#tests/support/two-organisations.ts';

/** Sets a stream aside in the live generation, as the projector does when it meets an event that it cannot take in. */
const park = async (dataFolder: string, projection: string, stream: StreamName): Promise<void> => {
  const { generations, close } = openViewGenerations({ folder: join(dataFolder, 'views'), projections: allProjections });
  const live = (await generations.list()).find((one) => one.projection === projection && one.state === 'live');
  if (live === undefined) throw new Error('expected a live generation');
  const views = await generations.open(live);
  const poison = {
    stream,
    revision: 0n,
    position: 1n,
    eventType: 'ConversationOpened',
    code: 'TypeError',
    frames: ['at evolve (x.ts:1:1)'],
  };
  const parked = parkedWrite(parkedOf(projection, NOW, poison));
  // The projector commits meanwhile: whoever comes second looks again.
  await eventually('the stream is set aside', async () => {
    const { commits, checkpoint } = await views.progress();
    return views.commit({ after: commits, checkpoint, writes: [parked] });
  });
  await views.close();
  await close();
};

describe('read models as the owner of one of two organisations sees them', () => {
  let desk: Desk;
  let other: Neighbour;
  let admin: Member;
  let own: StreamName;
  let foreign: StreamName;
  const shown = async (member: Member) => must(desk.running.application.systemStatus(member.viewer));
  const takeUp = (member: Member, projection: string, stream: string) =>
    desk.running.application.replayParked(member.viewer, projection, stream);

  beforeAll(async () => {
    desk = await openDesk(await runProduct({ logLevel: 'info' }));
    const { application, simulator, dataFolder } = desk.running;
    admin = await hire(application, desk.owner.viewer, 'admin');
    const { conversationId } = await desk.writes(await simulator.newCustomer('Nadia'), { text: 'hello' });
    other = await addNeighbour(desk.running);
    const theirs = await simulator.newCustomer('Omar');
    await simulator.write(theirs, other.line.phoneNumberId, { text: 'their words' });
    const row = await eventually('their row stands', async () => (await inboxOf(application, other.owner.viewer))[0] ?? null);
    own = streamName(desk.owner.viewer.tenant, 'conversation', conversationId);
    foreign = streamName(other.owner.viewer.tenant, 'conversation', row.conversationId);
    for (const stream of [own, foreign]) await park(dataFolder, 'inbox', stream);
  });
  afterAll(() => desk.running.close());

  it('lists every read model with its generation, at the head of the log', async () => {
    await vi.waitFor(
      async () => {
        const { projections } = await shown(admin);
        expect(projections.map(({ name }) => name)).toEqual(allProjections.map(({ name }) => name));
        for (const one of projections) expect(one).toMatchObject({ generation: 1, lag: 0, fault: null, building: null, previous: null });
      },
      { timeout: 15_000, interval: 100 },
    );
  });

  it('shows what is set aside of the own organisation, and of the other not even that there is something', async () => {
    const [mine, theirs] = [await shown(desk.owner), await shown(other.owner)];
    expect(mine.parked.map(({ stream }) => stream)).toEqual([own]);
    expect(mine.parked[0]).toEqual({
      projection: 'inbox',
      stream: own,
      revision: 0,
      position: 1,
      eventType: 'ConversationOpened',
      code: 'TypeError',
      frames: ['at evolve (x.ts:1:1)'],
      parkedAt: NOW,
    });
    expect(theirs.parked.map(({ stream }) => stream)).toEqual([foreign]);
    expect(JSON.stringify(mine)).not.toContain(other.owner.viewer.tenant);
    expect(mine.projections).toEqual(theirs.projections.map((one) => ({ ...one, secondsSinceProgress: expect.any(Number) })));
  });

  it('answers 404 to another organisation’s stream, to a stream of nobody and to a list that is none, and touches nothing', async () => {
    for (const [projection, stream] of [
      ['inbox', foreign],
      ['inbox', 'none'],
      ['nothing', own],
    ] as const)
      expect(await takeUp(desk.owner, projection, stream)).toEqual({ ok: false, status: 404, code: 'not-found' });
    expect((await shown(other.owner)).parked).toHaveLength(1);
  });

  it('takes the own stream up again: the list is as if it had never stopped, and a line of the log says who did it', async () => {
    const before = await inboxOf(desk.running.application, desk.owner.viewer);
    expect(await takeUp(admin, 'inbox', own)).toEqual({ ok: true, outcome: 'caught-up' });
    expect((await shown(desk.owner)).parked).toEqual([]);
    expect(await inboxOf(desk.running.application, desk.owner.viewer)).toEqual(before);
    expect(await takeUp(admin, 'inbox', own)).toEqual({ ok: true, outcome: 'not-parked' });
    const line = desk.running.lines.find((each) => each.includes('projection.replayed'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      projection: 'inbox',
      stream: own,
      account: admin.viewer.accountId,
      state: 'caught-up',
    });
  });

  it('is no event of the trail', async () => {
    const { items } = await must(desk.running.application.audit(desk.owner.viewer, { limit: 100 }));
    expect(items.filter(({ type }) => /replay|taken/i.test(type))).toEqual([]);
  });

  it('over HTTP, the same: the list, the button, and 403 for whoever may not', async () => {
    const ask = (member: Member, path: string, init: RequestInit = {}) =>
      fetch(`${desk.running.url}/api/v1/system/projections${path}`, {
        ...init,
        headers: { authorization: `Bearer ${member.token}`, 'content-type': 'application/json' },
      });
    const replay = (member: Member, stream: string) => ask(member, '/inbox/replay', { method: 'POST', body: JSON.stringify({ stream }) });
    const agent = await hire(desk.running.application, desk.owner.viewer, 'agent');
    expect([(await ask(agent, '')).status, (await replay(agent, own)).status]).toEqual([403, 403]);
    const page = (await (await ask(other.owner, '')).json()) as { parked: readonly { stream: string }[] };
    expect(page.parked.map(({ stream }) => stream)).toEqual([foreign]);
    expect((await replay(desk.owner, foreign)).status).toBe(404);
    expect(await (await replay(other.owner, foreign)).json()).toEqual({ outcome: 'caught-up' });
  });
});
