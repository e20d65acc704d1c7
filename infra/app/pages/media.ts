import type { Application } from '#projections/application.ts';
import { THREAD, type ThreadEntry } from '#projections/thread/view.ts';
import { forbidden, may, notFound, overLimit } from '../access.ts';
import type { App } from '../app.ts';

/** A message's file, opened for a person who may read the conversation. */
export const mediaFile =
  (app: App): Application['media'] =>
  async (viewer, messageId) => {
    if (!may(viewer, 'conversations.read')) return forbidden;
    const entry = await app.views.get<ThreadEntry>(THREAD, messageId);
    if (entry?.entry !== 'message' || entry.tenant !== viewer.tenant || entry.media === null) return notFound;
    const { bytes, type, fileName } = entry.media;
    if (bytes === null) return notFound;
    const opened = await app.reveal.bytes(viewer, 'answer-customer', bytes);
    if (opened === 'denied') return forbidden;
    if (opened === 'limited') return overLimit('reveal');
    switch (opened.kind) {
      case 'erased':
        return { ok: false, status: 409, code: 'erased' };
      case 'unavailable':
        return { ok: false, status: 503, code: 'unavailable' };
      case 'tampered':
        return { ok: false, status: 503, code: 'tampered' };
      case 'value': {
        const shown = await app.reveal.show(viewer, 'answer-customer', [
          { handle: type, mask: 'none' },
          { handle: fileName, mask: 'none' },
        ]);
        const [mime, name] = typeof shown === 'string' ? [] : shown.map((each) => (each.state === 'value' ? each.text : null));
        return { ok: true, bytes: opened.value, type: mime ?? 'application/octet-stream', fileName: name ?? null };
      }
    }
  };
