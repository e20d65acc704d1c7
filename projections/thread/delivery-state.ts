import type { Delivery } from '#domain/message/delivery.ts';
import type { DeliveryState } from './view.ts';

/** By rank, from 0: what a taken reply shows. */
const byRank = ['accepted', 'sent', 'delivered', 'read', 'played'] as const satisfies readonly DeliveryState[];

/** The one state that a page shows of a reply. */
export const deliveryState = ({ stage, rank }: Delivery): DeliveryState => (stage === 'accepted' ? (byRank[rank] ?? 'accepted') : stage);
