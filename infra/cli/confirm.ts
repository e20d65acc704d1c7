import { CliFault, UsageFault } from './exit-codes.ts';
import type { Args, Context } from './verb.ts';

/** A destructive verb goes on only after `--yes` or after a person has typed `word`. */
export const confirm = async (
  args: Args,
  { io }: Context,
  { warning, word }: { readonly warning: string; readonly word: string },
): Promise<void> => {
  if (args.flag('yes')) return;
  if (!io.canAsk) throw new UsageFault('nobody is there to confirm: give --yes');
  io.say(warning);
  if ((await io.ask(`Type ${word} to go on: `)).trim() !== word) throw new CliFault('NOT_CONFIRMED', 'Not confirmed: nothing was done.');
};

export const YES = { type: 'boolean', short: 'y', says: 'Do not ask.' } as const;
