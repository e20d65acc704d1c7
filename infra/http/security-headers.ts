import type { ServerResponse } from 'node:http';

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
} as const;

/** One year; only told over https, where it means something (RFC 6797 §7.2). */
const HSTS = 'max-age=31536000';

/** On every answer, also of static files and of errors. The content security policy is the pages' own (kit) and the API's own (helmet). */
export const setSecurityHeaders = (response: ServerResponse, secure: boolean): void => {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (secure) response.setHeader('strict-transport-security', HSTS);
};
