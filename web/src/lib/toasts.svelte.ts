import { getContext, setContext } from 'svelte';

const contextKey = Symbol('toasts');
const shownMs = 6000;

/** A short word after an act. Never carries a personal value: it may be read over a shoulder. */
export type Toast = Readonly<{ id: number; text: string; tone: 'success' | 'danger'; undo?: { label: string; run: () => void } }>;
export type Toasts = Readonly<{ list: readonly Toast[]; show: (toast: Omit<Toast, 'id'>) => void; dismiss: (id: number) => void }>;

export function provideToasts(): Toasts {
  let list = $state<readonly Toast[]>([]);
  let last = 0;
  const dismiss = (id: number) => {
    list = list.filter((toast) => toast.id !== id);
  };
  return setContext(contextKey, {
    get list() {
      return list;
    },
    dismiss,
    show(toast) {
      const id = ++last;
      list = [...list.slice(-2), { ...toast, id }];
      setTimeout(() => dismiss(id), shownMs);
    },
  } satisfies Toasts);
}

export function useToasts(): Toasts {
  return getContext<Toasts>(contextKey);
}
