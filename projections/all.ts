import { accountProjection } from './account/project.ts';
import { auditProjection } from './audit/project.ts';
import { channelProjection } from './channel/project.ts';
import { contactProjection } from './contact/project.ts';
import { dashboardProjection } from './dashboard/project.ts';
import { erasureProjection } from './erasure/project.ts';
import { inboxProjection } from './inbox/project.ts';
import { organisationProjection } from './organisation/project.ts';
import { outboxProjection } from './outbox/project.ts';
import type { Projection } from './projection.ts';
import { threadProjection } from './thread/project.ts';

/** Every read model of the product. */
export const allProjections: readonly Projection[] = [
  organisationProjection,
  accountProjection,
  channelProjection,
  contactProjection,
  inboxProjection,
  threadProjection,
  outboxProjection,
  auditProjection,
  erasureProjection,
  dashboardProjection,
];
