import { randomBytes } from 'node:crypto';
import type { Product, SamplePerson } from '#infra/app/product.ts';
import type { Config } from '#infra/config.ts';

/** The people of the sample organisation, one of each role. Their addresses are fixed: scripts rely on them. */
const PEOPLE: readonly SamplePerson[] = [
  { name: 'Mona Fahmy', email: 'owner@demo.example', role: 'owner' },
  { name: 'Tarek Aziz', email: 'admin@demo.example', role: 'admin' },
  { name: 'Dalia Hassan', email: 'dpo@demo.example', role: 'dpo' },
  { name: 'Karim Nabil', email: 'agent@demo.example', role: 'agent' },
  { name: 'Layla Osman', email: 'auditor@demo.example', role: 'auditor' },
];
const PASSWORD_BYTES = 9;

/** A sample organisation, its people, and customers who write while one watches. Only for data folders made for it: it adds to what is there. */
export const runDemo = async (product: Product, config: Config, print: (line: string) => void): Promise<void> => {
  const password = config.demoPassword ?? `demo-${randomBytes(PASSWORD_BYTES).toString('base64url')}`;
  const prepared = await product.sample.prepare({ name: 'Marsa Group', people: PEOPLE, password });
  if (!prepared.ok) {
    print(
      `The sample organisation could not be made (${prepared.code}). The product itself runs; is another program on the simulator's port?`,
    );
    return;
  }
  const playing = await product.sample.play();
  print('');
  print('Sample organisation Marsa Group: sign in as any of these people.');
  for (const { email, role } of PEOPLE) print(`  ${role.padEnd(8)} ${email}`);
  print(`  password ${password}`);
  print(`Play a customer yourself on the phone page: ${prepared.phonePage}`);
  print(
    playing
      ? 'Twelve customers are writing now, in Arabic and English.'
      : 'The scripted customers did not start: the simulator does not answer.',
  );
};
