/** Invented people who write English. Numbers from ranges that are kept for fiction where a country has one. */
import type { Personality } from './personality.ts';

export const ENGLISH_PEOPLE: readonly Personality[] = [
  {
    id: 'ben', name: 'Ben Carter', phone: '447700900107', phoneHidden: false, username: null, language: 'en', startsAfterS: 3,
    note: { en: 'angry, sends ten short messages', ar: 'غاضب، يرسل عشر رسائل قصيرة' },
    opening: [
      { text: 'hello?' }, { text: 'my sofa' }, { text: 'was meant to be here at 9' }, { text: 'its 2pm' }, { text: 'took a day off work for this' },
      { text: 'AGAIN' }, { text: 'third time' }, { text: 'is anyone there', pauseMs: 3_000 }, { text: '???' }, { text: 'order 41220' },
    ],
    replies: [
      { when: /sorry|apolog|آسف|نعتذر/i, say: [{ text: 'sorry doesnt bring the sofa' }] },
      { when: /driver|van|on (the|its) way|hour|minutes/i, say: [{ text: 'ok.' }, { text: 'if its not here by 4 i want my money back', pauseMs: 2_000 }] },
      { when: /refund|voucher|discount|compensat/i, say: [{ text: 'right, thats fair. thanks for sorting it' }] },
      { when: /order|number|postcode|address/i, say: [{ text: '41220. i already said' }] },
    ],
    otherwise: [{ text: 'so when' }, { text: 'fine' }],
    nudge: { text: 'unbelievable' },
  },
  {
    id: 'alia', name: 'Alia Rahman', phone: '971500000108', phoneHidden: false, username: 'alia.r', language: 'en', startsAfterS: 10,
    note: { en: 'moves a clinic appointment', ar: 'تغيّر موعد عيادة' },
    opening: [{ text: 'Hi! I have a dermatology appointment on Thursday at 10, could I move it to the following week please?' }],
    replies: [
      { when: /name|birth|file|اسم/i, say: [{ text: 'Alia Rahman, file 30418' }] },
      { when: /monday|tuesday|wednesday|sunday|\d{1,2}[:.]\d\d|\d ?(am|pm)/i, say: [{ text: 'The second one works, thank you!' }, { document: 'referral', caption: 'My GP also gave me this letter, do you need it?', pauseMs: 5_000 }] },
      { when: /letter|received|got it|referral|yes/i, say: [{ text: 'Perfect, see you then 😊' }] },
    ],
    otherwise: [{ text: 'Anything after 3pm is good for me' }, { text: 'Great, thanks' }],
    nudge: { text: 'No rush, just before the weekend if possible' },
  },
  {
    id: 'ruth', name: 'Ruth Okafor', phone: '447700900109', phoneHidden: false, username: null, language: 'en', startsAfterS: 18,
    note: { en: 'a table with a scratch, wants advice', ar: 'طاولة مخدوشة وتريد نصيحة' },
    opening: [
      { text: 'Good afternoon. My oak table was delivered on Friday and I have only now taken the cover off.' },
      { image: 'table-scratch', caption: 'This runs right across the middle', pauseMs: 6_000 },
      { text: 'I do not want a fuss. Can it be polished out?', pauseMs: 3_000 },
    ],
    replies: [
      { when: /sorry|apolog/i, say: [{ text: 'Not at all dear, these things happen.' }] },
      { when: /technician|repair|polish|visit|come/i, say: [{ text: 'That would be lovely. I am in most mornings, but not on Wednesday.' }] },
      { when: /replace|new (one|table)/i, say: [{ text: 'Oh no, that seems a waste. I would rather keep it.' }] },
      { when: /morning|monday|tuesday|thursday|friday|\d{1,2}[:.]\d\d/i, say: [{ text: 'I have put it in my diary. Will he ring the bell? The knocker is stiff.' }] },
    ],
    otherwise: [{ text: 'Thank you for explaining.' }, { text: 'You have been very kind.' }],
  },
  {
    id: 'jonas', name: 'Jonas Weber', phone: '491700000110', phoneHidden: false, username: null, language: 'en', startsAfterS: 29,
    note: { en: 'asks to be erased', ar: 'يطلب محو بياناته' },
    opening: [
      { text: 'Hello, I bought a lamp from you in spring. I still get messages although I never agreed to that.' },
      { text: 'Please delete all personal data you hold about me (Art. 17 GDPR) and confirm in writing.', pauseMs: 2_500 },
    ],
    replies: [
      { when: /identity|confirm|verify|code|birth/i, say: [{ text: 'You are writing to my number, that should be enough. What else do you need?' }] },
      { when: /invoice|tax|legal|keep|retain|retention/i, say: [{ text: 'Fine, then keep the invoice as long as the law says. Everything else goes.' }] },
      { when: /certificate|deleted|erased|erasure|request/i, say: [{ text: 'Thank you. How long will it take?' }] },
      { when: /days|month|week/i, say: [{ text: 'Good. I will wait for it.' }] },
    ],
    otherwise: [{ text: 'Please treat this as a formal request.' }],
    nudge: { text: 'Please confirm that you have received this.' },
  },
  {
    id: 'grace', name: 'Grace Lindqvist', phone: '12025550111', phoneHidden: false, username: null, language: 'en', startsAfterS: 38,
    note: { en: 'a torn parcel at the door, sends a photo', ar: 'طرد ممزق عند الباب، ترسل صورة' },
    opening: [{ image: 'parcel', caption: 'Left in the rain outside my door like this…' }, { text: 'Tracking says “handed to resident”. It was not.', pauseMs: 3_000 }],
    replies: [
      { when: /tracking|number|order/i, say: [{ text: 'VC-2291-8840' }] },
      { when: /open|inside|damage|content/i, say: [{ text: 'Two of the six plates are broken. The box is soaked.' }, { image: 'receipt', caption: 'And the receipt', pauseMs: 5_000 }] },
      { when: /refund|replace|send (you )?(a )?new/i, say: [{ text: 'A replacement please. To my office this time?' }] },
      { when: /address|office|where/i, say: [{ text: '18 Harbor Street, 2nd floor, reception until 5' }] },
    ],
    otherwise: [{ text: 'Okay, what happens now?' }, { text: 'Thanks for the quick answer!' }],
  },
  {
    id: 'sam', name: 'Sam Haddad', phone: '33600000112', phoneHidden: false, username: 'samhaddad', language: 'en', startsAfterS: 55,
    note: { en: 'mixes English and Arabic, plans a room', ar: 'يخلط العربية والإنجليزية، يخطط غرفة' },
    opening: [
      { text: 'Hey مرحبا! I’m furnishing a small salon, عندكم حد يساعد بالتصميم؟' },
      { document: 'floor-plan', caption: 'هيدا المخطط, 4.20 × 3.60', pauseMs: 5_000 },
    ],
    replies: [
      { when: /budget|price|ميزانية|سعر/i, say: [{ text: 'حوالي 3,000 euro, but flexible إذا القطعة حلوة' }] },
      { when: /colou?r|style|لون|ستايل/i, say: [{ text: 'Something warm, خشب فاتح and maybe one green chair 💚' }] },
      { when: /call|visit|showroom|موعد|زيارة/i, say: [{ text: 'Saturday صباحًا works' }] },
    ],
    otherwise: [{ text: 'حلو! send me some photos?' }, { text: 'Merci ktir 🙏' }],
  },
];
