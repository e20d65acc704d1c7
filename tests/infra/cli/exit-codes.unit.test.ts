import { expect, test } from 'vitest';
import { EXIT, failureOf } from '#infra/cli/exit-codes.ts';
import { StoreFault, storeFaultCodes } from '#infra/sqlite/store-fault.ts';

test.each(storeFaultCodes.filter((code) => code.startsWith('VIEWS_')))(
  'views that moved meanwhile (%s) end a verb as a store that is not ready',
  (code) => {
    expect(failureOf(new StoreFault(code, 'expected other views'))).toEqual({ code, says: 'expected other views', exit: EXIT.store });
  },
);
