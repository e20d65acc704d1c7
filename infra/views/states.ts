import type { Generation } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** What a step makes of the generations of one projection. The rules of both engines; pure. */
export type Step = {
  readonly states: readonly { readonly number: number; readonly state: Generation['state'] }[];
  readonly dropped: readonly number[];
};

const nothing: Step = { states: [], dropped: [] };

const known = (generations: readonly Generation[], number: number): Generation => {
  const found = generations.find((generation) => generation.number === number);
  if (found === undefined) throw goneFault();
  return found;
};

export const readyStep = (generations: readonly Generation[], number: number): Step => {
  const { state } = known(generations, number);
  return state === 'live' || state === 'ready' ? nothing : { states: [{ number, state: 'ready' }], dropped: [] };
};

/**
 * The live one becomes `previous`; of the others only what is still being built or ready stays. One that was live before has to be marked
 * ready first, which a rollback does: a projector that slept over two switches must not take its own one back.
 */
export const switchStep = (generations: readonly Generation[], number: number): Step => {
  const target = known(generations, number);
  if (target.state === 'live') return nothing;
  if (target.state !== 'ready')
    throw new StoreFault('VIEWS_NOT_READY', `expected a generation that is ready, got one that is ${target.state}: look which one is live`);
  const live = generations.find(({ state }) => state === 'live');
  const dropped = live === undefined ? [] : generations.filter(({ state }) => state === 'previous');
  return {
    states: [...(live === undefined ? [] : [{ number: live.number, state: 'previous' as const }]), { number, state: 'live' }],
    dropped: dropped.map((one) => one.number),
  };
};

export const dropStep = (generations: readonly Generation[], number: number): Step => {
  const target = generations.find((generation) => generation.number === number);
  if (target === undefined) return nothing;
  if (target.state === 'live') throw new StoreFault('VIEWS_LIVE', 'expected a generation that is not live, got the live one');
  return { states: [], dropped: [number] };
};

export const applyStep = (generations: readonly Generation[], step: Step): readonly Generation[] =>
  generations
    .filter(({ number }) => !step.dropped.includes(number))
    .map((one) => ({ ...one, state: step.states.find(({ number }) => number === one.number)?.state ?? one.state }));

export const goneFault = () =>
  new StoreFault('VIEWS_GONE', 'expected a generation of the views that is kept, got one that was dropped: look which one is live');

/** Pages show this sentence: no generation can be read by this program, or not yet. */
export const buildingFault = (projection: string) =>
  new StoreFault('VIEWS_BUILDING', `The documents of ${projection} are being prepared: try again in a moment.`);

export const closedFault = () => new StoreFault('STORE_CLOSED', 'expected open views, got views that were closed');
