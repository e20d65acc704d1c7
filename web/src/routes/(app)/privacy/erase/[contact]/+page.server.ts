import { randomUUID } from 'node:crypto';
import { error, fail } from '@sveltejs/kit';
import { isReason } from '#lib/privacy/steps.ts';
import { orErrorPage, refusal, viewerOf } from '#lib/server/answers.server.ts';
import { idFrom, textFrom } from '#lib/server/form.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { me } = await parent();
  if (!me.permissions.includes('privacy.erase')) error(403, 'role', { code: 'role' });
  const viewer = viewerOf(locals);
  const contactId = idFrom<'contact'>(params.contact);
  const { contact } = orErrorPage(await locals.application.contact(viewer, contactId));
  // Also after the order itself: then there is nothing left to preview, only the erasure to follow.
  const preview = contact.erased === null ? await locals.application.previewErasure(viewer, contactId) : null;
  return {
    contact,
    preview: preview?.ok === true ? preview.preview : null,
    refused: preview?.ok === false ? { code: preview.code, status: preview.status } : null,
    // Made with the page, so that the same form sent twice orders one erasure.
    commandId: randomUUID().replaceAll('-', ''),
  };
};

export const actions: Actions = {
  default: async ({ locals, params, request }) => {
    const viewer = viewerOf(locals);
    const form = await request.formData();
    const contactId = idFrom<'contact'>(params.contact);
    const reason = textFrom(form, 'reason');
    const confirmation = textFrom(form, 'confirmation').trim().toUpperCase();
    if (!isReason(reason)) return fail(422, { code: null, about: 'reason' });
    if (confirmation === '') return fail(422, { code: null, about: 'confirmation' });
    const answer = await locals.application.erase(viewer, { contactId, commandId: textFrom(form, 'commandId'), reason, confirmation });
    if (!answer.ok) return refusal(answer);
    return { erasureId: answer.erasureId, contactId, certificate: confirmation, salt: answer.salt };
  },
};
