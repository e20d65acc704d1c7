/** Files under way: ids that expire, addresses that live five minutes. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { randomDigits, sha256 } from './ids.ts';
import type { VirtualClock } from './time.ts';
import type { BusinessNumber, StoredMedia, World } from './world.ts';

const URL_LIVES_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;
const ID_LIVES_MS = { upload: 30 * DAY_MS, webhook: 7 * DAY_MS } as const;
/** What the simulator keeps in memory; the oldest files leave first. */
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;

type File = { readonly bytes: Uint8Array; readonly mimeType: string; readonly filename: string | null };

export type MediaShelf = {
  readonly put: (number: BusinessNumber, file: File, origin: keyof typeof ID_LIVES_MS) => StoredMedia;
  readonly find: (mediaId: string) => StoredMedia | null;
  readonly remove: (mediaId: string) => void;
  /** Path and query of a fresh address. */
  readonly addressOf: (media: StoredMedia) => string;
  readonly byAddress: (mediaId: string, query: { readonly ext: string; readonly hash: string }) => StoredMedia | null;
};

export function createMediaShelf(world: World, clock: VirtualClock): MediaShelf {
  const key = randomBytes(32);
  const sign = (mediaId: string, ext: string): string => createHmac('sha256', key).update(`${mediaId} ${ext}`).digest('base64url');

  const find = (mediaId: string): StoredMedia | null => {
    const media = world.media.get(mediaId);
    return media !== undefined && media.expiresAt > clock.now() ? media : null;
  };

  return {
    find,
    put: (number, file, origin) => {
      const media: StoredMedia = {
        id: randomDigits(16),
        phoneNumberId: number.phoneNumberId,
        ...file,
        sha256: sha256(file.bytes),
        expiresAt: clock.now() + ID_LIVES_MS[origin],
      };
      world.media.set(media.id, media);
      makeRoom(world);
      return media;
    },
    remove: (mediaId) => {
      world.media.delete(mediaId);
    },
    addressOf: (media) => {
      const ext = String(Math.floor((clock.now() + URL_LIVES_MS) / 1_000));
      return `/media-files/${media.id}?ext=${ext}&hash=${sign(media.id, ext)}`;
    },
    byAddress: (mediaId, { ext, hash }) => {
      const expected = Buffer.from(sign(mediaId, ext));
      const given = Buffer.from(hash);
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
      return Number(ext) * 1_000 > clock.now() ? find(mediaId) : null;
    },
  };
}

function makeRoom(world: World): void {
  let total = [...world.media.values()].reduce((sum, media) => sum + media.bytes.byteLength, 0);
  for (const media of world.media.values()) {
    if (total <= MAX_TOTAL_BYTES) return;
    world.media.delete(media.id);
    total -= media.bytes.byteLength;
  }
}
