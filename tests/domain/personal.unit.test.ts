import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ContactEvent } from '#domain/contact/events.ts';
import type { NewEvent } from '#domain/message.ts';
import { isPlain, plain, plainContent, plainText, present, type Sealed } from '#domain/personal.ts';
import type { ViewWrite } from '#domain/ports.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { AuditLine } from '#projections/audit/view.ts';
import type { ContactView } from '#projections/contact/view.ts';

const CANARY = 'canary-7f3a';
const value = plain(CANARY);

describe('a personal value in the clear', () => {
  it.each([
    ['JSON', () => JSON.stringify({ value })],
    ['a template', () => `text: ${value as unknown as string}`],
    ['inspection', () => inspect(value, { showHidden: true, depth: null, getters: true })],
    ['spread', () => JSON.stringify({ ...value })],
    ['its keys', () => JSON.stringify(Reflect.ownKeys(value))],
    ['a structured clone', () => inspect(structuredClone(value))],
    ['an error', () => inspect(new Error('wrong', { cause: value }))],
  ])('does not show in %s', (_, show) => expect(show()).not.toContain(CANARY));

  it('opens for the vault', () => expect([plainText(value), plainContent(value)]).toEqual([CANARY, CANARY]));
  it('holds bytes', () => expect(plainContent(plain(new Uint8Array([1, 2])))).toEqual(new Uint8Array([1, 2])));
  it('has no text when it holds bytes', () => expect(plainText(plain(new Uint8Array([1])))).toBe(''));
  it('cannot be made by copying', () => expect([isPlain(value), isPlain({ ...value }), isPlain(null)]).toEqual([true, false, false]));
  it('is left out of an event when it is not there', () => expect(Object.keys(present({ a: value, b: null }))).toEqual(['a']));

  it('does not compile where only sealed values may go', () => {
    // @ts-expect-error -- a sealed value
    const sealed: Sealed = value;
    // @ts-expect-error -- a view's handle
    const handle: SealedHandle = value;
    // @ts-expect-error -- an event for the store
    const personal: NewEvent['personal'] = { phone: value };
    // @ts-expect-error -- a sealed event
    const event: Extract<ContactEvent<'sealed'>, { type: 'ContactStarted' }>['personal'] = { phone: value };
    // @ts-expect-error -- a field of a view
    const phone: ContactView['phone'] = value;
    // @ts-expect-error -- a line of the trail
    const facts: AuditLine['facts'] = { phone: value };
    // @ts-expect-error -- text
    const text: string = value;
    // @ts-expect-error -- the name of a document, hence of a URL
    const id: ViewWrite['id'] = value;
    expect([sealed, handle, personal, event, phone, facts, text, id]).toHaveLength(8);
  });
});
