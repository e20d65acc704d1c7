import { EXIT, type ExitCode, UsageFault } from '../exit-codes.ts';
import { readBytes } from '../files.ts';
import { type Args, type Context, result, type Verb } from '../verb.ts';
import { verifyLog } from '../verify-log.ts';
import { verifyErasure, verifyEvent } from '../verify-values.ts';

export const verify: Verb = {
  name: 'verify',
  summary: 'Check a certificate offline, the whole log, one event, or an erasure',
  usage: ['verify FILE --key VKEY [--salt SALT --subject ID]', 'verify log', 'verify event POSITION', 'verify erasure ID [--backup DIR]'],
  says: 'A certificate needs nothing but the file and the organisation\'s public key, and trusts only the key given here: a key inside the file would verify forgeries. With the salt and the person\'s id it also checks that the certificate is about that person. "verify log" reads all events and the digests of all sealed values in the data folder; it needs no key, changes nothing and may run beside the server. "verify event" opens the sealed values of the event at a position of the log (the audit trail names it) and says for each whether it is a value, erased with which certificate, unavailable and why, or tampered with; it shows no value. "verify erasure" tries every reference of an erasure again, searches the stores, and with --backup tries everything that a copy of the data folder holds of the person. A certificate in a file called log, event or erasure: ./log.',
  options: {
    key: { type: 'string', value: 'VKEY', says: "The organisation's public key in C2SP form, from its privacy page." },
    salt: { type: 'string', value: 'SALT', says: 'What the person was given when they were erased.' },
    subject: { type: 'string', value: 'ID', says: "The person's contact id." },
    backup: { type: 'string', value: 'DIR', says: 'A copy of the data folder, to be tried with the keys of now.' },
  },
  run: async (args, context) => {
    const [file, which, ...more] = args.positionals;
    const isOfValues = file === 'event' || file === 'erasure';
    if (file === undefined || more.length > 0 || (which !== undefined && !isOfValues))
      throw new UsageFault('expected one file, or the word log, or event or erasure and an id');
    if (file !== 'erasure' && args.text('backup') !== undefined) throw new UsageFault('--backup belongs to "verify erasure"');
    if (isOfValues || file === 'log') refuseCertificateOptions(file, args);
    if (file === 'log') return verifyLog(context);
    if (file === 'event') return verifyEvent(which, context);
    return file === 'erasure' ? verifyErasure(which, args.text('backup'), context) : ofCertificate(file, args, context);
  },
};

const refuseCertificateOptions = (file: string, args: Args): void => {
  const given = ['key', 'salt', 'subject'].find((name) => args.text(name) !== undefined);
  if (given !== undefined) throw new UsageFault(`--${given} belongs to a certificate; one in a file called ${file} is named ./${file}`);
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
