/** The dozen that come with the simulator. */
import { ARABIC_PEOPLE } from './people-arabic.ts';
import { ENGLISH_PEOPLE } from './people-english.ts';
import type { Personality } from './personality.ts';

export const PERSONALITIES: readonly Personality[] = [...ARABIC_PEOPLE, ...ENGLISH_PEOPLE].toSorted(
  (a, b) => a.startsAfterS - b.startsAfterS,
);
