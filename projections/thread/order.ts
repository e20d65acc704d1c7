import { type IsoTime, parseTime } from '#domain/ids.ts';

/** The sort key of an entry. WhatsApp tells whole seconds, so ties are common: a start goes first, then by id, which is ordered by time. */
export const orderOf = (at: IsoTime, id: string, isStart = false): string => `${at} ${isStart ? '0' : '1'} ${id}`;

/**
 * Where in time a customer's message stands. WhatsApp tells the second in which it was written, so anything of ours from that same second
 * could stand before or after it: it was written before it reached us, and at the end of its second at the latest.
 */
export const writtenAt = (sentAt: IsoTime, receivedAt: IsoTime): IsoTime => {
  const endOfSecond = parseTime(`${sentAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}.999Z`) ?? sentAt;
  if (receivedAt < sentAt) return sentAt;
  return receivedAt < endOfSecond ? receivedAt : endOfSecond;
};
