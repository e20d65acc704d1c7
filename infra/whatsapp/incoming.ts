/** Shapes inside a webhook. Loose on purpose: Meta adds fields at any time, and only what we use must be right. */
import { z } from 'zod';

/** Longest id seen is far below; more is not an id. */
const id = z.string().min(1).max(1_024);
/** Unix seconds as a string; a number is tolerated. Eleven digits reach the year 5138. */
const timestamp = z.coerce.string().regex(/^\d{1,11}$/);
/** A field that may be wrong without spoiling the message. */
const soft = <T>(shape: z.ZodType<T>) => shape.optional().catch(undefined);

export const envelope = z.looseObject({
  object: z.string(),
  entry: z.array(z.unknown()),
});

export const entry = z.looseObject({ changes: z.array(z.unknown()) });

export const change = z.looseObject({ field: z.string(), value: z.looseObject({}) });

export const value = z.looseObject({
  metadata: z.looseObject({ phone_number_id: id }),
  contacts: soft(z.array(z.unknown())),
  messages: z.array(z.unknown()).optional(),
  statuses: z.array(z.unknown()).optional(),
  errors: soft(z.array(z.unknown())),
});

export const contact = z.looseObject({
  wa_id: soft(id),
  user_id: soft(id),
  profile: soft(z.looseObject({ name: soft(z.string()), username: soft(z.string()) })),
});
export type Contact = z.infer<typeof contact>;

const media = z.looseObject({
  id,
  mime_type: z.string().min(1).max(256).catch('application/octet-stream'),
  sha256: soft(z.string()),
  filename: soft(z.string()),
  caption: soft(z.string()),
});

export const message = z.looseObject({
  id,
  type: z.string().max(256),
  timestamp,
  from: soft(id),
  from_user_id: soft(id),
  context: soft(z.looseObject({ id: soft(id) })),
});
export type RawMessage = z.infer<typeof message>;

export const mediaOf = (type: string) => z.looseObject({ [type]: media }).transform((whole) => media.parse(whole[type]));

export const textBody = z.looseObject({ text: z.looseObject({ body: z.string() }) });
export const buttonBody = z.looseObject({ button: z.looseObject({ text: z.string() }) });
export const interactiveBody = z.looseObject({
  interactive: z.looseObject({
    button_reply: soft(z.looseObject({ title: z.string() })),
    list_reply: soft(z.looseObject({ title: z.string() })),
  }),
});

export const status = z.looseObject({
  id,
  status: z.string().max(64),
  timestamp,
  biz_opaque_callback_data: soft(z.string().max(512)),
  errors: soft(
    z.array(
      z.looseObject({
        code: z.number().int(),
        title: soft(z.string()),
        message: soft(z.string()),
        error_data: soft(z.looseObject({ details: soft(z.string()) })),
      }),
    ),
  ),
  pricing: soft(
    z.looseObject({
      billable: soft(z.boolean()),
      pricing_model: soft(z.string().max(64)),
      type: soft(z.string().max(64)),
      category: soft(z.string().max(64)),
    }),
  ),
});
export type RawStatus = z.infer<typeof status>;
