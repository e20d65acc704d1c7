import type { LoadRecord, Written } from './record.ts';

/**
 * Plants a loss: the record says that one more message was acknowledged, which the product never got. A run that ends well with it has an
 * oracle that sees nothing.
 */
export const dropOne = (record: LoadRecord): LoadRecord => {
  const lost: Written = {
    wamid: 'wamid.planted',
    phone: '201099999999',
    text: 'planted: acknowledged and lost',
    second: 0,
    acknowledged: true,
  };
  return { ...record, written: [...record.written, lost] };
};
