/** For hints while typing; the product decides. Length beats character classes (NIST SP 800-63B). */
export const shortestPassword = 12;
export const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
export const appSecretShape = /^[0-9a-f]{32}$/iu;
export const phoneNumberIdShape = /^\d{5,20}$/u;
