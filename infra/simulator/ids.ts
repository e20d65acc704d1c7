/** Ids in the shapes that Meta gives them. */
import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import type { BusinessNumber, Customer } from './world.ts';

export function randomDigits(length: number): string {
  return Array.from({ length }, (_, index) => String(index === 0 ? randomInt(1, 10) : randomInt(10))).join('');
}

export function randomToken(prefix: string): string {
  return prefix + randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x');
}

export function randomSecret(): string {
  return randomBytes(16).toString('hex');
}

/**
 * A wamid is base64 around the other side's phone number (or user id), which is why it is personal data.
 * Layout of the real ones: 1C 18 <length> <phone> 15 02 00 <direction> 18 <length> <hex digits> 00.
 */
export function newWamid(who: string, direction: 'incoming' | 'outgoing'): string {
  const random = randomBytes(direction === 'incoming' ? 10 : 9)
    .toString('hex')
    .toUpperCase();
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, who.length]),
    Buffer.from(who, 'latin1'),
    Buffer.from([0x15, 0x02, 0x00, direction === 'incoming' ? 0x12 : 0x11, 0x18, random.length]),
    Buffer.from(random, 'latin1'),
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString('base64')}`;
}

/** Business-scoped user id: the same person has another one at another business portfolio. */
export function bsuidOf(customer: Customer, number: BusinessNumber): string {
  const digest = createHmac('sha256', number.wabaId).update(customer.bsuidSeed).digest();
  const digits = digest.readBigUInt64BE().toString().padStart(20, '0').slice(0, 16);
  return `${countryOf(customer.phone)}.${digits}`;
}

/** The countries of the invented people; the rest of the world counts as unassigned. */
function countryOf(phone: string): string {
  const countries: readonly (readonly [string, string])[] = [
    ['20', 'EG'],
    ['971', 'AE'],
    ['966', 'SA'],
    ['962', 'JO'],
    ['965', 'KW'],
    ['44', 'GB'],
    ['49', 'DE'],
    ['33', 'FR'],
    ['1', 'US'],
  ];
  return countries.find(([prefix]) => phone.startsWith(prefix))?.[1] ?? 'ZZ';
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

export function digitsOf(phone: string): string {
  return phone.replaceAll(/\D/g, '');
}
