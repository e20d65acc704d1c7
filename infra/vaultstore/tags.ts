import type { KeyObject } from 'node:crypto';
import type { IsoTime, TenantId } from '#domain/ids.ts';
import { plainText } from '#domain/personal.ts';
import { blindTag, DRAWERS, drawerOf, searchTag } from '#vault/blind-tag.ts';
import { normalIdentifier } from '#vault/normalise.ts';
import { VaultFault } from '#vault/fault.ts';
import { keyObject } from '#vault/keys.ts';
import { isOver, weekOf } from '#vault/seen-week.ts';
import type { Identifier, IdentityField, SearchField } from '#vault/vault.ts';
import type { SeenTag } from './identity-rows.ts';
import { createKeyCache } from './key-cache.ts';
import type { Keyring, Wanted } from './keyring.ts';

/** An identifier as the index knows it: its keyed tag, and its normal form for the weekly tags. */
export type Tagged = { readonly field: IdentityField; readonly normal: string; readonly tag: Uint8Array };
export type Tags = ReturnType<typeof createTags>;

/** Identifiers to tags, with the keys of the tenant's blind index. Keys are minted by `ensure`, never inside an index transaction. */
export const createTags = (keyring: Keyring, now: () => IsoTime) => {
  const keys = createKeyCache<KeyObject>();
  keyring.onChange(() => {
    keys.clear();
  });

  const keyOf = (wanted: Wanted): KeyObject | null => {
    const name = nameOf(wanted);
    const cached = keys.get(wanted.tenant, name);
    if (cached !== undefined) return cached;
    const found = keyring.find(wanted);
    if (found.kind === 'locked')
      throw new VaultFault('VAULT_KEY_DAMAGED', 'expected an index key that unwraps, got damaged bytes: restore the keyring');
    if (found.kind !== 'active') return null;
    const key = keyObject(found.secret);
    found.secret.fill(0);
    keys.set(wanted.tenant, name, key);
    return key;
  };

  const seenTag = (tenant: TenantId, week: number, { field, normal }: Tagged): SeenTag | null => {
    const key = keyOf(seenKey(tenant, week));
    return key === null ? null : { week, tag: blindTag(key, tenant, field, 'seen', normal) };
  };

  return {
    /** Mints what the claims of a batch need; durable on return. */
    ensure: (tenant: TenantId, fields: readonly IdentityField[], remember: boolean): void => {
      const wanted = fields.map((field) => claimKey(tenant, field));
      if (remember) wanted.push(seenKey(tenant, weekOf(Date.parse(now()))));
      keyring.ensure(wanted.filter((one) => keys.get(one.tenant, nameOf(one)) === undefined));
    },
    /** @returns null when the tenant has no key for this field yet: then nothing was ever claimed under it */
    tag: (tenant: TenantId, { field, value }: Identifier): Tagged | null => {
      const normal = normalIdentifier(field, plainText(value));
      const key = keyOf(claimKey(tenant, field));
      return key === null ? null : { field, normal, tag: blindTag(key, tenant, field, 'claim', normal) };
    },
    /** The tag to keep for later, under this week's key. */
    seenNow: (tenant: TenantId, tagged: Tagged): SeenTag | null => seenTag(tenant, weekOf(Date.parse(now())), tagged),
    /** The tags under every weekly key that is still alive. */
    seenAll: (tenant: TenantId, tagged: Tagged): readonly SeenTag[] => {
      const nowMs = Date.parse(now());
      const found: SeenTag[] = [];
      for (let week = weekOf(nowMs); !isOver(week, nowMs); week -= 1) {
        const seen = seenTag(tenant, week, tagged);
        if (seen !== null) found.push(seen);
      }
      return found;
    },
    /** Mints the keys of the search index that entries need; durable on return. */
    ensureSearch: (fields: readonly { readonly tenant: TenantId; readonly field: SearchField }[]): void => {
      keyring.ensure(
        fields.map(({ tenant, field }) => searchKey(tenant, field)).filter((one) => keys.get(one.tenant, nameOf(one)) === undefined),
      );
    },
    /** The tag of one word of one subject. @returns null when the tenant has no key for this field yet */
    wordOf: (tenant: TenantId, field: SearchField, subject: string, word: string): Uint8Array | null => {
      const key = keyOf(searchKey(tenant, field));
      return key === null ? null : searchTag(key, tenant, field, word, drawerOf(key, tenant, field, subject));
    },
    /** The tags of a word in all drawers: whoever has it has one of them. */
    wordOfAll: (tenant: TenantId, field: SearchField, word: string): readonly Uint8Array[] => {
      const key = keyOf(searchKey(tenant, field));
      return key === null ? [] : Array.from({ length: DRAWERS }, (_, drawer) => searchTag(key, tenant, field, word, drawer));
    },
    clear: (): void => {
      keys.clear();
    },
    sweep: keys.sweep,
  };
};

const nameOf = ({ kind, name }: Wanted): string => `${kind}/${name}`;
const searchKey = (tenant: string, field: SearchField): Wanted => ({ kind: 'blind', tenant, name: `${field}/search` });
const claimKey = (tenant: string, field: IdentityField): Wanted => ({ kind: 'blind', tenant, name: `${field}/claim` });
export const seenKey = (tenant: string, week: number): Wanted => ({ kind: 'seen', tenant, name: String(week) });
