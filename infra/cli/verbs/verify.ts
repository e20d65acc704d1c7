import { EXIT, UsageFault } from '../exit-codes.ts';
import { readBytes } from '../files.ts';
import { result, type Verb } from '../verb.ts';

export const verify: Verb = {
  name: 'verify',
  summary: 'Check an erasure certificate offline',
  usage: ['verify FILE --key VKEY [--salt SALT --subject ID]'],
  says: "Needs nothing but the file and the organisation's public key, and trusts only the key given here: a key inside the file would verify forgeries. With the salt and the person's id it also checks that the certificate is about that person.",
  options: {
    key: { type: 'string', value: 'VKEY', says: "The organisation's public key in C2SP form, from its privacy page." },
    salt: { type: 'string', value: 'SALT', says: 'What the person was given when they were erased.' },
    subject: { type: 'string', value: 'ID', says: "The person's contact id." },
  },
  run: async (args, context) => {
    const [file, ...more] = args.positionals;
    const vkey = args.text('key');
    const salt = args.text('salt') ?? null;
    const subject = args.text('subject') ?? null;
    if (file === undefined || more.length > 0) throw new UsageFault('expected one file');
    if (vkey === undefined) throw new UsageFault('--key is missing: a certificate cannot vouch for itself');
    if ((salt === null) !== (subject === null)) throw new UsageFault('--salt and --subject belong together');
    const verified = await context.parts.verify({ certificate: await readBytes(file), vkey, salt, subject });
    if (!verified.ok) {
      context.io.say(`Not valid: ${verified.says}`);
      if (context.json) context.io.out(JSON.stringify({ ok: false, code: verified.code, says: verified.says }));
      // A key that is none was mistyped; anything else is about the certificate.
      return verified.code === 'key-text' ? EXIT.usage : EXIT.integrity;
    }
    const facts = Object.entries(verified.facts).map(([name, value]) => `  ${name}: ${String(value)}`);
    result(context, { ok: true, says: verified.says, ...verified.facts }, [verified.says, ...facts]);
    return EXIT.done;
  },
};
