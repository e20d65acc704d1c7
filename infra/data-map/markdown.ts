import { type DataMapField, fieldEnds } from '#domain/data-map.ts';
import { processingPurposes } from '#domain/processing.ts';
import type { DataMap } from '#projections/data-map/page.ts';
import { classWords, endWords, formWords, placeWords, recipientWords, subjectWords } from './words.ts';

/** The data map as a document to read, print and hand to an authority. */
export const dataMapMarkdown = ({ release, fields, places, recipients }: DataMap): string =>
  [
    '# Data map',
    '',
    `V Connect ${release}. Made from the declarations of the events (\`domain/*/events.ts\`) and the list of places (\`infra/data-map/places.ts\`): a`,
    'personal field without a class, a purpose and a person does not compile, and a table or file without a place fails a test. It says what this',
    'release can process; it names nobody and holds nothing of any organisation.',
    '',
    '## Personal fields',
    '',
    `${String(fields.length)} fields of ${String(new Set(fields.map(({ event }) => event)).size)} events. Each is sealed; the log holds a reference and a digest. \`?\`: the event may come without it.`,
    '',
    ...table(['Event', 'Field', 'Class', 'Of whom', 'For what', 'Where', 'Ends', 'Given to'], fields.map(fieldRow)),
    '',
    '### How they end',
    '',
    ...fieldEnds.map((end) => `- **${end}**: ${endWords[end]}`),
    '',
    '### What they are for',
    '',
    ...Object.entries(processingPurposes).map(([code, says]) => `- **${code}**: ${says}.`),
    '',
    '## Places',
    '',
    ...table(
      ['Place', 'Files', 'Form', 'What stands there', 'How it ends'],
      places.map(({ name, files, form }) => [
        placeWords[name].name,
        files.map(code).join(', ') || '–',
        formWords[form],
        placeWords[name].holds,
        placeWords[name].ends,
      ]),
    ),
    '',
    '## Others who get data',
    '',
    ...recipients.flatMap(({ name, fields: given }) => [
      `**${recipientWords[name].name}.** ${recipientWords[name].says}`,
      '',
      `Gets ${given.map(code).join(', ')}.`,
      '',
    ]),
  ].join('\n');

const fieldRow = (field: DataMapField): readonly string[] => [
  `${field.event} v${String(field.version)}`,
  code(`${field.field}${field.optional ? '?' : ''}`),
  classWords[field.class],
  subjectWords[field.subject],
  field.purposes.join(', '),
  field.places.map((place) => placeWords[place].name).join(', '),
  field.ends.join(', '),
  field.sharedWith === null ? '–' : recipientWords[field.sharedWith].name,
];

const code = (text: string): string => `\`${text}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
