import type { ContactFacts, ContactProfile } from '#domain/contact/commands.ts';
import { type Plain, plain, plainText } from '#domain/personal.ts';
import type { Sender } from '#infra/whatsapp/delivery.ts';
import type { Vault } from '#vault/vault.ts';
import type { Known } from './handle-command.ts';

const FIELDS = ['profileName', 'phone', 'bsuid', 'username'] as const satisfies readonly (keyof ContactProfile)[];

/** What a delivery says about its sender. */
export const profileOf = ({ profileName, phone, bsuid, username }: Sender): ContactProfile => ({
  profileName: orNull(profileName),
  phone: orNull(phone === undefined ? undefined : `+${phone.replace(/\D/gu, '')}`),
  bsuid: orNull(bsuid),
  username: orNull(username),
});

const orNull = (text: string | undefined): Plain | null => (text === undefined || text === '' ? null : plain(text));

/** Opens what is known for the machine itself (no person sees it) and compares. What the delivery does not say counts as unchanged. */
export const contactFacts = async (vault: Vault, known: Known, profile: ContactProfile): Promise<ContactFacts> => {
  const said = FIELDS.filter((field) => profile[field] !== null);
  const handles = said.flatMap((field) => known[field] ?? []);
  const opened = new Map(
    (await vault.open(handles)).map((each, index) => [handles[index]?.field, each.kind === 'value' ? each.value : null] as const),
  );
  const same = (field: (typeof FIELDS)[number]): boolean => {
    const value = profile[field];
    return value === null || opened.get(field) === plainText(value);
  };
  return { unchanged: { profileName: same('profileName'), phone: same('phone'), bsuid: same('bsuid'), username: same('username') } };
};
