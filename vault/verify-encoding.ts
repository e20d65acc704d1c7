/** @returns null for anything but the one canonical encoding (RFC 4648 §4) of its bytes. */
export const fromBase64 = (text: string): Uint8Array | null => {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
  } catch {
    return null;
  }
};

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
