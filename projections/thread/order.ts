import type { IsoTime } from '#domain/ids.ts';

/** The sort key of an entry. WhatsApp tells whole seconds, so ties are common: a start goes first, then by id, which is ordered by time. */
export const orderOf = (at: IsoTime, id: string, isStart = false): string => `${at} ${isStart ? '0' : '1'} ${id}`;
