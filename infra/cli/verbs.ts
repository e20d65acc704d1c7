import type { Verb } from './verb.ts';
import { datamap } from './verbs/datamap.ts';
import { doctor } from './verbs/doctor.ts';
import { erase } from './verbs/erase.ts';
import { projections } from './verbs/projections.ts';
import { rebuild } from './verbs/rebuild.ts';
import { rollback } from './verbs/rollback.ts';
import { rotate } from './verbs/rotate.ts';
import { simulator } from './verbs/simulator.ts';
import { start } from './verbs/start.ts';
import { token } from './verbs/token.ts';
import { user } from './verbs/user.ts';
import { verify } from './verbs/verify.ts';

/** In the order of the help. */
export const verbs: readonly Verb[] = [
  start,
  simulator,
  verify,
  erase,
  rebuild,
  rollback,
  projections,
  rotate,
  datamap,
  user,
  token,
  doctor,
];
