import { EXIT, UsageFault } from '../exit-codes.ts';
import { result, type Verb } from '../verb.ts';

const HIGHEST_PORT = 65_535;

export const simulator: Verb = {
  name: 'simulator',
  summary: 'Run the WhatsApp simulator alone',
  usage: ['simulator [--port PORT] [--host HOST]'],
  says: 'A server of its own that speaks the Cloud API, with a phone page to play a customer. It keeps everything in memory.',
  options: {
    port: { type: 'string', value: 'PORT', says: 'Port to listen on. Default: VCONNECT_SIMULATOR_PORT.' },
    host: { type: 'string', value: 'HOST', says: 'Address to listen on. Default: 127.0.0.1.' },
  },
  run: async (args, context) => {
    const port = portOf(args.text('port')) ?? context.parts.config().simulator.port;
    const running = await context.parts.startSimulator({ port, host: args.text('host') ?? '127.0.0.1' });
    const stopped = context.io.untilStopped();
    result(context, { ok: true, url: running.url }, [`The simulator is running at ${running.url}`]);
    await stopped;
    await running.close();
    return EXIT.done;
  },
};

const portOf = (given: string | undefined): number | null => {
  if (given === undefined) return null;
  const port = Number(given);
  if (!/^\d{1,5}$/.test(given) || port > HIGHEST_PORT) throw new UsageFault('--port: expected a whole number from 0 to 65535');
  return port;
};
