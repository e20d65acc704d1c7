/** Pictures and papers that scripted customers send: small, made on the spot, invented. */
import { crc32, deflateSync } from 'node:zlib';
import type { SampleDocument, SampleImage } from './personality.ts';

type Colour = readonly [number, number, number];
/** A filled shape on a canvas of 480 × 360. */
type Shape =
  | { readonly box: readonly [x: number, y: number, width: number, height: number]; readonly colour: Colour }
  | { readonly disc: readonly [x: number, y: number, radius: number]; readonly colour: Colour }
  | { readonly stroke: readonly [x1: number, y1: number, x2: number, y2: number, width: number]; readonly colour: Colour };

const WIDTH = 480;
const HEIGHT = 360;
const OAK: Colour = [164, 116, 73];
const DARK: Colour = [58, 47, 41];
const PALE: Colour = [236, 231, 222];
const WALL: Colour = [214, 219, 217];
const GREY: Colour = [150, 156, 158];

const PICTURES: Readonly<Record<SampleImage, { readonly ground: Colour; readonly shapes: readonly Shape[] }>> = {
  'table-scratch': {
    ground: OAK,
    shapes: [
      ...[40, 110, 190, 260, 320].map((y): Shape => ({ stroke: [0, y, WIDTH, y + 14, 3], colour: [146, 101, 62] })),
      { stroke: [120, 235, 352, 128, 5], colour: PALE },
      { stroke: [150, 240, 300, 172, 2], colour: DARK },
    ],
  },
  sofa: {
    ground: WALL,
    shapes: [
      { box: [0, 280, WIDTH, 80], colour: OAK },
      { box: [70, 130, 340, 110], colour: [62, 107, 111] },
      { box: [50, 190, 380, 90], colour: [74, 126, 130] },
      { box: [62, 280, 16, 26], colour: DARK },
      { box: [402, 280, 16, 26], colour: DARK },
      { box: [96, 160, 70, 56], colour: [214, 158, 62] },
    ],
  },
  parcel: {
    ground: GREY,
    shapes: [
      { box: [110, 90, 260, 210], colour: [193, 150, 98] },
      { box: [224, 90, 32, 210], colour: [224, 196, 150] },
      { stroke: [110, 90, 180, 176, 6], colour: DARK },
      { disc: [330, 262, 26], colour: [96, 74, 52] },
    ],
  },
  rash: {
    ground: [226, 184, 158],
    shapes: [
      [190, 150, 15],
      [232, 178, 11],
      [262, 142, 17],
      [286, 204, 9],
      [214, 216, 13],
    ].map(([x = 0, y = 0, radius = 0]): Shape => ({ disc: [x, y, radius], colour: [204, 112, 102] })),
  },
  receipt: {
    ground: DARK,
    shapes: [
      { box: [150, 20, 180, 320], colour: [250, 249, 245] },
      ...[60, 90, 110, 130, 150, 200, 220, 280].map((y, at): Shape => ({ box: [168, y, 60 + ((at * 37) % 84), 6], colour: GREY })),
    ],
  },
  'chair-leg': {
    ground: WALL,
    shapes: [
      { box: [0, 296, WIDTH, 64], colour: GREY },
      { box: [130, 96, 220, 40], colour: OAK },
      { stroke: [156, 136, 146, 300, 20], colour: OAK },
      { stroke: [322, 136, 318, 214, 20], colour: OAK },
      { stroke: [330, 232, 366, 300, 20], colour: OAK },
    ],
  },
};

export function sampleImage(name: SampleImage): Uint8Array {
  const { ground, shapes } = PICTURES[name];
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const colour = shapes.findLast((shape) => covers(shape, x, y))?.colour ?? ground;
      rows.set(colour, y * (1 + WIDTH * 3) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function covers(shape: Shape, x: number, y: number): boolean {
  if ('box' in shape) {
    const [left, top, width, height] = shape.box;
    return x >= left && x < left + width && y >= top && y < top + height;
  }
  if ('disc' in shape) {
    const [cx, cy, radius] = shape.disc;
    return (x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2;
  }
  const [x1, y1, x2, y2, width] = shape.stroke;
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along = Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length));
  return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1)) <= width / 2;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

const PAPERS: Readonly<Record<SampleDocument, { readonly filename: string; readonly lines: readonly string[] }>> = {
  invoice: {
    filename: 'فاتورة 40817.pdf',
    lines: [
      'Invoice 40817',
      '',
      'Oak dining table          6,900',
      'Four chairs               5,200',
      'Delivery                    350',
      '',
      'Total EGP                12,450',
    ],
  },
  referral: {
    filename: 'referral-letter.pdf',
    lines: ['Referral', '', 'To: Dermatology', 'Reason: skin irritation for two weeks', 'Priority: routine'],
  },
  'lab-result': {
    filename: 'تحليل الدم.pdf',
    lines: ['Laboratory report', '', 'Haemoglobin     13.1 g/dL', 'Vitamin D       18 ng/mL   low', 'TSH             2.1 mIU/L'],
  },
  'floor-plan': {
    filename: 'living-room-plan.pdf',
    lines: ['Living room', '', 'Width   4.20 m', 'Depth   3.60 m', 'Door    0.90 m, on the left'],
  },
};

export function sampleDocument(name: SampleDocument): { readonly bytes: Uint8Array; readonly filename: string } {
  const { filename, lines } = PAPERS[name];
  const text = lines.map((line) => `(${line.replaceAll(/[()\\]/g, String.raw`\$&`)}) Tj T*`).join('\n');
  const stream = `BT /F1 14 Tf 20 TL 72 760 Td\n${text}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>',
  ];
  return { bytes: Buffer.from(pdfOf(objects), 'latin1'), filename };
}

function pdfOf(objects: readonly string[]): string {
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = pdf.length;
  const size = objects.length + 1;
  return `${pdf}xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}
