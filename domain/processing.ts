/**
 * Why personal values are processed, about whom, and who else gets them: the words in which each field of each event answers. The data map
 * and the register of processing (GDPR Article 30) are made from them. A code is stable; its sentence is what the officer reads.
 */
export const processingPurposes = {
  'answer-customers': 'Receive what customers write, and answer it',
  'recognise-customers': 'Know who writes, so that one person has one conversation',
  'find-customers': 'Find a customer by name, number or id',
  'take-messages-once': 'Take each message and each report once, however often it is delivered',
  'deliver-replies': 'Hand replies to WhatsApp, and know what became of them',
  'work-together': 'Let colleagues know what was agreed, and who did what',
  'sign-in': 'Let the right people sign in',
  'protect-accounts': 'Notice the misuse of an account',
  'connect-whatsapp': 'Send and receive with the organisation’s WhatsApp number',
  'name-the-organisation': 'Name the organisation and its numbers in its own pages',
} as const;
export type ProcessingPurpose = keyof typeof processingPurposes;

/** Whose data a field is, by the field of `data` that holds the subject's id. */
export const dataSubjects = {
  contactId: 'customer',
  accountId: 'member',
  channelId: 'channel',
  organisationId: 'organisation',
} as const;
export type SubjectField = keyof typeof dataSubjects;
export type DataSubject = (typeof dataSubjects)[SubjectField];

/** Identifiers that are also kept as keyed tags, to be found again without being read. */
export const taggedIdentifiers = ['phone', 'bsuid', 'email', 'phoneNumberId', 'wamid'] as const;
export type TaggedIdentifier = (typeof taggedIdentifiers)[number];

/** What the search index knows a person by; the value is opened for it by the machine, and kept as keyed tags of its words or of the whole. */
export const searchFields = ['name', 'username', 'phone', 'bsuid', 'email'] as const;
export type SearchedAs = (typeof searchFields)[number];

/** Who outside the organisation gets a value from this program. */
export const recipients = ['meta'] as const;
export type Recipient = (typeof recipients)[number];
