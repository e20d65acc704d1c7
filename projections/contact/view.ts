import type { CertificateNumber, ChannelId, ContactId, ConversationId, ErasureId, IsoTime, TenantId } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';

/** Collection `contact`, id = contact id. */
export type ContactView = {
  readonly tenant: TenantId;
  readonly contactId: ContactId;
  readonly channelId: ChannelId;
  readonly profileName: SealedHandle | null;
  readonly phone: SealedHandle | null;
  readonly bsuid: SealedHandle | null;
  readonly username: SealedHandle | null;
  readonly conversations: readonly ConversationId[];
  readonly startedAt: IsoTime;
  readonly erased: { readonly erasureId: ErasureId; readonly certificate: CertificateNumber; readonly at: IsoTime } | null;
};

export const CONTACT = 'contact';
