import { useFrame } from '#lib/frame.svelte.ts';
import type { Translate } from '#lib/i18n/translate.ts';
import type { SearchPage } from '#projections/pages.ts';
import { act } from './act.ts';

export type Search = {
  term: string;
} & Readonly<{
  /** True while the list shows what was found, or why nothing could be looked for. */
  active: boolean;
  busy: boolean;
  result: SearchPage | undefined;
  refused: string | undefined;
  find: () => Promise<void>;
  clear: () => void;
  /** For the reader's ears, and for the eyes when not everybody is listed. */
  said: (t: Translate) => string;
}>;

/** What the list looks for. The term lives here and in the field, nowhere else, and goes with the page. */
export function useSearch(posted: unknown): Search {
  const frame = useFrame();
  let result = $state.raw(foundIn(posted));
  let refused = $state(refusedIn(posted));
  let busy = $state(false);
  let term = $state('');
  /** What the result is of; the field may hold something else by now. */
  let looked = '';
  let turn = 0;

  const look = async (wanted: string): Promise<void> => {
    const own = (turn += 1);
    looked = wanted;
    busy = true;
    const outcome = await act('/inbox?/search', { term: wanted });
    if (own !== turn) return;
    busy = false;
    result = outcome.ok ? foundIn(outcome.data) : undefined;
    refused = outcome.ok ? undefined : outcome.code;
  };
  const clear = (): void => {
    turn += 1;
    looked = '';
    term = '';
    busy = false;
    result = undefined;
    refused = undefined;
  };
  // Somebody who was found is called otherwise now, or was erased: the list must not go on showing them.
  $effect(() =>
    frame.live?.listen((views) => {
      const people = new Set<string | undefined>(result?.items.map(({ contactId }) => contactId));
      if (!views.some(({ name, id }) => name === 'contact' && people.has(id))) return;
      if (looked === '') clear();
      else void look(looked);
    }),
  );

  return {
    get term() {
      return term;
    },
    set term(next) {
      term = next;
    },
    get active() {
      return result !== undefined || refused !== undefined;
    },
    get busy() {
      return busy;
    },
    get result() {
      return result;
    },
    get refused() {
      return refused;
    },
    find: () => look(term),
    clear,
    said: (t) => (result === undefined ? '' : t(result.more ? 'search.more' : 'search.found', { count: result.items.length })),
  };
}

function foundIn(answer: unknown): SearchPage | undefined {
  return typeof answer === 'object' && answer !== null && 'found' in answer ? (answer.found as SearchPage) : undefined;
}

function refusedIn(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('about' in answer) || answer.about !== 'search') return undefined;
  return 'code' in answer && typeof answer.code === 'string' ? answer.code : 'unexpected';
}
