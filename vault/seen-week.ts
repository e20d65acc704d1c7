const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** A weekly key lives this long from the start of its week, so a tag outlives its subject by 8 to 15 days; Meta repeats a delivery for 7. */
const SEEN_KEY_LIFE_MS = 15 * DAY_MS;

/** Weeks of seven days, counted from 1970-01-01T00:00Z. */
export const weekOf = (timeMs: number): number => Math.floor(timeMs / WEEK_MS);

/** True when the key of this week must be gone. */
export const isOver = (week: number, nowMs: number): boolean => week * WEEK_MS + SEEN_KEY_LIFE_MS <= nowMs;

/** The first week whose key is still alive. */
export const oldestWeek = (nowMs: number): number => Math.floor((nowMs - SEEN_KEY_LIFE_MS) / WEEK_MS) + 1;
