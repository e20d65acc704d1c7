import { describe, it } from 'vitest';
import { contactDecider } from '#domain/contact/decider.ts';
import type { ContactEvent } from '#domain/contact/events.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec } from '#tests/support/decider-spec.ts';
import { minute, sampleCertificate, sampleId } from '#tests/support/sample.ts';

type Event = ContactEvent<'plain'>;
const contactId = sampleId<'contact'>(1);
const channelId = sampleId<'channel'>(2);
const erasureId = sampleId<'erasure'>(3);
const at = minute(5);
const [profileName, phone, bsuid] = [plain('Amal'), plain('20100'), plain('EG.1')];

const record = { type: 'RecordContact', contactId, channelId, profile: { profileName, phone, bsuid, username: null }, at } as const;
const erase = { type: 'EraseContact', erasureId, certificate: sampleCertificate, at } as const;
const started: Event = { type: 'ContactStarted', data: { contactId, channelId, startedAt: at }, personal: { profileName, phone, bsuid } };
const erased: Event = { type: 'ContactErased', data: { contactId, erasureId, certificate: sampleCertificate, erasedAt: at }, personal: {} };

const spec = deciderSpec(contactDecider);
const allNew = { unchanged: { profileName: false, phone: false, bsuid: false, username: false } };
const allKnown = { unchanged: { profileName: true, phone: true, bsuid: true, username: true } };

describe('a contact', () => {
  it('starts with the values that are known', () => spec.given().when(record, allNew).then(started));
  it('starts without a phone', () =>
    spec
      .given()
      .when({ ...record, profile: { profileName: null, phone: null, bsuid, username: null } }, allNew)
      .then({ type: 'ContactStarted', data: { contactId, channelId, startedAt: at }, personal: { bsuid } }));
  it('says nothing of values that are known', () => spec.given(started).when(record, allKnown).thenNothing());
  it('takes only what changed', () =>
    spec
      .given(started)
      .when(record, { unchanged: { ...allKnown.unchanged, profileName: false } })
      .then({ type: 'ContactProfileChanged', data: { contactId, changedAt: at }, personal: { profileName } }));
  it('takes nothing away when a value is not given', () =>
    spec
      .given(started)
      .when({ ...record, profile: { profileName: null, phone: null, bsuid: null, username: null } }, allNew)
      .thenNothing());

  it('is erased', () => spec.given(started).when(erase, allNew).then(erased));
  it('is erased once', () => spec.given(started, erased).when(erase, allNew).thenNothing());
  it('cannot be erased before it started', () => spec.given().when(erase, allNew).thenRefused('conflict', 'contact-unknown'));
  it('refuses a second erasure', () =>
    spec
      .given(started, erased)
      .when({ ...erase, erasureId: sampleId<'erasure'>(4) }, allNew)
      .thenRefused('conflict', 'contact-erased'));
  it('refuses everything after its erasure', () =>
    spec.given(started, erased).when(record, allNew).thenRefused('conflict', 'contact-erased'));
});
