import type { SubmitFunction } from '$app/forms';

type Answer = Exclude<Awaited<ReturnType<SubmitFunction>>, void>;
export type Outcome = Parameters<Answer>[0];
export type Pending = Readonly<{ busy: boolean; enhance: SubmitFunction }>;

/** A form that knows that it is on its way, so that nobody sends twice. `after` may take over what happens with the answer. */
export function pendingForm(after?: (outcome: Outcome) => void | Promise<void>): Pending {
  let busy = $state(false);
  const enhance: SubmitFunction = ({ cancel }) => {
    if (busy) {
      cancel();
      return;
    }
    busy = true;
    return async (outcome) => {
      try {
        await (after ? after(outcome) : outcome.update({ reset: false }));
      } finally {
        busy = false;
      }
    };
  };
  return {
    get busy() {
      return busy;
    },
    enhance,
  };
}
