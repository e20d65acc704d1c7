const consonants = 'bcdfghjkmnprstvwz';
const vowels = 'aeiou';
const groups = 4;

/** Four pronounceable groups, about 56 bits: long enough for a first password, easy to say on the phone. */
export function suggestPassword(random: (count: number) => Uint8Array = (count) => crypto.getRandomValues(new Uint8Array(count))): string {
  const letter = (from: string, byte: number) => from[byte % from.length] ?? '';
  return Array.from({ length: groups }, () => {
    const bytes = random(5);
    return Array.from(bytes, (byte, index) => letter(index % 2 === 0 ? consonants : vowels, byte)).join('');
  }).join('-');
}
