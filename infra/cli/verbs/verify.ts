import { EXIT, type ExitCode, UsageFault } from '../exit-codes.ts';
import { readBytes } from '../files.ts';
import { type Args, type Context, result, type Verb } from '../verb.ts';
import { verifyLog } from '../verify-log.ts';

export const verify: Verb = {
  name: 'verify',
  summary: 'Check an erasure certificate offline, or the whole log',
  usage: ['verify FILE --key VKEY [--salt SALT --subject ID]', 'verify log'],
  says: 'A certificate needs nothing but the file and the organisation\'s public key, and trusts only the key given here: a key inside the file would verify forgeries. With the salt and the person\'s id it also checks that the certificate is about that person. "verify log" reads all events and the digests of all sealed values in the data folder; it needs no key, changes nothing and may run beside the server (a certificate in a file of that name: ./log).',
  options: {
    key: { type: 'string', value: 'VKEY', says: "The organisation's public key in C2SP form, from its privacy page." },
    salt: { type: 'string', value: 'SALT', says: 'What the person was given when they were erased.' },
    subject: { type: 'string', value: 'ID', says: "The person's contact id." },
  },
  run: async (args, context) => {
    const [file, ...more] = args.positionals;
    if (file === undefined || more.length > 0) throw new UsageFault('expected one file, or the word log');
    return file === 'log' ? ofLog(args, context) : ofCertificate(file, args, context);
  },
};

const ofLog = (args: Args, context: Context): Promise<ExitCode> => {
  const given = ['key', 'salt', 'subject'].find((name) => args.text(name) !== undefined);
  if (given !== undefined) throw new UsageFault(`--${given} belongs to a certificate; one in a file called log is named ./log`);
  return verifyLog(context);
};

const ofCertificate = async (file: string, args: Args, context: Context): Promise<ExitCode> => {
  const vkey = args.text('key');
  const salt = args.text('salt') ?? null;
  const subject = args.text('subject') ?? null;
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
};
