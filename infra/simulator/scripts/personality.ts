/** A customer who writes by herself: openings in order, then replies to what the business says. */

export type Say =
  | { readonly text: string; readonly pauseMs?: number }
  | { readonly image: SampleImage; readonly caption?: string; readonly pauseMs?: number }
  | { readonly document: SampleDocument; readonly caption?: string; readonly pauseMs?: number };

export type SampleImage = 'table-scratch' | 'sofa' | 'parcel' | 'rash' | 'receipt' | 'chair-leg';
export type SampleDocument = 'invoice' | 'referral' | 'lab-result' | 'floor-plan';

export type Reply = {
  /** Matched against the business's text; each reply is used once. */
  readonly when: RegExp;
  readonly say: readonly Say[];
};

export type Personality = {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  readonly phoneHidden: boolean;
  readonly username: string | null;
  readonly language: 'ar' | 'en';
  readonly note: { readonly en: string; readonly ar: string };
  /** Seconds of natural time before the first message, so that a dozen do not write at once. */
  readonly startsAfterS: number;
  readonly opening: readonly Say[];
  readonly replies: readonly Reply[];
  /** When nothing matches: said in order, then silence. */
  readonly otherwise: readonly Say[];
  /** Sent when nobody answers for a minute of natural time. */
  readonly nudge?: Say;
};
