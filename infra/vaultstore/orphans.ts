import type { Vault } from '#vault/vault.ts';
import type { MediaFiles } from './media-files.ts';
import type { Payloads } from './payload-rows.ts';

type Parts = { readonly payloads: Payloads; readonly media: MediaFiles };

/** Envelopes are durable before the event that names them; a command that lost its race leaves some that no event names. */
export const createOrphans = ({ payloads, media }: Parts): Pick<Vault, 'markBound' | 'boundUpTo' | 'unbound' | 'dropUnbound'> => ({
  markBound: async (refs, upTo) => {
    payloads.markBound(refs, upTo ?? null);
  },
  boundUpTo: async () => payloads.boundUpTo(),
  unbound: async (storedBefore, limit) => payloads.unbound(storedBefore, limit),
  dropUnbound: async (refs) => {
    let dropped = 0;
    for (const { tenant, ref } of refs) {
      const place = payloads.get(tenant, ref);
      if (place === null || !payloads.dropUnbound({ tenant, ref })) continue;
      dropped += 1;
      // The row went first: a file without a row is never read, one without its file would answer "missing" to an event.
      await media.remove({ tenant, ref, ...place });
    }
    return dropped;
  },
});
