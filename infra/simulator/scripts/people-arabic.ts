/** Invented people who write Arabic: Egyptian, Gulf, Levantine, and one more formal. Numbers are invented. */
import type { Personality } from './personality.ts';

export const ARABIC_PEOPLE: readonly Personality[] = [
  {
    id: 'nour', name: 'نور حسن', phone: '201000000101', phoneHidden: false, username: null, language: 'ar', startsAfterS: 1,
    note: { en: 'order never came, writes Arabic', ar: 'طلب لم يصل، تكتب بالعربية' },
    opening: [
      { text: 'صباح الخير، الطلب ٤٠٨١٧ ما وصلش' },
      { text: 'المفروض كان يوصل امبارح بين ١٢ و ٤', pauseMs: 2_000 },
      { document: 'invoice', caption: 'دي الفاتورة', pauseMs: 4_000 },
    ],
    replies: [
      { when: /سائق|مندوب|driver|courier/i, say: [{ text: 'تمام، مستنية ردكم 🙏' }] },
      { when: /عنوان|address/i, say: [{ text: '١٤ شارع النيل، الدور التالت، شقة ٩، المعادي' }] },
      { when: /اليوم|النهارده|بكرة|غد|today|tomorrow|\d{1,2}:\d\d/i, say: [{ text: 'أيوه النهارده مناسب' }, { text: 'والكراسي هتيجي معاها؟', pauseMs: 3_000 }] },
      { when: /نعم|ايوه|معاها|معها|yes|all/i, say: [{ text: 'شكرًا جدًا، تعبتكم معايا' }] },
      { when: /آسف|نعتذر|sorry|apolog/i, say: [{ text: 'ولا يهمك، المهم يوصل سليم' }] },
    ],
    otherwise: [{ text: 'طيب في معاد محدد؟' }, { text: 'ماشي، شكرًا' }],
    nudge: { text: 'حد معايا؟' },
  },
  {
    id: 'om-khaled', name: 'أم خالد', phone: '966500000102', phoneHidden: false, username: null, language: 'ar', startsAfterS: 6,
    note: { en: 'moves a clinic appointment for her son', ar: 'تغيّر موعد عيادة لابنها' },
    opening: [{ text: 'السلام عليكم، عندنا موعد لخالد عند دكتورة الأطفال يوم الأربعاء' }, { text: 'نقدر نأجله للأسبوع الجاي؟ عنده اختبار', pauseMs: 1_500 }],
    replies: [
      { when: /وعليكم|أهلا|مرحبا|hello|welcome/i, say: [{ text: 'الله يسلمكم. هل فيه موعد العصر؟' }] },
      { when: /الأحد|الاثنين|الثلاثاء|sunday|monday|tuesday|\d{1,2}:\d\d|[٠-٩]{1,2}:/i, say: [{ text: 'ممتاز، احجزوه لنا الله يعافيكم' }] },
      { when: /ملف|هوية|تاريخ|file|birth|id/i, say: [{ text: 'رقم الملف ٧٧٢١٥، وعمره سبع سنوات' }] },
      { when: /تم|حجز|booked|confirm/i, say: [{ text: 'جزاكم الله خير 🌷' }] },
    ],
    otherwise: [{ text: 'إن شاء الله، بس العصر أنسب لنا' }],
    nudge: { text: 'لو سمحتم محتاجة أعرف اليوم' },
  },
  {
    id: 'tarek', name: 'طارق المصري', phone: '962790000103', phoneHidden: false, username: null, language: 'ar', startsAfterS: 14,
    note: { en: 'a chair came with a broken leg, sends a photo', ar: 'كرسي وصل مكسور، يرسل صورة' },
    opening: [{ text: 'مرحبا، وصلني الكرسي اليوم بس رجله مكسورة' }, { image: 'chair-leg', caption: 'شوفوا الصورة', pauseMs: 5_000 }],
    replies: [
      { when: /آسف|نعتذر|عذر|sorry|apolog/i, say: [{ text: 'معلش بتصير. بدي بدل مش ترجيع مصاري' }] },
      { when: /رقم|طلب|order|number/i, say: [{ text: '٤٠٩٣٣' }] },
      { when: /بدل|استبدال|replace|exchange/i, say: [{ text: 'ممتاز. لازم أرجّع القديم بكرتونته؟', pauseMs: 2_000 }] },
      { when: /كرتون|صندوق|box|لا داعي|no need/i, say: [{ text: 'تمام يعطيكم العافية' }] },
    ],
    otherwise: [{ text: 'أوك' }, { text: 'كم يوم بدها؟' }],
  },
  {
    id: 'mona', name: 'منى السيد', phone: '201000000104', phoneHidden: false, username: null, language: 'ar', startsAfterS: 25,
    note: { en: 'sends a blood test, asks which doctor', ar: 'ترسل تحليل دم وتسأل عن الطبيب' },
    opening: [
      { text: 'مساء الخير يا دكتور' },
      { document: 'lab-result', caption: 'عملت التحليل ده امبارح', pauseMs: 4_000 },
      { text: 'فيتامين د طالع ١٨، أحجز باطنة ولا عظام؟', pauseMs: 2_000 },
    ],
    replies: [
      { when: /باطنة|عظام|غدد|internal|endocrin/i, say: [{ text: 'طيب أقرب معاد إمتى؟ وبكام الكشف؟' }] },
      { when: /جنيه|سعر|egp|price|fee|\d{3}/i, say: [{ text: 'تمام، احجزلي يوم الخميس بعد ٦' }] },
      { when: /تأمين|insurance/i, say: [{ text: 'معايا كارت التأمين، بيتقبل عندكم؟' }] },
      { when: /تم|خميس|thursday|booked/i, say: [{ text: 'متشكرة جدًا ❤️' }] },
    ],
    otherwise: [{ text: 'هو ده خطير؟ قلقانة شوية' }],
    nudge: { text: 'ممكن رد لو سمحت؟' },
  },
  {
    id: 'sand-dune', name: 'sand.dune', phone: '971500000105', phoneHidden: true, username: 'sand.dune', language: 'ar', startsAfterS: 33,
    note: { en: 'no phone number, only a username', ar: 'بلا رقم، اسم مستخدم فقط' },
    opening: [{ text: 'هلا، عندكم توصيل للعين؟' }, { text: 'أبي الكنبة الزرقا اللي في الإعلان', pauseMs: 2_500 }, { image: 'sofa', pauseMs: 3_000 }],
    replies: [
      { when: /نعم|أكيد|يوجد|yes|deliver/i, say: [{ text: 'زين. وكم سعرها مع التوصيل؟' }] },
      { when: /درهم|aed|سعر|\d{3}/i, say: [{ text: 'غالية شوي 😅 ما في خصم؟' }] },
      { when: /خصم|discount|%|٪/i, say: [{ text: 'خلاص تمام، باخذها' }] },
      { when: /هاتف|رقم|جوال|phone|number/i, say: [{ text: 'ما أحب أعطي رقمي، كلموني هنا' }] },
    ],
    otherwise: [{ text: 'ومتى توصل؟' }, { text: 'اوكي' }],
  },
  {
    id: 'hisham', name: 'هشام عبد الله', phone: '965500000106', phoneHidden: false, username: null, language: 'ar', startsAfterS: 48,
    note: { en: 'courteous and formal, wants an invoice', ar: 'رسمي ومهذب، يطلب فاتورة' },
    opening: [{ text: 'تحية طيبة وبعد،\nأرجو التكرم بتزويدي بنسخة من فاتورة شهر أكتوبر باسم شركة الواحة للتجارة.\nوتفضلوا بقبول فائق الاحترام.' }],
    replies: [
      { when: /ضريب|سجل|رقم|tax|registration|number/i, say: [{ text: 'رقم السجل التجاري: ٤٤١٩٠٢' }] },
      { when: /بريد|email|e-mail/i, say: [{ text: 'يكفيني إرسالها هنا، مع الشكر.' }] },
      { when: /فاتورة|invoice|مرفق|attached|\.pdf/i, say: [{ text: 'وصلت، بارك الله فيكم.' }] },
    ],
    otherwise: [{ text: 'أشكر لكم سرعة الاستجابة.' }],
  },
];
