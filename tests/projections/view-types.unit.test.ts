import { describe, expect, expectTypeOf, it } from 'vitest';
import type { IsFreeText } from '#domain/define-events.ts';
import { plain, type Plain } from '#domain/personal.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { AccountView } from '#projections/account/view.ts';
import { allProjections } from '#projections/all.ts';
import type { AuditLine } from '#projections/audit/view.ts';
import type { ChannelView } from '#projections/channel/view.ts';
import type { ContactView } from '#projections/contact/view.ts';
import type { Contribution, DashboardDay, DashboardNow } from '#projections/dashboard/view.ts';
import type { ErasureView } from '#projections/erasure/view.ts';
import type { InboxRow } from '#projections/inbox/view.ts';
import type { MemberView, OrganisationView } from '#projections/organisation/view.ts';
import type { MediaItem, OutboxItem } from '#projections/outbox/view.ts';
import type { ThreadEntry } from '#projections/thread/view.ts';

type IsAny<T> = 0 extends 1 & T ? true : false;
type Join<P extends string, K extends string> = P extends '' ? K : `${P}.${K}`;

/**
 * The places of a document in which free text could stand, or a plain value; `never` when there is none. A handle is taken as a whole: it is
 * made by `handleOf` alone.
 */
type Loose<T, P extends string = ''> =
  IsAny<T> extends true
    ? P
    : T extends Plain
      ? P
      : T extends string
        ? IsFreeText<T> extends true
          ? P
          : never
        : T extends number | boolean | bigint | null | undefined
          ? never
          : T extends SealedHandle
            ? never
            : T extends readonly (infer Item)[]
              ? Loose<Item, Join<P, '[]'>>
              : T extends object
                ? string extends keyof T
                  ? Join<P, '*'>
                  : { [K in keyof T & string]-?: Loose<T[K], Join<P, K>> }[keyof T & string]
                : P;

/** The document of every collection. */
type Documents = {
  organisation: OrganisationView;
  member: MemberView;
  account: AccountView;
  channel: ChannelView;
  contact: ContactView;
  inbox: InboxRow;
  thread: ThreadEntry;
  outbox: OutboxItem;
  mediaQueue: MediaItem;
  audit: AuditLine;
  erasure: ErasureView;
  contribution: Contribution;
  dashboardDay: DashboardDay;
  dashboardNow: DashboardNow;
};

/** Every text in a document that its type leaves open: codes, days, orders and keys that projections make of ids, codes and times. */
type Open = {
  channel: 'stopped.reason';
  inbox: 'preview.revision';
  thread: 'order' | 'media.failure' | 'failure.code';
  audit: 'subject' | 'type' | 'conversationId' | 'order' | 'actorId' | 'facts.*';
  erasure: 'reason';
  contribution: 'month' | 'days.*';
  dashboardDay: 'day' | 'counts.*';
  dashboardNow: 'counts.*';
};
type Known<C> = C extends keyof Open ? Open[C] : never;

describe('the documents of the views', () => {
  it('are all named here', () => {
    const collections = allProjections.flatMap((projection) => projection.collections.map(({ name }) => name));
    const named: readonly (keyof Documents)[] = [
      'organisation',
      'member',
      'account',
      'channel',
      'contact',
      'inbox',
      'thread',
      'outbox',
      'mediaQueue',
      'audit',
      'erasure',
      'contribution',
      'dashboardDay',
      'dashboardNow',
    ];
    expect(collections.sort()).toEqual([...named].sort());
  });

  it('have no place for a plain value, and for a text only where it is known', () => {
    expectTypeOf<{ [C in keyof Documents]: Loose<Documents[C]> }>().toEqualTypeOf<{ [C in keyof Documents]: Known<C> }>();
    expectTypeOf<Loose<ContactView & { readonly nick: Plain }>>().toEqualTypeOf<'nick'>();
    expectTypeOf<Loose<ContactView & { readonly nicks: readonly { readonly nick: string }[] }>>().toEqualTypeOf<'nicks.[].nick'>();
  });

  it('do not compile with a plain value where a handle stands', () => {
    const value = plain('canary');
    // @ts-expect-error -- a customer's phone
    const phone: ContactView['phone'] = value;
    // @ts-expect-error -- a note's text
    const note: Extract<ThreadEntry, { entry: 'note' }>['body'] = value;
    // @ts-expect-error -- a file waiting to be fetched
    const media: MediaItem['mediaId'] = value;
    // @ts-expect-error -- text in place of a handle
    const name: ContactView['name'] = 'Ada';
    expect([phone, note, media, name]).toHaveLength(4);
  });
});
