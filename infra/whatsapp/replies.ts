/** Shapes of what the Cloud API answers. Fields that we do not use may come and go. */
import { z } from 'zod';

export const sendReply = z.looseObject({
  messages: z.array(z.looseObject({ id: z.string().min(1).max(1_024) })).min(1),
});

export const uploadReply = z.looseObject({ id: z.string().min(1).max(256) });

export const mediaReply = z.looseObject({
  url: z.url(),
  mime_type: z.string().min(1).max(256),
  sha256: z.string().min(1).max(128),
  // Meta documents a number and has sent a string.
  file_size: z.coerce.number().int().nonnegative(),
});

export const phoneNumberReply = z.looseObject({
  id: z.string().min(1).max(64),
  display_phone_number: z.string().min(1).max(64),
  verified_name: z.string().max(512).optional(),
  quality_rating: z.string().max(64).optional(),
});

export const successReply = z.looseObject({ success: z.literal(true) });

export const errorReply = z.looseObject({
  error: z.looseObject({
    code: z.number().int(),
    error_subcode: z.number().int().optional(),
    message: z.string().optional(),
    error_data: z.looseObject({ details: z.string().optional() }).optional().catch(undefined),
  }),
});
