import { describe, expect, it } from 'vitest';
import type { ViewWrite } from '#domain/ports.ts';
import { skipNewIds } from '#infra/projector/new-ids.ts';

/** A collection that counts what it was asked for. */
const collectionOf = (...ids: readonly string[]) => {
  const stored = new Set(ids);
  const asked: string[] = [];
  return {
    stored,
    asked,
    lastId: () => Promise.resolve([...stored].sort().at(-1) ?? null),
    getMany: <D extends object>(_collection: string, wanted: readonly string[]) => {
      asked.push(...wanted);
      const found = wanted.filter((id) => stored.has(id)).map((id) => [id, JSON.parse(`{"id":"${id}"}`) as D] as const);
      return Promise.resolve(new Map(found));
    },
  };
};
const write = (id: string, document: object | null = {}): ViewWrite => ({ collection: 'rows', id, document });

describe('documents that a batch asks for', () => {
  it('are looked up as far as they can be there', async () => {
    const views = collectionOf('a', 'c');
    const { reads } = skipNewIds(views);
    expect([...(await reads.getMany('rows', ['a', 'b', 'c', 'd'])).keys()]).toEqual(['a', 'c']);
    expect(views.asked).toEqual(['a', 'b', 'c']);
  });
  it('are found once they were written, also behind the last one, and also when the collection was empty', async () => {
    const views = collectionOf();
    const known = skipNewIds(views);
    await known.reads.getMany('rows', ['x']);
    expect(views.asked).toEqual([]);
    views.stored.add('x');
    known.written([write('x'), write('z', null)]);
    expect([...(await known.reads.getMany('rows', ['x', 'y'])).keys()]).toEqual(['x']);
    expect(views.asked).toEqual(['x']);
  });
  it('are looked up when the store may order them otherwise', async () => {
    const views = collectionOf('\uffee');
    const { reads } = skipNewIds(views);
    await reads.getMany('rows', ['😀', 'é', 'a']);
    expect(views.asked).toEqual(['😀', 'é', 'a']);
  });
  it('are found when somebody else wrote them, once that is known', async () => {
    const views = collectionOf('a');
    const known = skipNewIds(views);
    await known.reads.getMany('rows', ['b']);
    views.stored.add('b');
    known.forget();
    expect([...(await known.reads.getMany('rows', ['b'])).keys()]).toEqual(['b']);
  });
});
