import type { OptionSpec, Verb } from './verb.ts';

const COLUMN = 26;

/** What `vconnect --help` prints. */
export const overview = (verbs: readonly Verb[]): string =>
  [
    'vconnect: the WhatsApp inbox whose every action is an event and whose personal data dies with its key',
    '',
    'Usage: vconnect <verb> [options]',
    '',
    ...verbs.map(({ name, summary }) => row(name, summary)),
    '',
    'vconnect <verb> --help   how one verb is used',
    '',
    EXIT_CODES,
  ].join('\n');

export const helpOf = (verb: Verb, common: Readonly<Record<string, OptionSpec>>): string =>
  [
    `vconnect ${verb.name}: ${verb.summary}`,
    '',
    ...verb.usage.map((form, index) => `${index === 0 ? 'Usage: ' : '       '}vconnect ${form}`),
    '',
    verb.says,
    '',
    ...Object.entries({ ...verb.options, ...common }).map(([name, option]) => row(optionForm(name, option), option.says)),
    '',
    EXIT_CODES,
  ].join('\n');

export const EXIT_CODES = 'Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 3 cannot reach a store · 4 integrity fault';

const optionForm = (name: string, { short, value }: OptionSpec): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

const row = (left: string, right: string): string => `  ${left.padEnd(COLUMN)}${right}`;
