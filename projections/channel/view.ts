import type { ChannelId, IsoTime, TenantId } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';

/** Collection `channel`, id = channel id. */
export type ChannelView = {
  readonly tenant: TenantId;
  readonly channelId: ChannelId;
  readonly provider: 'meta' | 'simulator';
  readonly label: SealedHandle | null;
  readonly displayNumber: SealedHandle | null;
  readonly phoneNumberId: SealedHandle | null;
  readonly accessToken: SealedHandle | null;
  readonly appSecret: SealedHandle | null;
  readonly verifyToken: SealedHandle | null;
  readonly baseUrl: SealedHandle | null;
  readonly handshaken: boolean;
  /** `waiting` for the handshake, unless sending is stopped. */
  readonly state: 'waiting' | 'live' | 'stopped';
  readonly stopped: { readonly reason: string; readonly providerCode: number } | null;
  readonly connectedAt: IsoTime;
};

export const CHANNEL = 'channel';
