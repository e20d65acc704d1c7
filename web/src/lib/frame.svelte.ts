import { getContext, setContext } from 'svelte';
import type { Live } from './live.svelte.ts';

const contextKey = Symbol('frame');

/** What the signed-in layout gives to the frame of each page. */
export type FrameContext = { live: Live | undefined; openShortcuts: () => void };

export function provideFrame(openShortcuts: () => void): FrameContext {
  let live = $state.raw<Live>();
  return setContext(contextKey, {
    get live() {
      return live;
    },
    set live(next) {
      live = next;
    },
    openShortcuts,
  } satisfies FrameContext);
}

export function useFrame(): FrameContext {
  return getContext<FrameContext>(contextKey);
}
