import { describe, expect, it } from 'vitest';
import { inGroups } from '#lib/phone.ts';
import type { Shown } from '#projections/shown.ts';

const shown = (text: string, masked = false): Shown => ({ state: 'value', text, masked });

describe('a revealed phone number', () => {
  it('stands in the groups of its masked form', () => {
    expect(inGroups(shown('+201000000101'), shown('+20 •• •••• ••01', true))).toEqual(shown('+20 10 0000 0101'));
    expect(inGroups(shown('+962790000103'), shown('+962 •• •••• ••03', true))).toEqual(shown('+962 7 9000 0103'));
    expect(inGroups(shown('+96550000106'), shown('+965 •• •••• ••06', true))).toEqual(shown('+965 5000 0106'));
  });

  it('is left as it is when its form is another', () => {
    expect(inGroups(shown('+20 10 0555 0142'), shown('+20 •• •••• ••42', true))).toEqual(shown('+20 10 0555 0142'));
    expect(inGroups(shown('+4479'), shown('••', true))).toEqual(shown('+4479'));
    expect(inGroups({ state: 'absent' }, shown('+20 •• •••• ••42', true))).toEqual({ state: 'absent' });
  });
});
