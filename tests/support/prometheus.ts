/** One family of metrics of a text page, with the labels of each of its samples. */
export type Family = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
};

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** Reads the text format of Prometheus, strictly: a line of another form throws. */
export const readMetrics = (text: string): readonly Family[] => {
  const families: { name: string; type: string; help: string; samples: Family['samples'][number][] }[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP') families.push({ name: name ?? '', type: '', help: rest ?? '', samples: [] });
    else {
      const family = families.at(-1);
      if (family === undefined) throw new Error('expected HELP before all else');
      if (kind === 'TYPE' && name === family.name) family.type = rest ?? '';
      else family.samples.push(sampleOf(line));
    }
  }
  return families;
};

const sampleOf = (line: string): Family['samples'][number] => {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error('expected a sample of the text format');
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', given = '']) => [label, given] as const);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
};

/** The family that a series belongs to: histograms have three of them. */
export const familyNameOf = (series: string): string => series.replace(/_(?:bucket|sum|count)$/, '');
