import type { Tick } from '#lib/components/Ticks.svelte';
import type { I18n } from '#lib/i18n/context.ts';
import type { Entry } from './group-thread.ts';

type State = NonNullable<Entry<'message'>['state']>;

/** Queued, being sent and accepted look alike: a clock, because nothing has reached WhatsApp's other side. */
export function tickOf(state: State): Tick {
  switch (state) {
    case 'queued':
    case 'sending':
      return 'pending';
    case 'accepted':
    case 'sent':
      return 'sent';
    case 'delivered':
      return 'delivered';
    case 'read':
    case 'played':
      return 'read';
    case 'failed':
      return 'failed';
    case 'unknown':
      return 'unknown';
  }
}

const steps = ['sent', 'delivered', 'read', 'played', 'failed'] as const;

/** "Read 11:41:02 · Delivered 11:40:09 · Sent 11:40:03": the state first, then how it came there. */
export function tickWords(message: Pick<Entry<'message'>, 'state' | 'reached'>, { t, format }: I18n): string {
  const { state, reached } = message;
  if (state === null) return '';
  const times = steps.flatMap((step) => {
    const at = reached[step];
    return at === undefined ? [] : [t('tick.at', { state: t(`tick.${step}`), time: format.timeExact(at) })];
  });
  const timed = steps.some((step) => step === state && reached[step] !== undefined);
  return timed ? times.toReversed().join(' · ') : [t(`tick.${state}`), ...times.toReversed()].join(' · ');
}
