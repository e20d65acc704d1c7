// `npm run generate`: writes every generated file that is stale.
import { writeGeneratedFiles } from './generators.ts';

const written = await writeGeneratedFiles();
process.stdout.write(written.length === 0 ? 'all generated files are fresh\n' : written.map((path) => `wrote ${path}\n`).join(''));
