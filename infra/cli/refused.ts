import type { Refused } from '#projections/shown.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Context } from './verb.ts';

/** The product said no: its code, for a person and for a script. */
export const saidNo = ({ io, json }: Context, refused: Refused): ExitCode => {
  io.say(`Refused: ${refused.code}`);
  if (json) io.out(JSON.stringify({ ok: false, code: refused.code, status: refused.status }));
  return EXIT.refused;
};
