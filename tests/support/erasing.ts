import type { ContactId, ErasureId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import type { Application } from '#projections/application.ts';
import type { ErasureDetail } from '#projections/pages.ts';
import type { Viewer } from '#projections/shown.ts';
import { eventually } from './eventually.ts';
import { must } from './organisation.ts';

export type Erased = { readonly erasureId: ErasureId; readonly salt: string; readonly erasure: ErasureDetail };

/** Orders an erasure as the officer does: preview, typed confirmation. */
export const orderErasure = async (application: Application, viewer: Viewer, contactId: ContactId) => {
  const { preview } = await must(application.previewErasure(viewer, contactId));
  return must(
    application.erase(viewer, {
      contactId,
      commandId: newId<'command'>(),
      reason: 'consent-withdrawn',
      confirmation: preview.confirmation,
    }),
  );
};

export const untilErased = (application: Application, viewer: Viewer, erasureId: ErasureId, timeoutMs = 30_000): Promise<ErasureDetail> =>
  eventually(
    'the erasure is complete',
    async () => {
      const { erasure } = await must(application.erasure(viewer, erasureId));
      return erasure.step === 'completed' ? erasure : null;
    },
    timeoutMs,
  );

export const eraseCustomer = async (
  application: Application,
  viewer: Viewer,
  contactId: ContactId,
  timeoutMs?: number,
): Promise<Erased> => {
  const { erasureId, salt } = await orderErasure(application, viewer, contactId);
  return { erasureId, salt, erasure: await untilErased(application, viewer, erasureId, timeoutMs) };
};
