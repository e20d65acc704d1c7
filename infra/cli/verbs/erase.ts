import { existsSync } from 'node:fs';
import { z } from 'zod';
import { erasureReasons } from '#domain/erasure/events.ts';
import { idOf, parseId } from '#domain/ids.ts';
import type { Operator } from '../../app/product.ts';
import { confirm, YES } from '../confirm.ts';
import { CliFault, EXIT, UsageFault } from '../exit-codes.ts';
import { writeNew } from '../files.ts';
import { heldUpSentence } from '../held-up.ts';
import { withOperator } from '../operator.ts';
import { saidNo } from '../refused.ts';
import { type Args, result, type Verb } from '../verb.ts';

export const erase: Verb = {
  name: 'erase',
  summary: 'Erase a person and save the certificate',
  usage: ['erase CONTACT --as EMAIL --reason REASON [--out FILE] [--yes]'],
  says: `Destroys the person's key, removes what it sealed, verifies that nothing opens, and saves the signed certificate. Cannot be undone. CONTACT is the id in the address of the contact's page. REASON is one of: ${erasureReasons.join(', ')}.`,
  options: {
    as: { type: 'string', value: 'EMAIL', says: 'The member, with the right to erase, in whose name it is done.' },
    reason: { type: 'string', value: 'REASON', says: 'The legal ground.' },
    out: { type: 'string', value: 'FILE', says: 'Where the certificate goes. Default: certificate-<erasure>.json here.' },
    yes: YES,
  },
  run: async (args, context) => {
    const { contactId, email, reason } = orderOf(args);
    const out = args.text('out');
    if (out !== undefined && existsSync(out)) throw new CliFault('FILE_NOT_WRITABLE', `The file ${out} exists already: nothing was done.`);
    await confirm(args, context, { warning: 'This erases the person for good: nobody can bring the data back.', word: 'erase' });
    const { done, vkey } = await withOperator(context, async (operator) => {
      const erased = await operator.erase(email, contactId, reason, (step, heldUp) =>
        context.io.say(`… ${step}${heldUp === null ? '' : `: ${heldUpSentence(heldUp)}`}`),
      );
      return { done: erased, vkey: erased.ok ? await keyOf(erased.certificate, operator) : null };
    });
    if (!done.ok) return saidNo(context, done);
    // The salt is told once: it must reach the officer even when the file cannot be written.
    result(context, { ok: true, erasureId: done.erasureId, salt: done.salt }, [
      `Erased: ${done.erasureId}`,
      `Salt: ${done.salt}`,
      'Give the salt to the person: with it, and only with it, they can prove that the certificate is about them. It is not kept here.',
    ]);
    const file = out ?? `certificate-${done.erasureId}.json`;
    await writeNew(file, done.certificate);
    context.io.say(`Certificate: ${file}`);
    if (vkey !== null) context.io.say(`Check it anywhere: npx vconnect verify ${file} --key ${vkey}`);
    return EXIT.done;
  },
};

const named = z.object({ statement: z.object({ controller: z.object({ organisation: idOf<'tenant'>() }) }) });

/** The public key for the hint, or null: after an erasure nothing may keep the salt from the officer. */
const keyOf = async (certificate: Uint8Array, operator: Operator): Promise<string | null> => {
  try {
    const { statement } = named.parse(JSON.parse(Buffer.from(certificate).toString()));
    return await operator.vkey(statement.controller.organisation);
  } catch {
    return null;
  }
};

const orderOf = (args: Args): { readonly contactId: string; readonly email: string; readonly reason: string } => {
  const [contactId, ...more] = args.positionals;
  const email = args.text('as');
  const reason = args.text('reason');
  if (contactId === undefined || more.length > 0 || parseId(contactId) === null)
    throw new UsageFault('expected one contact id of 32 hexadecimal digits');
  if (email === undefined) throw new UsageFault('--as: expected the e-mail address of a member who may erase');
  if (reason === undefined || !erasureReasons.some((each) => each === reason)) {
    throw new UsageFault(`--reason: expected one of ${erasureReasons.join(', ')}`);
  }
  return { contactId, email, reason };
};
