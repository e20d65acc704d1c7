import type { CertificateNumber, ChannelId, ContactId, ErasureId } from '../ids.ts';
import type { Plain } from '../personal.ts';

export type ContactProfile = {
  readonly profileName: Plain | null;
  readonly phone: Plain | null;
  readonly bsuid: Plain | null;
  readonly username: Plain | null;
};

export type ContactCommand =
  | { readonly type: 'RecordContact'; readonly contactId: ContactId; readonly channelId: ChannelId; readonly profile: ContactProfile }
  | { readonly type: 'EraseContact'; readonly erasureId: ErasureId; readonly certificate: CertificateNumber };

/** Which of the given profile values are the same as the sealed ones already known; compared outside, by the machine. */
export type ContactFacts = { readonly unchanged: { readonly [K in keyof ContactProfile]: boolean } };
