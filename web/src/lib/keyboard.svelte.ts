import { getContext, setContext } from 'svelte';
import type { MessageKey } from './i18n/translate.ts';

/**
 * Shortcuts by position (`event.code`), so that they work on an Arabic keyboard. Single keys count only outside fields; with ⌘ or Ctrl
 * they count everywhere. `after` makes a two-step key: first `KeyG`, then this one.
 */
export type Shortcut = Readonly<{
  code: string;
  /** As printed on the key cap. */
  cap: string;
  label: MessageKey;
  mod?: boolean;
  shift?: boolean;
  after?: string;
  run: () => void;
}>;

export type Keys = Readonly<{
  list: readonly Shortcut[];
  /** Returns how to take them away again, so it can be the answer of an `$effect`. */
  register: (shortcuts: readonly Shortcut[]) => () => void;
  handle: (event: KeyboardEvent) => void;
}>;

const contextKey = Symbol('keys');
const chordMs = 1200;

export function provideKeys(enabled: () => boolean): Keys {
  // The truth is a plain variable: while effects are taken down Svelte shows them state as it was before the turn, and a group that
  // another page registered in that turn would be lost. The copy is for the sheet that draws the list.
  let all: readonly (readonly Shortcut[])[] = [];
  let groups = $state.raw(all);
  const set = (next: typeof all) => {
    all = next;
    groups = next;
  };
  let first: { code: string; at: number } | undefined;

  const handle = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const mod = event.metaKey || event.ctrlKey;
    if (!mod && (!enabled() || isTyping(event.target) || isInsideOverlay(event.target))) return;
    const after = first !== undefined && event.timeStamp - first.at < chordMs ? first.code : undefined;
    first = undefined;
    const shortcut = find(all.flat(), event, mod, after);
    if (shortcut) {
      event.preventDefault();
      shortcut.run();
    } else if (!mod && all.flat().some((one) => one.after === event.code)) {
      first = { code: event.code, at: event.timeStamp };
    }
  };

  return setContext(contextKey, {
    get list() {
      return groups.flat();
    },
    register(shortcuts) {
      set([...all, shortcuts]);
      return () => {
        set(all.filter((group) => group !== shortcuts));
      };
    },
    handle,
  } satisfies Keys);
}

export function useKeys(): Keys {
  return getContext<Keys>(contextKey);
}

/** The page that came last wins, so an open conversation may take a key from the list. */
function find(list: readonly Shortcut[], event: KeyboardEvent, mod: boolean, after: string | undefined): Shortcut | undefined {
  return list.findLast(
    (one) => one.code === event.code && Boolean(one.mod) === mod && Boolean(one.shift) === event.shiftKey && one.after === after,
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null
  );
}

function isInsideOverlay(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=dialog], [role=menu]') !== null;
}
