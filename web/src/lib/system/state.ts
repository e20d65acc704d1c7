import type { ReadModelItem } from '#projections/system/page.ts';

export type ListState = 'held' | 'preparing' | 'still' | 'behind' | 'current';

/** Behind and not moving for so long is more than a burst of messages; the health page says the same. */
const stuckSeconds = 30;

/** What matters most about a list now. */
export function stateOf({ fault, generation, lag, secondsSinceProgress }: ReadModelItem): ListState {
  if (fault !== null) return 'held';
  if (generation === 0) return 'preparing';
  if (lag > 0 && secondsSinceProgress > stuckSeconds) return 'still';
  return lag > 0 ? 'behind' : 'current';
}

export const toneOf = {
  held: 'danger',
  preparing: 'info',
  still: 'danger',
  behind: 'warning',
  current: 'success',
} as const satisfies Record<ListState, string>;
