import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Change } from '#infra/app/product.ts';
import { STREAMS_PER_SESSION } from '#infra/http/limits.ts';
import { ids } from '#tests/support/fake-values.ts';
import { get, openFront } from './open-front.ts';

describe('the stream of changes', () => {
  const change = (tenant: Change['views'][number]['tenant'], id: string): Change => ({
    position: '9',
    missed: false,
    views: [{ tenant, collection: 'inbox', id }],
  });
  const listen = async (url: string, token: string) => {
    const asking = ask(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` }, agent: false });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return {
      response,
      text: () => text,
      until: async (part: string) => {
        for (let n = 0; n < 200 && !text.includes(part); n += 1) await sleep(10);
        return text;
      },
      stop: () => asking.destroy(),
    };
  };

  it('tells of changes of the own organisation only', async () => {
    const { url, signIn, change: publish } = await openFront();
    const stream = await listen(url, signIn('agent'));
    expect(stream.response.headers['content-type']).toBe('text/event-stream');
    publish(change(ids.otherTenant, 'theirs'));
    publish({ position: '10', missed: false, views: [...change(ids.otherTenant, 'theirs').views, ...change(ids.tenant, 'ours').views] });
    const text = await stream.until('ours');
    expect(text).toContain('event: changed\nid: 10\ndata: {"position":"10","views":[{"name":"inbox","id":"ours"}]}\n\n');
    expect(text).not.toContain('theirs');
    stream.stop();
  });

  it('ends when more changed than could be followed, so that the page comes back and reads everything anew', async () => {
    const { url, signIn, change: publish } = await openFront();
    const stream = await listen(url, signIn('agent'));
    publish({ position: '11', missed: true, views: [] });
    await once(stream.response, 'end');
    expect(stream.text()).not.toContain('event: ended');
  });

  it('needs a session', async () => {
    const { url } = await openFront();
    expect((await get(`${url}/api/v1/stream`)).status).toBe(401);
  });

  it('is limited per session', async () => {
    const { url, signIn } = await openFront();
    const token = signIn('agent');
    const streams = await Promise.all(Array.from({ length: STREAMS_PER_SESSION }, () => listen(url, token)));
    const more = await get(`${url}/api/v1/stream`, { authorization: `Bearer ${token}` });
    expect([more.status, JSON.parse(more.body).code]).toEqual([429, 'too-many-streams']);
    const other = await listen(url, signIn('agent'));
    expect(other.response.statusCode).toBe(200);
    for (const stream of [...streams, other]) stream.stop();
  });

  it('ends when the session ends, at the next beat', async () => {
    const { url, signIn, endSession } = await openFront({ heartbeatMs: 40 });
    const token = signIn('agent');
    const stream = await listen(url, token);
    await stream.until('still here');
    endSession(token);
    await once(stream.response, 'end');
    expect(stream.text()).toContain('event: ended');
  });

  it('ends when the server ends, and the server waits for nothing else', async () => {
    const { url, signIn, front, listeners } = await openFront();
    const stream = await listen(url, signIn('agent'));
    const ended = once(stream.response, 'end');
    const startedAt = performance.now();
    await Promise.all([front.close(), ended]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(listeners()).toBe(0);
  });
});
