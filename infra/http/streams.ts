import type { ServerResponse } from 'node:http';
import type { SessionId, TenantId } from '#domain/ids.ts';
import type { Change, Product } from '../app/product.ts';
import { HEARTBEAT_MS, STREAM_BACKLOG_BYTES, STREAMS_IN_ALL, STREAMS_PER_SESSION } from './limits.ts';
import type { Metrics } from './metrics.ts';

export type OpenStream = {
  readonly response: ServerResponse;
  readonly sessionId: SessionId;
  readonly tenant: TenantId;
  /** Still signed in? */
  readonly holds: () => Promise<boolean>;
};

export type Streams = {
  readonly hasRoom: (sessionId: SessionId) => boolean;
  readonly open: (stream: OpenStream) => void;
  readonly endAll: () => void;
};

const HEAD = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would gather events before it passes them on.
  'x-accel-buffering': 'no',
} as const;

/** Pushes "these views changed" to open pages. What a page misses it loads anew, so nothing is kept for it. */
export const createStreams = (
  product: Product,
  { metrics, heartbeatMs = HEARTBEAT_MS }: { readonly metrics: Metrics; readonly heartbeatMs?: number },
): Streams => {
  const streams = new Set<OpenStream>();
  const stopListening = product.onChange((change) => {
    for (const stream of streams) tell(stream, change);
  });
  const heart = setInterval(() => {
    for (const stream of streams) void beat(stream);
  }, heartbeatMs);
  heart.unref();
  return {
    hasRoom: (sessionId) =>
      streams.size < STREAMS_IN_ALL && [...streams].filter((stream) => stream.sessionId === sessionId).length < STREAMS_PER_SESSION,
    open: (stream) => {
      streams.add(stream);
      metrics.setStreams(streams.size);
      stream.response.once('close', () => {
        streams.delete(stream);
        metrics.setStreams(streams.size);
      });
      stream.response.writeHead(200, HEAD);
      // Something at once, so that a proxy passes the headers on; and how soon a browser comes back.
      stream.response.write('retry: 2000\n\n');
    },
    endAll: () => {
      stopListening();
      clearInterval(heart);
      for (const { response } of streams) response.end();
    },
  };
};

const tell = (stream: OpenStream, { position, missed, views }: Change): void => {
  // The browser comes back by itself, and its page reads everything anew.
  if (missed) stream.response.end();
  const own = views.filter(({ tenant }) => tenant === stream.tenant).map(({ collection, id }) => ({ name: collection, id }));
  if (own.length > 0) write(stream.response, `event: changed\nid: ${position}\ndata: ${JSON.stringify({ position, views: own })}\n\n`);
};

const beat = async (stream: OpenStream): Promise<void> => {
  // A store that does not answer is no sign-out: the stream stays, and the next beat asks again.
  const holds = await stream.holds().catch(() => true);
  if (holds) write(stream.response, ': still here\n\n');
  else stream.response.end('event: ended\ndata: {}\n\n');
};

const write = (response: ServerResponse, text: string): void => {
  if (response.writableEnded) return;
  if (response.writableLength > STREAM_BACKLOG_BYTES) response.destroy();
  else response.write(text);
};
