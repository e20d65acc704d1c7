/** What we send, and its Graph form. */

export type Recipient =
  | { readonly kind: 'phone'; readonly value: string }
  /** Business-scoped user id, for people whose phone number we do not know. */
  | { readonly kind: 'bsuid'; readonly value: string };

export type OutgoingContent =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'image'; readonly mediaId: string; readonly caption?: string }
  | { readonly kind: 'document'; readonly mediaId: string; readonly caption?: string; readonly filename?: string };

export type OutgoingMessage = {
  readonly to: Recipient;
  readonly content: OutgoingContent;
  /** The message that this one answers. */
  readonly contextWamid?: string;
  /** Comes back in each status as `callbackData`; by it an unknown outcome is cleared up. No personal data. */
  readonly callbackData?: string;
};

/** Longest text that the API takes, in characters. */
export const MAX_TEXT_LENGTH = 4_096;
/** Longest caption of an image or document. */
export const MAX_CAPTION_LENGTH = 1_024;
/** Longest `biz_opaque_callback_data`. */
export const MAX_CALLBACK_LENGTH = 512;

export function outgoingBody(message: OutgoingMessage): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(message.to.kind === 'phone' ? { to: message.to.value } : { recipient: message.to.value }),
    ...contentOf(message.content),
    ...(message.contextWamid === undefined ? {} : { context: { message_id: message.contextWamid } }),
    ...(message.callbackData === undefined ? {} : { biz_opaque_callback_data: message.callbackData }),
  };
}

function contentOf(content: OutgoingContent): object {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.body, preview_url: false } };
    case 'image':
      return { type: 'image', image: { id: content.mediaId, ...captionOf(content.caption) } };
    case 'document':
      return {
        type: 'document',
        document: {
          id: content.mediaId,
          ...captionOf(content.caption),
          ...(content.filename === undefined ? {} : { filename: content.filename }),
        },
      };
  }
}

function captionOf(caption: string | undefined): object {
  return caption === undefined || caption === '' ? {} : { caption };
}
