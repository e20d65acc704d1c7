import { invalidate } from '$app/navigation';

/** The server's word that something changed. It names views and ids, never values. */
type Changed = Readonly<{ views: readonly Readonly<{ name: string; id?: string }>[]; position: string }>;

const quietMs = 80;
const longestWaitMs = 400;
const offlineAfterMs = 3000;
const retryMs = 4000;

export type Live = Readonly<{
  state: 'connecting' | 'open' | 'offline';
  offlineSince: number | undefined;
  retry: () => void;
  stop: () => void;
  /** For pages that count changes instead of loading them. Returns how to stop. */
  listen: (listener: (views: Changed['views']) => void) => () => void;
}>;

/**
 * Listens to `/api/v1/stream` and asks the pages that depend on a changed view to load again: `depends('view:inbox')`, `depends('view:thread:<message>')`.
 * Bursts are gathered: 80 ms of quiet, at most 400 ms. After a gap everything loads again, because what was missed is unknown.
 */
export function startLive(url = '/api/v1/stream'): Live {
  let state = $state<Live['state']>('connecting');
  let offlineSince = $state<number>();
  let source: EventSource | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let firstChangeAt = 0;
  // True from the start: what changed between the server's answer and the open stream is unknown too.
  let missed = true;
  const changed = new Set<string>();
  const listeners = new Set<(views: Changed['views']) => void>();

  const flush = () => {
    const names = new Set(changed);
    changed.clear();
    firstChangeAt = 0;
    void invalidate((address) => address.protocol === 'view:' && (names.has(address.pathname) || names.has('*')));
  };
  const mark = (names: readonly string[]) => {
    for (const name of names) changed.add(name);
    // A page that nobody looks at asks for nothing; it catches up when it is seen.
    if (document.hidden) return;
    firstChangeAt ||= Date.now();
    clearTimeout(flushTimer);
    flushTimer = setTimeout(flush, Math.max(0, Math.min(quietMs, firstChangeAt + longestWaitMs - Date.now())));
  };
  const lost = () => {
    missed = true;
    clearTimeout(lostTimer);
    lostTimer = setTimeout(() => {
      state = 'offline';
      offlineSince ??= Date.now();
    }, offlineAfterMs);
    // The browser reconnects by itself unless the answer was an error; then we do.
    if (source?.readyState === EventSource.CLOSED) {
      clearTimeout(retryTimer);
      retryTimer = setTimeout(connect, retryMs);
    }
  };
  const connect = () => {
    source?.close();
    source = new EventSource(url);
    source.addEventListener('open', () => {
      clearTimeout(lostTimer);
      state = 'open';
      offlineSince = undefined;
      if (missed) mark(['*']);
      missed = false;
    });
    source.addEventListener('error', lost);
    // Signed out elsewhere: loading anew leads to the sign-in.
    source.addEventListener('ended', () => {
      mark(['*']);
    });
    source.addEventListener('changed', (event: MessageEvent<string>) => {
      const { views } = JSON.parse(event.data) as Changed;
      mark(namesOf(views));
      for (const listener of listeners) listener(views);
    });
  };
  const whenSeen = () => {
    if (!document.hidden && changed.size > 0) mark([]);
  };
  document.addEventListener('visibilitychange', whenSeen);
  connect();
  return {
    get state() {
      return state;
    },
    get offlineSince() {
      return offlineSince;
    },
    retry: connect,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      source?.close();
      document.removeEventListener('visibilitychange', whenSeen);
      for (const timer of [flushTimer, lostTimer, retryTimer]) clearTimeout(timer);
    },
  };
}

/** `{name: 'thread', id}` wakes `view:thread:<id>` and `view:thread`. */
function namesOf(views: Changed['views']): readonly string[] {
  return views.flatMap((view) => (view.id === undefined ? [view.name] : [view.name, `${view.name}:${view.id}`]));
}
