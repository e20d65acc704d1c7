/** The parts of one simulator, put together. */
import { CALM } from './chaos.ts';
import { createCustomerPhone, type CustomerPhone } from './customer-writes.ts';
import { createDeliverer, type Deliverer } from './deliverer.ts';
import { createHub, type Hub } from './hub.ts';
import { createMediaShelf, type MediaShelf } from './media-shelf.ts';
import { seedCustomers } from './people.ts';
import { createScriptRunner, type ScriptRunner } from './scripts/runner.ts';
import { createStatuses, type Statuses } from './statuses.ts';
import { createClock, createTimers, type VirtualClock } from './time.ts';
import { createWorld, type World } from './world.ts';

export type Simulation = {
  readonly world: World;
  readonly hub: Hub;
  readonly clock: VirtualClock;
  readonly deliverer: Deliverer;
  readonly statuses: Statuses;
  readonly shelf: MediaShelf;
  readonly phone: CustomerPhone;
  readonly scripts: ScriptRunner;
  /** Conversations, people, switches and clock as at the start; numbers stay connected. */
  readonly reset: () => void;
  readonly close: () => void;
};

export function createSimulation(): Simulation {
  const world = createWorld(CALM);
  const hub = createHub();
  const clock = createClock();
  const timers = createTimers();
  const deliverer = createDeliverer({ world, hub, clock, timers });
  const statuses = createStatuses({ world, hub, clock, timers, deliverer });
  const shelf = createMediaShelf(world, clock);
  const phone = createCustomerPhone({ world, hub, clock, deliverer, statuses, shelf });
  const scripts = createScriptRunner({ world, hub, phone });
  seedCustomers(world);
  return {
    world,
    hub,
    clock,
    deliverer,
    statuses,
    shelf,
    phone,
    scripts,
    reset: () => {
      scripts.stop();
      timers.clear();
      deliverer.reset();
      world.messages.length = 0;
      world.webhooks.length = 0;
      for (const kept of [world.byWamid, world.media, world.customers]) kept.clear();
      world.chaos = CALM;
      clock.reset();
      seedCustomers(world);
      hub.tell({ type: 'changed' });
    },
    close: () => {
      scripts.stop();
      deliverer.close();
      timers.clear();
    },
  };
}
